"""Recording from the twin's cameras through the gate, with real faults."""

import contextlib
import json
import os
import signal
import time

import pytest

from nanxi.recording import names
from nanxi.recording.events import Cause
from nanxi.recording.volumes import MARKER
from tests.recorder.conftest import alive, environment_and_arguments
from tests.support.rtsp import PASSWORD, ffmpeg

ONE, TWO, THREE = "shangtang-cam0001", "shangtang-cam0002", "shangtang-cam0003"


def judge(path):
    """Return what ffprobe says of a segment: codecs, and seconds of video."""
    done = ffmpeg(
        "ffprobe", "-v", "error", "-show_entries", "stream=codec_name,duration", "-of", "json", str(path)
    )
    assert (done.returncode, done.stderr) == (0, ""), path
    streams = json.loads(done.stdout)["streams"]
    return [one["codec_name"] for one in streams], float(streams[0]["duration"])


def test_two_cameras_are_recorded_indexed_and_playable(site, host):
    cameras = {ONE: site.add(audio=True), TWO: site.add()}
    running = host(cameras)
    running.start("gate", "keeper", ONE, TWO)
    running.until(lambda: all(len(running.segments(camera)) >= 2 for camera in cameras))
    for camera, codecs in ((ONE, ["h264", "aac"]), (TWO, ["h264"])):
        for segment in running.segments(camera):
            path = segment.name.path(running.volume)
            found, seconds = judge(path)
            assert found == codecs
            assert segment.name.synchronised
            assert abs(segment.media.span_ms / 1000 - seconds) < 0.2
        pid = running.ffmpeg(camera)
        assert PASSWORD.encode() not in environment_and_arguments(pid)
    assert site.sessions(cameras[ONE]) == 1
    assert PASSWORD not in (running.folder / "log").read_text()
    viewers = running.folder / "viewings"
    for camera in cameras:
        running.units.pop(camera).stop()
    running.until(lambda: len(viewers.read_text().splitlines()) == 2)
    assert all(json.loads(line)["reason"] == "recording" for line in viewers.read_text().splitlines())
    # What is closed by the end of a recorder is indexed too.
    running.until(lambda: sum(len(running.segments(camera)) for camera in cameras) == len(running.files()))


def test_kills_at_any_instant_leave_nothing_unreadable_and_nothing_unindexed(site, host):
    running = host({ONE: site.add()})
    running.start("gate", "keeper", ONE)
    running.until(lambda: running.ffmpeg(ONE))
    for wait_s in (0.4, 1.1):
        pid = running.until(lambda: running.ffmpeg(ONE))
        running.until(running.files)
        time.sleep(wait_s)
        os.kill(pid, signal.SIGKILL)
        running.until(lambda pid=pid: running.ffmpeg(ONE) not in (None, pid))
    running.units["gate"].kill()
    running.units["keeper"].kill()
    count = len(running.files())
    running.until(lambda: len(running.files()) > count + 1)
    running.units.pop(ONE).stop()
    running.until(lambda: len(running.segments(ONE)) >= len(running.files()) - 2)
    sizes = {segment.name: segment.size for segment in running.segments(ONE)}
    for path in running.files():
        judge(path)
    for name, size in sizes.items():
        assert name.path(running.volume).stat().st_size == size


def test_each_outage_has_its_cause_and_everything_recovers(site, host):
    cameras = {ONE: site.add(), TWO: site.add(), THREE: site.add()}
    running = host(cameras, passwords={TWO: {"user": "recorder", "password": "wrong"}}, watchdog_s=3)
    running.start("gate", "keeper", ONE, TWO, THREE)
    running.until(lambda: running.segments(ONE) and running.segments(THREE))
    pid = running.ffmpeg(THREE)
    os.kill(pid, signal.SIGSTOP)  # hangs, while the gate has pictures
    cameras[ONE].rtsp = cameras[ONE].rtsp.model_copy(update={"stall_after_s": 0})
    running.until(lambda: Cause.STALLED in {event.cause for event in running.events(ONE)})
    running.until(lambda: Cause.UNAUTHORISED in {event.cause for event in running.events(TWO)})
    assert cameras[TWO].wrong == 1
    cameras[ONE].rtsp = cameras[ONE].rtsp.model_copy(update={"stall_after_s": None})
    (stall,) = (event for event in running.events(ONE) if event.cause is Cause.STALLED)
    running.until(lambda: not alive(pid))
    running.until(lambda: running.ffmpeg(THREE))
    running.until(lambda: [event for event in running.events(THREE) if "was restarted" in event.detail])
    told = json.loads((running.folder / "run" / "keeper.json").read_text())
    assert told["cameras"][THREE]["restarts_total"] == 1
    running.until(lambda: all(event.until_ms for event in running.events(ONE) if event.id == stall.id))
    count = len(running.segments(ONE))
    running.until(lambda: len(running.segments(ONE)) > count)


def fill(file):
    """Write until nothing more fits."""
    with file.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while True:
            stream.write(bytes(4096))


def test_nothing_is_written_into_the_empty_folder_of_a_disk_that_is_gone(site, host):
    running = host({ONE: site.add()})
    (running.volume / MARKER).unlink()
    running.start("gate", "keeper", ONE)
    running.until(lambda: Cause.DISK in {event.cause for event in running.events(ONE)})
    running.until(lambda: running.units[ONE].starts > 1)
    assert running.files() == []
    (running.volume / MARKER).write_text('{"key": "disk1"}')
    running.until(lambda: running.segments(ONE))
    assert all(event.until_ms for event in running.events(ONE) if event.cause is Cause.DISK)


@pytest.mark.parametrize("unsync", [True, False])
def test_names_say_whether_the_clock_could_be_believed(tmp_path, unsync):
    template = names.template(tmp_path, ONE, "00000000", synchronised=not unsync)
    assert ("_unsync" in template) is unsync
