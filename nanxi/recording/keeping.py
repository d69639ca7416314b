"""Retention at work on a host: what is over goes, full volumes get room, and broken promises are reported."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from nanxi.recording import believed, undated
from nanxi.recording.believed import Sight
from nanxi.recording.config import RecordingConfig
from nanxi.recording.holds import Holds
from nanxi.recording.index import Index
from nanxi.recording.removal import sweep
from nanxi.recording.retention import Victim, expired, expired_undated, victims
from nanxi.recording.rollup import forget_past
from nanxi.recording.segment import Segment
from nanxi.recording.timeline import DAY_MS, HOUR_MS, Interval
from nanxi.recording.tracks import expire_tracks
from nanxi.recording.volumes import Volume

Item = TypeVar("Item")

#: Segments per transaction: short enough for the indexer to get its turn.
_BATCH = 1000
#: What was recorded and deleted is remembered so many days, for the year's assessment.
_PAST_DAYS = 400


@dataclass(slots=True)
class Early:
    """What one camera lost before its time."""

    segments: int = 0
    size: int = 0
    worst_ms: int = 0


@dataclass(slots=True)
class Report:
    """What one round of retention did, and whom it concerns.

    Attributes:
        expired: segments that went because their time was over, by camera.
        early: what went before its time because a volume was full, by camera: each is a broken promise.
        short: volumes that are still below ``watermarks.keep``, with their free share.
        waiting: on board a vehicle: segments that no depot has although their time is over, by camera.
        unpromised: cameras with footage that the configuration does not know: nothing of theirs is deleted.
        failed: folders that could not be swept, with the reason.
        clock: why the host's clock is not believed (see ``believed``), empty when it is.
    """

    expired: dict[str, int] = field(default_factory=dict)
    early: dict[str, Early] = field(default_factory=dict)
    short: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)
    unpromised: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    clock: str = ""

    @property
    def clean(self) -> bool:
        """Whether nothing of it is a person's business."""
        known = (self.early, self.short, self.waiting, self.unpromised, self.failed, self.clock)
        return not any(known)

    def book(self, chosen: Iterable[Victim]) -> None:
        """Note what goes before its time."""
        for victim in chosen:
            early = self.early.setdefault(victim.segment.name.camera, Early())
            early.segments += 1
            early.size += victim.segment.size
            early.worst_ms = max(early.worst_ms, victim.early_ms)


def usage(path: Path) -> tuple[int, int]:
    """Return a file system's size and what is free for others than root, in bytes."""
    status = os.statvfs(path)
    return status.f_blocks * status.f_frsize, status.f_bavail * status.f_frsize


@dataclass(frozen=True, slots=True)
class Keeper:
    """Retention of one host; ``measure`` tells size and free bytes of a file system, ``look`` what the clocks say."""

    index: Index
    volumes: Mapping[str, Volume]
    config: RecordingConfig
    holds: Holds
    measure: Callable[[Path], tuple[int, int]] = usage
    look: Callable[[], Sight] | None = None

    def round(self, now: datetime | None = None) -> Report:
        """Do one round; run it every few minutes. What it began and did not end, the next one ends.

        Without ``now``, now is what may be believed of the host's clocks: one that is wrong deletes nothing early.

        Raises:
            IndexFailedError: the index cannot be read or written.
            OSError: a volume's file system cannot be measured.
        """
        report = Report()
        moment = now or self._believed(report)
        now_ms = int(moment.timestamp() * 1000)
        today = str(moment.astimezone(UTC).date())
        held = self.holds.intervals()
        if not report.clock:
            undated.date(self.index, now_ms)
        for camera in self.index.cameras():
            if camera in self.config.cameras:
                self._expire(camera, held.get(camera, []), now_ms, report)
            elif self.index.first(camera) is not None:
                report.unpromised.append(camera)
        self._sweep(today, report)
        self._expire_tracks(moment, held)
        for volume in self.volumes.values():
            self._make_room(volume, held, moment, report)
        with self.index.writing() as connection:
            forget_past(connection, (now_ms - _PAST_DAYS * DAY_MS) // HOUR_MS)
        return report

    def _believed(self, report: Report) -> datetime:
        """Return the latest moment that may be now, and say why when it is not what the clock says."""
        path = self.config.index.with_name(believed.FILE)
        seen = self.look() if self.look else believed.look(trust=self.config.trust_clock)
        belief = believed.believe(believed.last(path), seen)
        report.clock = belief.doubt
        if not belief.doubt:
            believed.keep(path, seen)
        return datetime.fromtimestamp(belief.now_ms / 1000, UTC)

    def _expire(self, camera: str, held: list[Interval], now_ms: int, report: Report) -> None:
        """Mark what has had its time."""
        promise, count = self.config.cameras[camera], 0
        for key in self.volumes:
            old = expired(self.index.oldest_first(camera, key), promise, held, now_ms)
            late = expired_undated(self._dated(camera, key), promise, held, now_ms)
            for batch in batches(chain(old, late)):
                self.index.mark([(one.name, one.volume) for one in batch], "retention", by_retention=True)
                count += len(batch)
        if count:
            report.expired[camera] = count

    def _expire_tracks(self, now: datetime, held: Mapping[str, list[Interval]]) -> None:
        """Delete where vehicles were, when their cameras' time is over."""
        days = {one.vehicle: one.days for one in self.config.cameras.values() if one.vehicle}
        expire_tracks(self.volumes.values(), days, now, self.held_vehicles(held))

    def held_vehicles(self, held: Mapping[str, list[Interval]]) -> dict[str, list[Interval]]:
        """Return what is held of vehicles' tracks: what is held of any of their cameras."""
        found: dict[str, list[Interval]] = {}
        for camera, promise in self.config.cameras.items():
            found.setdefault(promise.vehicle, []).extend(held.get(camera, []))
        return found

    def _make_room(
        self, volume: Volume, held: Mapping[str, list[Interval]], now: datetime, report: Report
    ) -> None:
        """Delete footage early while the volume is too full."""
        marks = self.config.watermarks
        size, free = self.measure(volume.path)
        if free < marks.start * size:
            runs = {
                camera: partial(self.index.oldest_first, camera, volume.key)
                for camera in self.index.cameras()
            }
            need, now_ms = int(marks.stop * size) - free, int(now.timestamp() * 1000)
            dated = {camera: self._dated(camera, volume.key) for camera in runs}
            for chosen in batches(victims(runs, self.config.cameras, held, need, now_ms, undated=dated)):
                names = [(one.segment.name, volume.key) for one in chosen]
                self.index.mark(names, "evicted", by_retention=True)
                report.book(chosen)
            self._sweep(str(now.astimezone(UTC).date()), report)
            size, free = self.measure(volume.path)
        if free < marks.keep * size:
            report.short[volume.key] = free / size

    def _dated(self, camera: str, volume: str) -> list[tuple[int, Segment]]:
        return undated.dated(self.index, camera, volume, undated.dates(self.index))

    def _sweep(self, today: str, report: Report) -> None:
        failed = sweep(self.index, self.volumes, today).failed
        report.failed |= {str(folder): why for folder, why in failed.items()}


def batches(items: Iterable[Item], size: int = _BATCH) -> Iterator[list[Item]]:
    """Yield ``items`` in lists of ``size``."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
