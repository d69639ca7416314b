"""How much video a segment holds: its span, the holes in it, and the jumps of its timestamps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from nanxi.recording.names import LONGEST_SEGMENT_S
from nanxi.recording.transport import CLOCK, WRAP, Picture, codec, pictures

#: Pictures further apart than this, in seconds, or than five usual intervals, have a hole between them.
HOLE_S = 2.0
#: Seconds between the pictures of the slowest camera; static sources look dead to fixed limits (R11).
_SLOWEST_S = 10.0
_TICKS_PER_MS = CLOCK // 1000


@dataclass(frozen=True, slots=True)
class Media:
    """What a segment holds.

    Attributes:
        codec: as ffprobe names it: ``h264``, ``hevc``; empty when the stream does not say.
        frames: coded pictures.
        first_pts: presentation time of the first one, in ticks of 1/90,000 s, modulo 2**33.
        end_pts: where the next segment of the same run begins when nothing is missing.
        span_ms: from the first picture to the end of the last one, holes included.
        holes: start within the segment and length of what is missing inside, in ms.
        jumps: how often the timestamps leapt (R3: a camera rebooted, or its encoder restarted).
    """

    codec: str
    frames: int
    first_pts: int
    end_pts: int
    span_ms: int
    holes: tuple[tuple[int, int], ...] = ()
    jumps: int = 0

    @property
    def media_ms(self) -> int:
        """Milliseconds of video: the span without its holes."""
        return self.span_ms - sum(length for _, length in self.holes)


def probe(path: Path, wall_ms: int) -> Media | None:
    """Return what the closed segment at ``path`` holds, None when it holds no picture.

    Args:
        path: the segment.
        wall_ms: from its opening to its last byte by the host's clock. Timestamps that start anew do not tell how long
            nothing came; the wall clock does.

    Raises:
        OSError: it cannot be read.
    """
    return measure(pictures(path), codec(path), wall_ms)


def measure(found: Iterable[Picture], name: str, wall_ms: int) -> Media | None:
    """Return what these pictures amount to; see :func:`probe`."""
    frames = list(found)
    if not frames:
        return None
    steps = [_step(one.dts, other.dts) for one, other in pairwise(frames)]
    usual = int(median([step for step in steps if 0 < step <= _SLOWEST_S * CLOCK] or [CLOCK // 25]))
    limit = max(HOLE_S * CLOCK, 5 * usual)
    ticks, jumps = usual, 0
    holes: list[tuple[int, int]] = []
    unknown: list[int] = []  # indices of holes whose length the timestamps do not tell
    for step in steps:
        if 0 < step <= limit:
            ticks += step
            continue
        jumps += 1
        known = limit < step <= LONGEST_SEGMENT_S * CLOCK
        if not known:
            unknown.append(len(holes))
        holes.append((ticks, step - usual if known else 0))
        ticks += step if known else usual
    spans = [(at // _TICKS_PER_MS, length // _TICKS_PER_MS) for at, length in holes]
    missing = wall_ms - ticks // _TICKS_PER_MS
    if unknown and missing > HOLE_S * 1000:
        first = unknown[0]
        spans[first] = (spans[first][0], missing)
        spans[first + 1 :] = [(at + missing, length) for at, length in spans[first + 1 :]]
        ticks += missing * _TICKS_PER_MS
    last_run = frames[_last_jump(steps, limit) :]
    end = max(_unwrapped(frame.pts, last_run[0].pts) for frame in last_run) + usual
    return Media(
        codec=name,
        frames=len(frames),
        first_pts=frames[0].pts,
        end_pts=end % WRAP,
        span_ms=min(ticks // _TICKS_PER_MS, LONGEST_SEGMENT_S * 1000),
        holes=tuple((at, length) for at, length in spans if length),
        jumps=jumps,
    )


def _step(before: int, after: int) -> int:
    """Return the ticks from one timestamp to the next, negative when they go back."""
    step = (after - before) % WRAP
    return step if step < WRAP // 2 else step - WRAP


def _unwrapped(pts: int, reference: int) -> int:
    return reference + _step(reference, pts)


def _last_jump(steps: list[int], limit: float) -> int:
    """Return the index of the first picture behind the last jump, 0 without one."""
    return next((at + 1 for at in range(len(steps) - 1, -1, -1) if not 0 < steps[at] <= limit), 0)
