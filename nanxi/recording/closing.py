"""From a closed file to an indexed segment: sync the file, sync its folder, write its manifest line, then the row.

A crash between any two steps leaves a file without a row, which :mod:`nanxi.recording.reconcile` adopts. A row without
its whole file cannot come to be.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nanxi.recording import manifest, media
from nanxi.recording.durable import sync_file, sync_folder
from nanxi.recording.errors import LostSegmentError
from nanxi.recording.events import Cause, Events
from nanxi.recording.index import Index
from nanxi.recording.names import SegmentName
from nanxi.recording.segment import Segment
from nanxi.recording.volumes import Volume

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Closer:
    """Indexes closed segments of one host. ``codes`` gives cameras' 20-digit codes, ``hashing`` asks for SHA-256."""

    index: Index
    events: Events
    codes: Mapping[str, str] = field(default_factory=dict)
    hashing: bool = False
    _refused: dict[SegmentName, OSError] = field(default_factory=dict, repr=False)

    def close(self, volume: Volume, names: Iterable[SegmentName]) -> list[Segment]:
        """Index closed segments and return those that hold pictures; a file without any is marked for deletion.

        What closes at the same second (every camera's minute) should come in one call: it is one transaction.

        Raises:
            LostSegmentError: after all others were indexed: these could not be made durable. They are marked for
                deletion, and their time is a gap with the cause ``disk``.
            IndexFailedError: nothing was indexed; the files are there, and the next reconciliation adopts them.
        """
        closed: list[Segment] = []
        empty: list[SegmentName] = []
        lost: dict[SegmentName, OSError] = {}
        for name in names:
            if error := self._refused.get(
                name
            ):  # the index failed before it could be marked: its next sync would lie
                lost[name] = error
                continue
            try:
                segment = make_durable(volume, name, self.codes.get(name.camera, ""), hashing=self.hashing)
            except OSError as error:
                lost[name] = self._refused[name] = error
            else:
                if segment is None:
                    empty.append(name)
                else:
                    closed.append(segment)
        if closed:
            self.index.add(closed)
        if empty:
            self.index.mark([(name, volume.key) for name in empty], "empty")
        if lost:
            self._abandon(volume, lost)
        return closed

    def _abandon(self, volume: Volume, lost: Mapping[SegmentName, OSError]) -> None:
        self.index.mark([(name, volume.key) for name in lost], "disk")
        for name in lost:
            self._refused.pop(name, None)
        now = time.time_ns() // 1_000_000
        for name, error in lost.items():
            until = max(now, name.start * 1000 + 1)
            self.events.record(name.camera, Cause.DISK, name.start * 1000, until, f"{name}: {error.strerror}")
        raise LostSegmentError(
            f"{len(lost)} segments could not be written to {volume.path} and are lost: "
            + "; ".join(f"{name}: {error.strerror}" for name, error in lost.items())
        )


def make_durable(
    volume: Volume, name: SegmentName, code: str = "", *, hashing: bool = False
) -> Segment | None:
    """Sync a closed segment and its folder, probe it and write its manifest line; None when it holds no picture.

    Raises:
        OSError: it is not durable. Never try again: the next fsync would succeed and mean nothing.
    """
    path = name.path(volume.path)
    sync_file(path)
    sync_folder(path.parent)
    segment = inspect(volume, name, hashing=hashing)
    if segment is not None:
        try:
            manifest.append(volume.path, segment, code)
        except OSError as error:
            # The footage is safe; a rebuild would have to read it instead of this line. On a full disk that is the rule.
            _LOG.warning("%s: no manifest line: %s", name, error)
    return segment


def inspect(volume: Volume, name: SegmentName, *, hashing: bool = False) -> Segment | None:
    """Return what a closed segment's file holds, None when it holds no picture.

    Raises:
        OSError: it cannot be read.
    """
    path = name.path(volume.path)
    status = path.stat()
    closed_ms = status.st_mtime_ns // 1_000_000
    found = media.probe(path, closed_ms - name.start * 1000)
    if found is None:
        return None
    return Segment(name, volume.key, status.st_size, closed_ms, found, sha256(path) if hashing else "")


def sha256(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
