"""Which segments go, and when: pure decisions. The law wants both, kept long enough and deleted then.

In order:

1. What a hold covers never goes.
2. What is older than its camera's promise goes always (State Council Order 799 Art. 17).
3. When a volume runs full, more goes until there is room, because recording goes on: what would go soonest anyway goes
   first, day by day of its remaining promise, and within such a day class 3 before vehicles, internal points, class 2 and
   class 1. So a class 1 point loses last, and no camera loses a second day before every other has lost its first.
4. Never what is younger than ``FLOOR_DAYS``: if that is not enough, something else fills the disk, and people must act.

Everything that goes by 3 broke a promise and is reported with its camera.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nanxi.county.model import PointClass
from nanxi.recording.config import Promise
from nanxi.recording.segment import Segment
from nanxi.recording.timeline import DAY_MS, Interval

FLOOR_DAYS = 7

_RANK = {
    PointClass.CLASS_3: 0,
    PointClass.VEHICLE: 1,
    PointClass.INTERNAL: 2,
    PointClass.CLASS_2: 3,
    PointClass.CLASS_1: 4,
}


@dataclass(frozen=True, slots=True)
class Victim:
    """A segment that goes before its time, and how many ms of its promise are broken."""

    segment: Segment
    early_ms: int


def cutoff(promise: Promise, now_ms: int) -> int:
    """Return the Unix time in ms before which the camera's footage has had its time."""
    return now_ms - promise.days * DAY_MS


def expired(
    segments: Iterable[Segment], promise: Promise, held: Sequence[Interval], now_ms: int
) -> Iterator[Segment]:
    """Yield the segments, given oldest first, whose time is over and that nobody holds."""
    limit = cutoff(promise, now_ms)
    for segment in segments:
        if segment.start_ms >= limit:
            return
        if not segment.name.synchronised:
            continue
        if segment.start_ms + segment.media.span_ms <= limit and not is_held(segment, held):
            yield segment


def expired_undated(
    dated: Iterable[tuple[int, Segment]], promise: Promise, held: Sequence[Interval], now_ms: int
) -> Iterator[Segment]:
    """Yield what has had its time of footage that counts from another moment than its name (see ``undated``)."""
    limit = cutoff(promise, now_ms)
    for counts_from, segment in dated:
        if counts_from + segment.media.span_ms <= limit and not is_held(segment, held):
            yield segment


def is_held(segment: Segment, held: Sequence[Interval]) -> bool:
    """Return whether a hold covers any of the segment."""
    begin, end = segment.start_ms, segment.start_ms + segment.media.span_ms
    # A name's start is rounded down: a second more on the safe side.
    return any(one < end + 1000 and begin < other for one, other in held)


def victims(
    oldest_first: Mapping[str, Callable[[], Iterable[Segment]]],
    promised: Mapping[str, Promise],
    held: Mapping[str, Sequence[Interval]],
    need: int,
    now_ms: int,
    *,
    undated: Mapping[str, Sequence[tuple[int, Segment]]] | None = None,
) -> Iterator[Victim]:
    """Yield what goes early from one volume until ``need`` bytes are free, in the order of rule 3.

    Args:
        oldest_first: by camera, a function that gives its segments on the volume, oldest first; read as far as needed.
        promised: of each camera; without a promise nothing of it goes.
        held: what is held, by camera.
        need: bytes.
        now_ms: Unix time.
        undated: by camera, segments that count from another moment than their name, with it, the earliest first.
    """
    runs = [
        _ordered(by_name(segments()), promised[camera], held.get(camera, ()), now_ms)
        for camera, segments in oldest_first.items()
        if camera in promised
    ]
    runs += [
        _ordered(segments, promised[camera], held.get(camera, ()), now_ms)
        for camera, segments in (undated or {}).items()
        if camera in promised
    ]
    for (_, _, counts_from, _), segment in heapq.merge(*runs, key=lambda item: item[0]):
        if need <= 0:
            return
        need -= segment.size
        early = counts_from + segment.media.span_ms - cutoff(promised[segment.name.camera], now_ms)
        yield Victim(segment, max(early, 0))


def by_name(segments: Iterable[Segment]) -> Iterator[tuple[int, Segment]]:
    """Yield the segments whose names tell their age, with the moment that they tell."""
    return ((one.start_ms, one) for one in segments if one.name.synchronised)


_Order = tuple[int, int, int, str]


def _ordered(
    dated: Iterable[tuple[int, Segment]], promise: Promise, held: Sequence[Interval], now_ms: int
) -> Iterator[tuple[_Order, Segment]]:
    """Yield one camera's segments that may go, with their place in the queue."""
    floor = now_ms - FLOOR_DAYS * DAY_MS
    for counts_from, segment in dated:
        if counts_from + segment.media.span_ms > floor:
            return
        if not is_held(segment, held):
            left = (counts_from - cutoff(promise, now_ms)) // DAY_MS
            yield (left, _RANK[promise.point_class], counts_from, segment.name.camera), segment
