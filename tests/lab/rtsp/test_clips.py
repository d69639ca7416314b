"""Making clips: once, within a deadline, and with nothing left behind."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import pytest

from lab.twin import clips
from lab.twin.clips import ClipError, ClipStore, command
from lab.twin.rtsp.camera import StreamSpec

pytestmark = pytest.mark.usefixtures("ffmpeg_tools")
TINY = StreamSpec("H264", 64, 64, 5, 64, 5)


async def test_everybody_who_asks_gets_the_same_track_and_the_file_outlives_the_process(tmp_path):
    store = ClipStore(tmp_path)
    first, second = await asyncio.gather(store.track(TINY), store.track(TINY))
    assert first is second
    (path,) = tmp_path.iterdir()
    made = path.stat().st_mtime_ns
    again = await ClipStore(tmp_path).track(TINY)
    assert again == first
    assert path.stat().st_mtime_ns == made


async def test_a_clip_is_whole_groups_of_pictures_beginning_with_a_key_frame(tmp_path):
    track = await ClipStore(tmp_path).track(StreamSpec("H265", 64, 64, 12.5, 64, 20))
    keys = [number for number, frame in enumerate(track.frames) if frame.key]
    assert (keys, len(track.frames)) == ([0, 20, 40], 60)


async def test_a_failure_leaves_no_file_and_the_next_caller_tries_again(tmp_path):
    store = ClipStore(tmp_path)
    nothing = StreamSpec("H264", 0, 64, 5, 64, 5)
    for _ in range(2):
        with pytest.raises(ClipError, match="ffmpeg failed"):
            await store.track(nothing)
    assert list(tmp_path.iterdir()) == []


async def test_a_camera_without_a_limit_of_bitrate_has_a_clip(tmp_path):
    track = await ClipStore(tmp_path).track(StreamSpec("H264", 64, 64, 5, 2_147_483_647, 5))
    assert "b=AS:16000" in track.sdp


async def test_ffmpeg_is_ended_at_the_deadline(tmp_path, monkeypatch):
    monkeypatch.setattr(clips, "DEADLINE_S", 0.2)
    with pytest.raises(ClipError, match="more than"):
        await ClipStore(tmp_path).track(StreamSpec("H265", 3840, 2160, 60, 40000, 1000))
    assert not _running(tmp_path)
    assert not list(tmp_path.iterdir())


async def test_without_ffmpeg_the_error_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ClipError, match="not installed"):
        await ClipStore(tmp_path).track(TINY)


def test_the_name_of_a_clip_depends_on_everything_that_shapes_it():
    variants = [TINY, StreamSpec("H265", 64, 64, 5, 64, 5), StreamSpec("H264", 64, 64, 5, 65, 5)]
    variants += [StreamSpec("H264", 64, 64, 6, 64, 5), StreamSpec("H264", 64, 64, 5, 64, 10)]
    assert len({tuple(command(spec, "")) for spec in variants}) == len(variants)


def _running(folder):
    """Return the processes whose command names ``folder``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if os.fsencode(folder) in (process / "cmdline").read_bytes():
                found.append(process.name)
    return found
