"""Retention on board a vehicle: a depot's proof comes before deletion.

In order:

1. What a hold covers never goes.
2. What a depot has proved to have goes ``keep_days`` later; the promise of days is kept there.
3. What no depot has does not go, not even when its time is over: nobody could have looked at it yet. It is deleted a
   few minutes after its arrival, by the depot's own retention.
4. When the disk runs full recording goes on, and room is made: first of what a depot has, the oldest first; then,
   because there is no other way, the oldest of what no depot has, down to ``FLOOR_HOURS``. The latter is lost: it is an
   event with the cause ``disk``, and reported with its camera (``Report.early``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from nanxi.recording.config import OnBoard
from nanxi.recording.events import Cause, Events
from nanxi.recording.keeping import Keeper, Report, batches
from nanxi.recording.receipts import Receipts
from nanxi.recording.retention import Victim, cutoff, is_held
from nanxi.recording.segment import Segment
from nanxi.recording.timeline import DAY_MS, HOUR_MS, Interval, union
from nanxi.recording.tracks import expire_tracks
from nanxi.recording.volumes import Volume

#: Footage that no depot has stays so long at least: a small disk holds a day or two of all cameras.
FLOOR_HOURS = 24


@dataclass(frozen=True, slots=True)
class BoardKeeper(Keeper):
    """The retention of a host in a vehicle."""

    @property
    def _board(self) -> OnBoard:
        assert self.config.on_board is not None
        return self.config.on_board

    def _expire_tracks(self, now: datetime, held: Mapping[str, list[Interval]]) -> None:
        vehicles = {promise.vehicle: self._board.keep_days for promise in self.config.cameras.values()}
        expire_tracks(self.volumes.values(), vehicles, now, self.held_vehicles(held), self._confirmed())

    def _confirmed(self) -> dict[str, int]:
        with Receipts(self._board.receipts) as receipts:
            return receipts.confirmed()

    def _expire(self, camera: str, held: list[Interval], now_ms: int, report: Report) -> None:
        """Mark what a depot has for long enough; count what none has although its time is over."""
        limit = now_ms - self._board.keep_days * DAY_MS
        over = cutoff(self.config.cameras[camera], now_ms)
        confirmed = self._confirmed()
        for key in self.volumes:
            going: list[Segment] = []
            for end, segment in self._counted(camera, key, max(limit, over)):
                if confirmed.get(str(segment.name)) == segment.size:
                    if end <= limit and not is_held(segment, held):
                        going.append(segment)
                elif end <= over:
                    report.waiting[camera] = report.waiting.get(camera, 0) + 1
            self._mark(going, "confirmed")
            if going:
                report.expired[camera] = report.expired.get(camera, 0) + len(going)
        there = {str(one.name) for key in self.volumes for _, one in self._counted(camera, key, over)}
        with Receipts(self._board.receipts) as receipts:
            receipts.forget(camera, over, there)

    def _counted(self, camera: str, key: str, until_ms: int) -> Iterator[tuple[int, Segment]]:
        """Yield a camera's segments on a volume that ended before ``until_ms``, with when that was.

        What was recorded while the clock was not believed counts from when it was seen, as everywhere (``undated``).
        """
        for segment in self.index.oldest_first(camera, key):
            if segment.name.synchronised:
                if _end(segment) > until_ms:
                    break
                yield _end(segment), segment
        for seen_ms, segment in self._dated(camera, key):
            if seen_ms + segment.media.span_ms <= until_ms:
                yield seen_ms + segment.media.span_ms, segment

    def _make_room(
        self, volume: Volume, held: Mapping[str, list[Interval]], now: datetime, report: Report
    ) -> None:
        """Delete while the disk is too full: what a depot has, then what none has."""
        marks = self.config.watermarks
        size, free = self.measure(volume.path)
        if free < marks.start * size:
            need, now_ms = int(marks.stop * size) - free, int(now.timestamp() * 1000)
            confirmed = self._confirmed()
            safe, unsafe = [], []
            floor = now_ms - FLOOR_HOURS * HOUR_MS
            for camera in self.config.cameras:
                for end, segment in self._counted(camera, volume.key, now_ms):
                    if is_held(segment, held.get(camera, [])):
                        continue
                    if confirmed.get(str(segment.name)) == segment.size:
                        safe.append((end, segment))
                    elif end <= floor:
                        unsafe.append((end, segment))
            need = self._free(safe, need, "confirmed")[0]
            _, lost = self._free(unsafe, need, "evicted")
            self._lament([segment for _, segment in lost], volume)
            for end, one in lost:
                over = cutoff(self.config.cameras[one.name.camera], now_ms)
                report.book([Victim(one, max(0, end - over))])
            self._sweep(str(now.astimezone(UTC).date()), report)
            size, free = self.measure(volume.path)
        if free < marks.keep * size:
            report.short[volume.key] = free / size

    def _free(
        self, found: list[tuple[int, Segment]], need: int, reason: str
    ) -> tuple[int, list[tuple[int, Segment]]]:
        """Mark the oldest until ``need`` bytes are free; return what is needed still, and what goes."""
        going = []
        for end, segment in sorted(found, key=lambda one: (one[0], one[1].name)):
            if need <= 0:
                break
            going.append((end, segment))
            need -= segment.size
        self._mark([segment for _, segment in going], reason)
        return need, going

    def _mark(self, segments: list[Segment], reason: str) -> None:
        for batch in batches(segments):
            self.index.mark([(one.name, one.volume) for one in batch], reason, by_retention=True)

    def _lament(self, lost: list[Segment], volume: Volume) -> None:
        """Record the loss: it is told to the depots, where people look for the footage."""
        events = Events(self.index, [volume.path])
        times: dict[str, list[Interval]] = {}
        for one in lost:
            times.setdefault(one.name.camera, []).append((one.start_ms, _end(one)))
        for camera, found in times.items():
            for begin, end in union(found):
                detail = "deleted on board before any depot had it: the disk was full"
                events.record(camera, Cause.DISK, begin, end, detail)


def _end(segment: Segment) -> int:
    return segment.start_ms + segment.media.span_ms
