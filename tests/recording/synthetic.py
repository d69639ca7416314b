"""Rows without files: weeks of many cameras in a moment."""

from __future__ import annotations

from nanxi.recording.media import Media
from nanxi.recording.names import SegmentName
from nanxi.recording.segment import Segment
from nanxi.recording.transport import CLOCK, WRAP
from tests.recording.conftest import CAMERA


def segment(start, seconds=60, session="00000001", camera=CAMERA, pts=None, size=1_000_000, **more):
    """A segment whose timestamps follow its start, so that neighbours of a run join."""
    first = (start * CLOCK if pts is None else pts) % WRAP
    media = Media("h264", seconds * 25, first, (first + seconds * CLOCK) % WRAP, seconds * 1000, **more)
    name = SegmentName(camera, start, session)
    return Segment(name, "disk1", size, (start + seconds) * 1000, media)


def day(start, minutes=1440, **more):
    return [segment(start + 60 * at, **more) for at in range(minutes)]
