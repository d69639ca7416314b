"""The files that grow: made durable once a second (D8b), and watched for those that no longer do."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nanxi.recording.durable import sync_folder
from nanxi.recording.names import SegmentName


@dataclass(slots=True)
class Growing:
    """One open segment. ``fd`` is ours: an error of a sync is told once to each descriptor that was open before it."""

    name: SegmentName
    path: Path
    fd: int
    size: int = 0
    synced: int = 0
    grew_at: float = 0.0  # monotonic seconds


class GrowingFiles:
    """The newest segment of each camera. ``sync`` may run in another thread than the rest."""

    def __init__(
        self,
        sync: Callable[[int], None] = os.fdatasync,
        clock: Callable[[], float] = time.monotonic,
        sync_names: Callable[[Path], None] = sync_folder,
    ) -> None:
        self._files: dict[str, Growing] = {}
        self._ended: dict[str, float] = {}  # when the last file of a camera that has none now grew last
        self._sync, self._sync_names = sync, sync_names
        self._clock = clock

    def begin(self, name: SegmentName, path: Path) -> SegmentName | None:
        """Follow a segment; return the one that its camera had before, which is closed then.

        Raises:
            OSError: it cannot be opened.
        """
        before = self._files.get(name.camera)
        if before is not None and before.name == name:
            return None
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        if before is not None:
            os.close(before.fd)
        self._files[name.camera] = Growing(name, path, fd, grew_at=self._clock())
        return before.name if before is not None else None

    def end(self, name: SegmentName) -> None:
        """Follow a segment no more."""
        file = self._files.get(name.camera)
        if file is not None and file.name == name:
            self._ended[name.camera] = file.grew_at
            del self._files[name.camera]
            os.close(file.fd)

    def get(self, camera: str) -> Growing | None:
        """Return the segment that a camera is writing."""
        return self._files.get(camera)

    def sync(self) -> dict[SegmentName, OSError]:
        """Make durable what was written since the last time; return what could not be.

        A new segment's folder is synced once with it: bytes without a name are gone after a power cut, a whole minute of
        them. What could not be synced is lost and is not synced again: the next attempt would succeed and mean nothing, because
        Linux tells of a failed write once and then marks the pages clean.
        """
        failed: dict[SegmentName, OSError] = {}
        now = self._clock()
        for file in tuple(self._files.values()):
            try:
                size = os.fstat(file.fd).st_size
                if size == file.size:
                    continue
                file.size, file.grew_at = size, now
                self._sync(file.fd)
                if not file.synced:
                    self._sync_names(file.path.parent)
                file.synced = size
            except OSError as error:
                if self._files.get(file.name.camera) is file:  # else it was closed meanwhile
                    failed[file.name] = error
        return failed

    def silent_s(self, camera: str) -> float | None:
        """Return for how many seconds no segment of a camera grew, None when it never had one.

        One that was closed a moment ago counts: between two files a recorder has none, and is not silent for that.
        """
        file = self._files.get(camera)
        grew_at = file.grew_at if file else self._ended.get(camera)
        return None if grew_at is None else self._clock() - grew_at

    def close(self) -> None:
        """Close every descriptor."""
        for file in self._files.values():
            os.close(file.fd)
        self._files.clear()
