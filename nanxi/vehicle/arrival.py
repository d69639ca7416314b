"""A file on its way from a depot's spool into its recordings: copied, hashed, synced, named, indexed - in this order.

It is copied rather than renamed, because whoever wrote it may still hold it open; the copy belongs to the recordings' own
account. A crash between any two steps leaves either the file in the spool, or a whole file at its place without a row,
which is taken in when it is presented again, or by ``nanxi.recording.mend``.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nanxi.recording import manifest, tracks
from nanxi.recording.closing import inspect, sha256
from nanxi.recording.config import RecordingConfig
from nanxi.recording.durable import append_line, sync_file, sync_folder
from nanxi.recording.errors import NotASegmentError, RecordingError
from nanxi.recording.host import Host
from nanxi.recording.keeping import usage
from nanxi.recording.names import INCOMING, SegmentName, parse
from nanxi.recording.segment import Segment, from_record
from nanxi.recording.tracks import TrackName
from nanxi.recording.volumes import Volume
from nanxi.vehicle.wire import Presented

#: No room: ENOSPC of the file system, EDQUOT of a quota on it.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class RefusedError(RecordingError):
    """The file is not taken; the text is the reason that the vehicle is told."""


class WrongBytesError(RecordingError):
    """What is in the spool is not what was presented; it is gone now, and must be sent from its first byte."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Takes in the files of one vehicle, whose cameras are ``cameras``."""

    host: Host
    vehicle: str
    cameras: frozenset[str]
    spool: Path
    log: Path

    def there(self, one: Presented) -> Path | None:
        """Return the file where it belongs, if it is there, indexed and as long as presented; None when it has to come.

        Raises:
            RefusedError: it is none of this vehicle's, another file has its name, or it is being deleted.
            OSError, IndexFailedError: the disks or the index fail.
        """
        name = self._name(one)
        if isinstance(name, TrackName):
            return self._track(one, name)
        row = self.host.index.get(name)
        if row is not None:
            path = self._at(name, row.volume)
            if path is not None and path.stat().st_size == row.size == one.size:
                if sha256(path) != one.sha256:
                    raise RefusedError("another file of this name is here")
                return path
            if path is not None:
                raise RefusedError("another file of this name is here")
            self.host.index.drop([name])  # its file is gone: what the vehicle still has is welcome
        if any(name == marked for marked, _, _ in self.host.index.garbage()):
            raise RefusedError("it is being deleted here")
        # A crash between its name and its row.
        for volume in self.host.volumes.values():
            path = name.path(volume.path)
            if path.exists():
                if path.stat().st_size == one.size and sha256(path) == one.sha256:
                    self._index(volume, name, one)
                    return path
                path.unlink()
                sync_folder(path.parent)
        return None

    def take(self, one: Presented) -> Path | None:
        """Take the file in from the spool and return where it is now; None when it is not all there yet.

        Raises:
            WrongBytesError: what was sent is not what was presented.
            RefusedError: there is no room (``full``), or it holds no pictures.
            OSError, IndexFailedError: the disks or the index fail; the file stays in the spool.
        """
        name = self._name(one)
        source = self.spool / one.name
        try:
            status = source.lstat()
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(status.st_mode) or status.st_size > one.size:
            source.unlink()
            raise WrongBytesError("longer than presented, or no file")
        if status.st_size < one.size:
            return None
        if not os.access(source, os.R_OK):
            # rsync opens a file to others when it is whole. Cut in between, it passes over one of full length for ever.
            source.unlink()
            raise WrongBytesError("cut off after its last byte")
        volume = self._volume(one.size)
        try:
            path = self._copied(source, volume, name, one)
            if isinstance(name, SegmentName):
                self._index(volume, name, one)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise RefusedError("full") from None
            raise
        source.unlink(missing_ok=True)
        return path

    def _name(self, one: Presented) -> SegmentName | TrackName:
        try:
            name = parse(one.name) if one.record is not None else tracks.parse(one.name)
        except NotASegmentError as error:
            raise RefusedError(str(error)) from None
        if isinstance(name, TrackName):
            if name.vehicle != self.vehicle:
                raise RefusedError(f"is no track of {self.vehicle}")
        elif name.camera not in self.cameras:
            raise RefusedError(f"{name.camera} is no camera of {self.vehicle}")
        return name

    def _at(self, name: SegmentName, key: str) -> Path | None:
        volume = self.host.volumes.get(key)
        if volume is None:
            raise RefusedError("its disk is not mounted here")
        path = name.path(volume.path)
        return path if path.exists() else None

    def _track(self, one: Presented, name: TrackName) -> Path | None:
        for volume in self.host.volumes.values():
            path = name.path(volume.path)
            if path.exists():
                if path.stat().st_size == one.size and sha256(path) == one.sha256:
                    return path
                # A track grows until its period is over: one that came too early is replaced by the longer one.
                path.unlink()
        return None

    def _volume(self, size: int) -> Volume:
        """Return the volume with the largest free share.

        Raises:
            RefusedError: none would keep its promised share (``watermarks.keep``).
        """
        best = _roomiest(self.host.volumes, size, self.host.config)
        if best is None:
            raise RefusedError("full")
        return best

    def _copied(self, source: Path, volume: Volume, name: SegmentName | TrackName, one: Presented) -> Path:
        """Copy, hash and sync the file, and give it its name."""
        folder = volume.path / INCOMING
        folder.mkdir(exist_ok=True)
        draft, path = folder / one.name, name.path(volume.path)
        try:
            if _copy(source, draft) != one.sha256:
                source.unlink(missing_ok=True)
                raise WrongBytesError("other bytes than presented")
            closed_ms = int((one.record or {}).get("closed_ms", time.time() * 1000))
            os.utime(draft, ns=(closed_ms * 1_000_000,) * 2)
            sync_file(draft)
            _make_folder(path.parent, volume.path)
            draft.rename(path)
            sync_folder(path.parent)
        finally:
            draft.unlink(missing_ok=True)
        return path

    def _index(self, volume: Volume, name: SegmentName, one: Presented) -> None:
        """Write the file's manifest line and its row; what it holds is looked at here, not believed."""
        found = inspect(volume, name)
        said = one.record or {}
        if found is None:
            path = name.path(volume.path)
            path.unlink()
            sync_folder(path.parent)
            raise RefusedError("holds no pictures")
        segment = replace(found, sha256=str(said.get("sha256") or one.sha256), closed_ms=_closed(said, found))
        try:
            manifest.append(volume.path, segment, str(said.get("code", "")))
        except OSError as error:
            if error.errno not in _NO_ROOM:  # without its line a rebuild reads the file instead
                raise
        self.host.index.add([segment])
        self._log(name, segment, one)

    def _log(self, name: SegmentName, segment: Segment, one: Presented) -> None:
        """Note the arrival; the index is what counts, so a log that cannot be written stops nothing."""
        record: dict[str, Any] = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "vehicle": self.vehicle,
            "name": str(name),
            "size": segment.size,
            "sha256": one.sha256,
            "as_closed": segment.sha256 == one.sha256,
        }
        try:
            append_line(self.log, record)
        except OSError:
            return


