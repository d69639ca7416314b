"""Which time a camera's segments cover: pure functions over half-open intervals of Unix time in milliseconds.

A name's start is rounded down to a second; the last change of the file and its pictures' span say it nearer
(``Segment.begin_ms``). Where a segment continues the one before it, by its timestamps, nothing is
missing between them, whatever the rounding, the jitter of the network or the camera's crystal (20 ppm is 2 s a day)
say: the earlier one covers the time up to the later one's start. Everywhere else it covers its span. The rule looks at
direct neighbours only, so rows give the same result in whatever order they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from nanxi.recording.segment import Segment
from nanxi.recording.transport import CLOCK, WRAP

Interval = tuple[int, int]
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

#: Timestamps of a seam may differ by this many seconds (a frame rate that changes), the wall clock by that many (a
#: network that stalled and caught up).
_SEAM_MEDIA_S = 0.5
_SEAM_WALL_S = 10


def continues(earlier: Segment, later: Segment) -> bool:
    """Return whether ``later`` begins where ``earlier`` ended: same run, timestamps that join, and time that agrees."""
    if earlier.name.session != later.name.session:
        return False
    step = (later.media.first_pts - earlier.media.end_pts) % WRAP
    if min(step, WRAP - step) > _SEAM_MEDIA_S * CLOCK:
        return False
    wall = later.start_ms - earlier.start_ms - earlier.media.span_ms
    return abs(wall) <= _SEAM_WALL_S * 1000


def end_ms(one: Segment, following: Segment | None) -> int:
    """Return until when ``one`` covers the time, given the next segment of the camera."""
    if following is not None and continues(one, following):
        return max(following.begin_ms, one.begin_ms)
    return one.begin_ms + one.media.span_ms


def ends(segments: Sequence[Segment], last: int | None = None) -> list[int]:
    """Return :func:`end_ms` of each of one camera's segments in order; ``last`` is known for the last one or counted."""
    found = [end_ms(one, following) for one, following in pairwise(segments)]
    if segments:
        found.append(end_ms(segments[-1], None) if last is None else last)
    return found


def pieces(one: Segment, end: int) -> Iterator[Interval]:
    """Yield what a segment that ends at ``end`` covers: without its holes."""
    at = one.begin_ms
    for offset, length in one.media.holes:
        hole = one.begin_ms + offset
        if at < min(hole, end):
            yield at, min(hole, end)
        at = max(at, hole + length)
    if at < end:
        yield at, end


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Return sorted intervals that touch nowhere and cover the same time."""
    joined: list[Interval] = []
    for begin, end in sorted(intervals):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif begin < end:
            joined.append((begin, end))
    return joined


def clip(intervals: Iterable[Interval], begin: int, end: int) -> list[Interval]:
    """Return the parts of ``intervals`` within ``begin`` and ``end``."""
    cut = ((max(one, begin), min(other, end)) for one, other in intervals)
    return [(one, other) for one, other in cut if one < other]


def subtract(begin: int, end: int, covered: Sequence[Interval]) -> list[Interval]:
    """Return what of ``begin`` to ``end`` the united intervals ``covered`` leave open."""
    left, at = [], begin
    for one, other in clip(covered, begin, end):
        if at < one:
            left.append((at, one))
        at = max(at, other)
    if at < end:
        left.append((at, end))
    return left


def total(intervals: Iterable[Interval]) -> int:
    """Return the length of united intervals, in ms."""
    return sum(end - begin for begin, end in intervals)


def by_hour(intervals: Iterable[Interval]) -> Iterator[tuple[int, int]]:
    """Yield hour (Unix time / 3,600) and covered milliseconds of united intervals, an hour perhaps several times."""
    for begin, end in intervals:
        at = begin
        while at < end:
            hour = at // HOUR_MS
            until = min(end, (hour + 1) * HOUR_MS)
            yield hour, until - at
            at = until
