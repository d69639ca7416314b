"""What is odd about a camera's segments: clocks that drift, timestamps that leap, starts that cannot be believed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from nanxi.recording.segment import Segment
from nanxi.recording.timeline import continues
from nanxi.recording.transport import CLOCK, WRAP

#: |wall - media| of a segment beyond this many ms is worth a look; starts are rounded down by up to a second.
_DRIFT_MS = 3000
#: Drift of a camera's clock over a run, parts per million: 500 is moonfire's design bound for a crystal.
_DRIFT_PPM = 500
#: A run must be this long, in seconds, before a second of rounding says little about it.
_LONG_RUN_S = 6 * 3600


class Oddity(StrEnum):
    """What can be odd."""

    DRIFT = "drift"  # the wall clock saw the segment grow for longer or shorter than its timestamps span
    CRYSTAL = "crystal"  # over a whole run, the camera's clock is fast or slow
    JUMP = "jump"  # timestamps leapt inside the segment
    UNSYNCHRONISED = "unsynchronised"  # the host's clock was not synchronised


@dataclass(frozen=True, slots=True)
class Odd:
    """One oddity; ``value`` is ms for drift, parts per million for a crystal, a count for jumps."""

    segment: Segment
    oddity: Oddity
    value: int


def audit(segments: Iterable[Segment]) -> Iterator[Odd]:
    """Yield what is odd about one camera's segments in order (R3, R4 and R5 of domain.md)."""
    first: Segment | None = None
    ticks = 0
    last: Segment | None = None
    for segment in segments:
        if not segment.name.synchronised:
            yield Odd(segment, Oddity.UNSYNCHRONISED, 1)
        if segment.media.jumps:
            yield Odd(segment, Oddity.JUMP, segment.media.jumps)
        if abs(segment.drift_ms) > _DRIFT_MS:
            yield Odd(segment, Oddity.DRIFT, segment.drift_ms)
        if first and last and continues(last, segment):
            ticks += (segment.media.first_pts - last.media.first_pts) % WRAP
        else:
            yield from _crystal(first, last, ticks)
            first, ticks = segment, 0
        last = segment
    yield from _crystal(first, last, ticks)


def _crystal(first: Segment | None, last: Segment | None, ticks: int) -> Iterator[Odd]:
    """Yield a run whose timestamps went faster or slower than the wall clock; positive is a fast camera."""
    if first is None or last is None:
        return
    wall = last.name.start - first.name.start
    if wall >= _LONG_RUN_S:
        ppm = round((ticks / CLOCK - wall) / wall * 1_000_000)
        if abs(ppm) > _DRIFT_PPM:
            yield Odd(last, Oddity.CRYSTAL, ppm)