def _roomiest(volumes: Mapping[str, Volume], size: int, config: RecordingConfig) -> Volume | None:
    """Return the volume with the largest free share that keeps its promised share with ``size`` bytes more, or None."""
    best: tuple[float, Volume] | None = None
    for volume in volumes.values():
        whole, free = usage(volume.path)
        share = (free - size) / whole if whole else 0.0
        if share > config.watermarks.keep and (best is None or share > best[0]):
            best = share, volume
    return best[1] if best else None


def has_room(host: Host) -> bool:
    """Return whether a depot takes anything at all."""
    return _roomiest(host.volumes, 0, host.config) is not None


def clean(host: Host, spool: Path, older_than_s: float) -> int:
    """Remove what a crash left half copied, and what nobody went on sending; return how many files went."""
    gone = 0
    limit = time.time() - older_than_s
    for folder in (spool, *(volume.path / INCOMING for volume in host.volumes.values())):
        for path in folder.glob("*"):
            if path.is_file() and path.lstat().st_mtime < limit:
                path.unlink(missing_ok=True)
                gone += 1
    return gone


def _copy(source: Path, target: Path) -> str:
    """Copy a file's bytes and return their SHA-256; nothing is followed that is no plain file."""
    digest = hashlib.sha256()
    descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as reading, target.open("wb") as writing:
        while block := reading.read(1 << 20):
            digest.update(block)
            writing.write(block)
        writing.flush()
    return digest.hexdigest()


def _make_folder(folder: Path, top: Path) -> None:
    """Make a folder below ``top`` for good: with the names of all that lead to it."""
    missing = []
    while folder != top and not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        sync_folder(one.parent)


def _closed(said: Mapping[str, Any], found: Segment) -> int:
    """Return when the last picture arrived, by the vehicle's clock; what was looked at says it where the vehicle does not."""
    try:
        return from_record(dict(said), found.volume).closed_ms
    except (NotASegmentError, KeyError, TypeError, ValueError):
        return found.closed_ms
