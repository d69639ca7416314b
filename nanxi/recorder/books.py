"""The keeper's dealings with the index and its events: all in one thread, because SQLite's connection belongs to one."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from nanxi.recorder import presence
from nanxi.recorder.config import RecorderConfig
from nanxi.recorder.outages import Outages
from nanxi.recorder.presence import Presence
from nanxi.recording import believed
from nanxi.recording.believed import believable
from nanxi.recording.closing import Closer
from nanxi.recording.config import load_config
from nanxi.recording.due import note
from nanxi.recording.errors import LostSegmentError, VolumeGoneError
from nanxi.recording.events import Cause, Events
from nanxi.recording.index import Index
from nanxi.recording.mend import mend
from nanxi.recording.names import SegmentName
from nanxi.recording.reconcile import SETTLED_S
from nanxi.recording.volumes import Volume, open_volume

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Books:
    """One host's index, events and volumes."""

    config: RecorderConfig
    index: Index
    events: Events
    outages: Outages
    closer: Closer
    paths: tuple[Path, ...]  # of all volumes of the host: a camera's own, and those it may flee to
    volumes: dict[Path, Volume]
    mend_at: float  # monotonic: once more, when the files that were open at a crash count as settled
    boot: str
    own: tuple[str, ...] = ()  # the cameras that this host is told to record
    seen_at: float = 0.0  # monotonic, of the last sign of life
    noted: bool = False  # since when cameras are due here; not before the clock is believed

    @classmethod
    def open(cls, config: RecorderConfig) -> Self:
        """Open the index and bring it and the files together.

        Raises:
            IndexFailedError: it cannot be opened.
            InputError: the recordings' configuration is wrong.
        """
        recording = load_config(config.recording)
        recording.index.parent.mkdir(parents=True, exist_ok=True)
        index = Index(recording.index)
        events = Events(index, recording.volumes)
        codes = {host: promise.code for host, promise in recording.cameras.items()}
        closer = Closer(index, events, codes, hashing=recording.hashing)
        paths = tuple(sorted({*recording.volumes, *(plan.volume for plan in config.cameras.values())}))
        boot = presence.boot_of(config.run)
        own = tuple(recording.own)
        books = cls(config, index, events, Outages(events), closer, paths, {}, 0.0, boot, own)
        books.note_absence()
        books.mend()
        books.mend_at = time.monotonic() + SETTLED_S + 5
        return books

    def note_absence(self) -> None:
        """Record that the host was down since its last sign of life, when it has booted in between."""
        now = Presence(self.boot, time.time_ns() // 1_000_000)
        if absent := presence.absence(presence.read(self._presence), now):
            self.outages.absent(*absent)
        self._be_seen()

    @property
    def _presence(self) -> Path:
        return self.index.path.parent / "presence.json"

    def _be_seen(self) -> None:
        self.seen_at = time.monotonic()
        try:
            presence.write(self._presence, Presence(self.boot, time.time_ns() // 1_000_000))
        except OSError as error:
            _LOG.error("no sign of life could be left: %s", error)

    def mend(self) -> None:
        """Bring index and files together, of the volumes that are mounted."""
        mounted = {volume.key: volume for path in self.paths if (volume := self._volume(path))}
        done = mend(self.index, mounted, self.events, recent=True)
        if done.adopted or done.dropped or done.lost:
            _LOG.warning(
                "index: %d files adopted, %d rows dropped, %d lost",
                done.adopted,
                done.dropped,
                len(done.lost),
            )
        self.note_due()

    def note_due(self) -> None:
        """Remember since when cameras are due here, as soon as the clock is believed."""
        try:
            sure = believable(self.index.path.with_name(believed.FILE), trust=self.config.trust_clock)
        except OSError as error:
            _LOG.error("the kernel does not tell whether the clock is kept: %s", error)
            return
        if sure:
            note(self.index, self.own, time.time_ns() // 1_000_000)
            self.noted = True

    def close_segments(self, closed: Mapping[SegmentName, Path], lost: Mapping[SegmentName, OSError]) -> None:
        """Index what is closed; ``lost`` could not be made durable while it grew.

        Raises:
            IndexFailedError: not everything was indexed: ask again with the same, ``lost`` included.
        """
        by_volume: dict[Path, list[SegmentName]] = defaultdict(list)
        for name, path in closed.items():
            by_volume[path].append(name)
        now = time.time_ns() // 1_000_000
        for path, found in by_volume.items():
            volume = self._volume(path)
            if volume is None:
                continue
            mine = [name for name in found if name in lost]
            self.index.mark([(name, volume.key) for name in mine], "disk")
            for name in mine:
                until = max(now, name.start * 1000 + 1)
                self.events.record(
                    name.camera, Cause.DISK, name.start * 1000, until, f"{name}: {lost[name].strerror}"
                )
            try:
                self.closer.close(volume, [name for name in found if name not in lost])
            except LostSegmentError as error:
                _LOG.error("%s", error)

    def look(self, status: Mapping[str, Any] | None, free: Mapping[Path, int | None]) -> None:
        """Record what gate and disks say."""
        self.outages.gate(status, self.config.cameras)
        self.outages.disks(self.config, free)
        for path, room in free.items():
            if room is None:
                self.volumes.pop(path, None)
            elif path not in self.volumes:  # it is back: what was closed on it meanwhile has no rows
                self.mend_at = self.mend_at or time.monotonic() + SETTLED_S + 5
                self.mend()
        if time.monotonic() - self.seen_at >= presence.EVERY_S:
            self._be_seen()
            if not self.noted:
                self.note_due()
        if self.mend_at and time.monotonic() > self.mend_at:
            self.mend_at = 0.0
            self.mend()

    def close(self) -> None:
        """Close the index."""
        self.index.__exit__(None, None, None)

    def _volume(self, path: Path) -> Volume | None:
        if path not in self.volumes:
            try:
                self.volumes[path] = open_volume(path)
            except VolumeGoneError as error:
                _LOG.error("%s", error)
                return None
        return self.volumes[path]
