"""R6 on real file systems: full, damaged, taken out; recording goes on, and no file is without a row."""

import json
import re
import subprocess
import time

import pytest

from nanxi.recording.events import Cause, Events
from nanxi.recording.index import Index
from nanxi.recording.mend import mend
from nanxi.recording.reconcile import compare
from nanxi.recording.volumes import MARKER, create, open_volumes
from tests.recorder.test_recording import fill
from tests.support.ext4 import Ext4
from tests.support.lab import need

ONE, TWO = "shangtang-cam0001", "shangtang-cam0002"


@pytest.fixture
def disks():
    """Put real disks where a host's volumes are; they are gone when the test is."""
    made = []

    def put(host, megabytes, *names, or_memory=False):
        for name in names:
            (host.folder / name / MARKER).unlink()
            made.append(Ext4(host.folder / name, megabytes, or_memory=or_memory))
            create(host.folder / name, name)
        return made[-len(names) :]

    yield put
    for one in made:
        one.close()


def stop(running):
    for unit in running.units.values():
        unit.stop()
    running.units.clear()


def on(running, disk, camera):
    """Return a camera's indexed segments on a disk."""
    return [one for one in running.segments(camera) if one.volume == disk]


def nothing_is_without_its_counterpart(running, *names):
    """Files and rows of all disks, after what a start would mend."""
    volumes = dict(open_volumes(running.folder / name for name in names))
    now = time.time() + 1000
    with Index(running.index) as index:
        done = mend(index, volumes, Events(index), now=now)
        assert done.dropped == 0
        assert done.lost == []
        assert list(compare(index, volumes, now=now)) == []


@pytest.mark.lab
def test_a_full_disk_is_a_gap_with_its_cause_and_recording_resumes(site, host, disks):
    running = host({ONE: site.add()})
    (disk,) = disks(running, 16, "disk1", or_memory=True)
    filler = disk.path / "filler"
    running.start("gate", "keeper", ONE)
    running.until(lambda: running.segments(ONE))
    fill(filler)
    running.until(lambda: Cause.DISK in {event.cause for event in running.events(ONE)})
    running.until(lambda: running.units[ONE].starts > 1)  # ffmpeg gives up when it cannot write
    filler.unlink()
    freed = time.time()
    running.until(lambda: running.segments(ONE)[-1].name.start > freed)
    print(f"recording again {running.segments(ONE)[-1].name.start - freed:.1f} s after there was room")
    running.until(lambda: all(event.until_ms for event in running.events(ONE) if event.cause is Cause.DISK))
    stop(running)
    filler.unlink(missing_ok=True)
    nothing_is_without_its_counterpart(running, "disk1")


def test_a_disk_that_is_taken_out_or_breaks_sends_its_cameras_to_another_until_it_is_back(site, host, disks):
    running = host({ONE: site.add()}, disks=("disk1", "disk2"))
    first, _ = disks(running, 16, "disk1", "disk2")
    running.start("gate", "keeper", ONE)
    running.until(lambda: on(running, "disk1", ONE))

    first.take_out()
    running.until(lambda: on(running, "disk2", ONE))
    assert Cause.DISK in {event.cause for event in running.events(ONE)}
    assert list(first.path.iterdir()) == []  # nothing went to the folder under the disk

    first.put_in()
    known = len(on(running, "disk1", ONE))
    running.until(lambda: len(on(running, "disk1", ONE)) > known + 1)

    first.break_()
    known = len(on(running, "disk2", ONE))
    running.until(lambda: len(on(running, "disk2", ONE)) > known + 1)
    stop(running)
    first.close()
    first.put_in()
    nothing_is_without_its_counterpart(running, "disk1", "disk2")


@pytest.mark.foreign
def test_a_sync_that_fails_is_a_lost_segment_and_recording_goes_on(site, host):
    """libfiu lets every sync of the keeper fail for a while: those of growing and closed files, and the index's too."""
    need("fiu-run", "fiu-ctrl")
    running = host({ONE: site.add(), TWO: site.add()})
    running.start("gate")
    running.start("keeper", through=("fiu-run", "-x", "-f", running.folder / "fiu"))
    running.start(ONE, TWO)
    running.until(lambda: running.segments(ONE) and running.segments(TWO))
    fail(running, "enable name=posix/io/sync/*,failinfo=5")
    log = running.folder / "log"
    running.until(lambda: all(f"{camera}_" in lost_in(log) for camera in (ONE, TWO)))
    running.until(lambda: "disk I/O error" in log.read_text())  # the index could not say so at once
    fail(running, "disable name=posix/io/sync/*")
    lost = set(re.findall(r"ERROR (\S+\.ts) is lost", log.read_text()))
    fixed = time.time()
    for camera in (ONE, TWO):
        running.until(lambda camera=camera: running.segments(camera)[-1].name.start > fixed)
        running.until(lambda camera=camera: Cause.DISK in {event.cause for event in running.events(camera)})
    told = running.until(lambda: json.loads((running.folder / "run" / "keeper.json").read_text()))
    assert sum(one["lost_total"] for one in told["cameras"].values()) >= len(lost) >= 2
    stop(running)
    with Index(running.index) as index:
        rows = {str(one.name) for camera in (ONE, TWO) for one, _ in index.all(camera)}
        marked = {str(name) for name, _, reason in index.garbage() if reason == "disk"}
        reasons = [event.detail for event in Events(index).between(None, 0, 1 << 62, everything=True)]
    assert not lost & rows, "a failed sync became a success"
    assert lost <= marked
    assert all(any(one in reason for reason in reasons) for one in lost), "a lost segment without its cause"
    nothing_is_without_its_counterpart(running, "disk1")


def lost_in(log):
    return " ".join(re.findall(r"ERROR (\S+\.ts) is lost", log.read_text()))


def fail(running, command):
    """Tell libfiu in the keeper's process what fails from now on."""
    (pipe,) = running.folder.glob("fiu-*.in")
    pid = pipe.name.removeprefix("fiu-").removesuffix(".in")
    subprocess.run(["fiu-ctrl", "-f", running.folder / "fiu", "-c", command, pid], check=True, timeout=20)
