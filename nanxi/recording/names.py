"""Names of segments and the layout of a volume: the contract between whoever records and whoever looks for footage.

::

    VOLUME/nanxi-volume.json                                   the disk is mounted (see ``volumes``)
    VOLUME/shangtang-cam0007/2026-11-27/                       one folder per camera and UTC day
        shangtang-cam0007_20261127T102100Z_6f3a91c2.ts         closed or growing
        shangtang-cam0007_20261127T102200Z_6f3a91c2_unsync.ts  the host's clock was not synchronised (R5 of domain.md)
        manifest.jsonl                                         what is known of the closed ones

A name says all that the index cannot find out from the bytes: the camera, when its first picture arrived (UTC, whole
seconds, so that no daylight-saving hour is there twice, R4), which run of ffmpeg wrote it (two runs in one second never
overwrite each other), and whether the clock could be believed. Names of one camera sort by time.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from nanxi.recording.durable import sync_folder
from nanxi.recording.errors import NotASegmentError

#: MPEG transport stream: see docs/recording.md for what it was measured against.
SUFFIX = ".ts"
MANIFEST = "manifest.jsonl"
#: Beside the cameras' folders: what arrives from vehicles and is not whole yet, and where vehicles have been.
INCOMING, TRACKS = "incoming", "track"
#: A segment is at most this long, in seconds; recorders cut far earlier (see ``DEFAULT_SEGMENT_S``).
LONGEST_SEGMENT_S = 3600
DEFAULT_SEGMENT_S = 60

_CAMERA = r"[a-z][a-z0-9_]*-[a-z]+[0-9]+"
_NAME = re.compile(
    rf"(?P<camera>{_CAMERA})_(?P<start>[0-9]{{8}}T[0-9]{{6}}Z)_(?P<session>[0-9a-f]{{8}})(?P<unsync>_unsync)?\.ts"
)
_IS_CAMERA = re.compile(_CAMERA)
_START = "%Y%m%dT%H%M%SZ"
_UNSYNC = "_unsync"


@dataclass(frozen=True, slots=True, order=True)
class SegmentName:
    """What a segment's name says. ``start`` is Unix time in whole seconds; the order is by time within a camera."""

    camera: str
    start: int
    session: str
    synchronised: bool = True

    def __str__(self) -> str:
        moment = datetime.fromtimestamp(self.start, UTC).strftime(_START)
        return f"{self.camera}_{moment}_{self.session}{'' if self.synchronised else _UNSYNC}{SUFFIX}"

    @property
    def folder(self) -> str:
        """The folder relative to the volume: ``shangtang-cam0007/2026-11-27``."""
        return f"{self.camera}/{datetime.fromtimestamp(self.start, UTC).date()}"

    def path(self, volume: Path) -> Path:
        """Return where the segment lies on ``volume``."""
        return volume / self.folder / str(self)


def parse(name: str) -> SegmentName:
    """Return what a file's name says.

    Raises:
        NotASegmentError: it is no segment's name, or its date does not exist.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise NotASegmentError(
            f"{name!r} is not a segment's name; one is <camera>_<YYYYMMDDTHHMMSSZ>_<8 hex digits>[_unsync]{SUFFIX}"
        )
    try:
        start = datetime.strptime(match["start"], _START).replace(tzinfo=UTC)
    except ValueError:
        raise NotASegmentError(f"{name!r}: {match['start']} is not a moment in time") from None
    return SegmentName(match["camera"], int(start.timestamp()), match["session"], match["unsync"] is None)


def is_camera(name: str) -> bool:
    """Return whether ``name`` can be a camera's folder (an Ansible host name of the register)."""
    return _IS_CAMERA.fullmatch(name) is not None


def new_session() -> str:
    """Return a token for one run of ffmpeg. A run that starts after a clock step or a restart needs a new one."""
    return secrets.token_hex(4)


def template(volume: Path, camera: str, session: str, *, synchronised: bool) -> str:
    """Return ffmpeg's output name for ``-f segment -strftime 1``; ffmpeg must run with ``TZ=UTC``.

    The folders must exist (:func:`prepare`): ffmpeg makes none and dies at midnight without the new day's.
    """
    literal = str(volume / camera).replace("%", "%%")
    marked = "" if synchronised else _UNSYNC
    return f"{literal}/%Y-%m-%d/{camera}_{_START}_{session}{marked}{SUFFIX}"


def prepare(volume: Path, camera: str, now: datetime) -> None:
    """Make today's and tomorrow's folders of ``camera``; call it when ffmpeg starts and once an hour.

    Raises:
        OSError: they cannot be made, or not for good.
    """
    folder = volume / camera
    for day in days(now, now + timedelta(days=1)):
        (folder / str(day)).mkdir(parents=True, exist_ok=True)
    # Their own names too: a segment that is synced in a folder that is not is gone after a power cut.
    sync_folder(folder)
    sync_folder(volume)


def days(begin: datetime, end: datetime) -> Iterator[date]:
    """Yield the UTC days from ``begin`` to ``end``, both included."""
    day, last = begin.astimezone(UTC).date(), end.astimezone(UTC).date()
    while day <= last:
        yield day
        day += timedelta(days=1)
