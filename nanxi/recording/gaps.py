"""The gap ledger (R5): for any time of a camera, what is recorded and, for everything else, why not.

Recorded time and gaps are a partition: their sum is the time asked for, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nanxi.recording.due import NEVER
from nanxi.recording.events import RANK, Cause, Event, Events
from nanxi.recording.index import Index
from nanxi.recording.rollup import covered
from nanxi.recording.segment import Segment
from nanxi.recording.timeline import Interval, clip, end_ms, subtract, total

#: Whoever writes events sees a stall only after a while, and pictures only a while after a connection. The unexplained
#: ends of a gap, up to this many ms each, have the cause that stands beside them.
_DETECTION_MS = 30_000

#: Pictures that are missing between two segments of a run, in ms, less than the shortest segment that anybody records.
_SKIP_MS = 10_000
SKIPPED = "the stream left out pictures, and the connection stood"


@dataclass(frozen=True, slots=True)
class Gap:
    """Time without recording, Unix time in ms, and its cause."""

    camera: str
    from_ms: int
    until_ms: int
    cause: Cause
    detail: str = ""

    @property
    def length_ms(self) -> int:
        """How long it is."""
        return self.until_ms - self.from_ms


@dataclass(frozen=True, slots=True)
class Ledger:
    """One camera's time from ``from_ms`` to ``until_ms``: united recorded intervals, and gaps, each in order."""

    camera: str
    from_ms: int
    until_ms: int
    recorded: tuple[Interval, ...]
    gaps: tuple[Gap, ...]

    @property
    def recorded_ms(self) -> int:
        """Milliseconds that are recorded."""
        return total(self.recorded)


def ledger(
    index: Index,
    events: Events,
    camera: str,
    from_ms: int,
    until_ms: int,
    *,
    growing: Iterable[Segment] = (),
    since: int = 0,
) -> Ledger:
    """Return what is recorded of ``camera`` in the time and why the rest is not.

    Args:
        index: of one recorder host.
        events: what happened on it.
        camera: whose time it is.
        from_ms: begin of the time, Unix time in ms.
        until_ms: its end.
        growing: what is not indexed yet (``footage.find`` gives it).
        since: when the camera became due here, Unix time in ms (``due.due_since``). Of vehicles' cameras, which never
            are, the vehicles tell.

    Raises:
        IndexFailedError: the index cannot be read.
    """
    # A little more, so that what was left out between two segments is seen from either side.
    rows = index.between(camera, from_ms - _SKIP_MS, until_ms + _SKIP_MS)
    known = {segment.name for segment, _ in rows}
    rows += [(one, end_ms(one, None)) for one in growing if one.name not in known]
    recorded = clip(covered(rows), from_ms, until_ms)
    happened = events.between(camera, from_ms, until_ms)
    if deleted := index.deleted_until(camera):
        happened.append(Event("", camera, Cause.DELETED, 0, deleted))
    if 0 < since < NEVER:
        happened.append(Event("", camera, Cause.NOT_DUE, 0, since))
    happened += skips([segment for segment, _ in rows])
    open_time = subtract(from_ms, until_ms, recorded)
    found = [gap for one in open_time for gap in explain(camera, one, happened)]
    return Ledger(camera, from_ms, until_ms, tuple(recorded), tuple(found))


def skips(segments: Sequence[Segment]) -> list[Event]:
    """Return what one camera's stream left out within runs, as stalls that nobody could see from outside.

    A camera whose network or reader is slow drops pictures to the next key frame, and the connection stands. Between
    two segments of a run only short times count: a whole file that is missing is something else.
    """
    found = [
        (one.name.camera, one.start_ms + offset, one.start_ms + offset + length)
        for one in segments
        for offset, length in one.media.holes
    ]
    for one, other in pairwise(segments):
        begin = one.start_ms + one.media.span_ms
        if one.name.session == other.name.session and begin < other.start_ms < begin + _SKIP_MS:
            found.append((one.name.camera, begin, other.start_ms))
    return [Event("", camera, Cause.STALLED, begin, end, SKIPPED) for camera, begin, end in found]


def explain(camera: str, missing: Interval, happened: Sequence[Event]) -> list[Gap]:
    """Divide missing time by the causes of the events that overlap it; what none explains is ``unknown``."""
    begin, end = missing
    mine = [
        event
        for event in happened
        if event.from_ms < end and (event.until_ms is None or event.until_ms > begin)
    ]
    cuts = sorted(
        {begin, end, *(moment for event in mine for moment in _moments(event) if begin < moment < end)}
    )
    parts: list[Gap] = []
    for one, other in pairwise(cuts):
        event = _cause_of(one, mine)
        cause, detail = (event.cause, event.detail) if event else (Cause.UNKNOWN, "")
        parts.append(Gap(camera, one, other, cause, detail))
    return _joined(_explained_by_neighbours(parts))


def _moments(event: Event) -> Iterable[int]:
    return (event.from_ms,) if event.until_ms is None else (event.from_ms, event.until_ms)


def _cause_of(moment: int, events: Iterable[Event]) -> Event | None:
    """Return the event that explains most at ``moment``, None when there is none."""
    present = (
        event
        for event in events
        if event.from_ms <= moment and (event.until_ms is None or moment < event.until_ms)
    )
    return min(present, key=lambda event: (RANK[event.cause], event.from_ms, event.id), default=None)


def _explained_by_neighbours(parts: list[Gap]) -> list[Gap]:
    explained = []
    for at, part in enumerate(parts):
        neighbours = [*parts[at + 1 : at + 2], *parts[max(at - 1, 0) : at]]
        beside = next((one for one in neighbours if one.cause is not Cause.UNKNOWN), None)
        short = part.cause is Cause.UNKNOWN and not part.detail and part.length_ms <= _DETECTION_MS
        explained.append(
            replace(part, cause=beside.cause, detail=beside.detail) if short and beside else part
        )
    return explained


def _joined(parts: Iterable[Gap]) -> list[Gap]:
    joined: list[Gap] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last and (last.cause, last.detail) == (part.cause, part.detail):
            joined[-1] = Gap(part.camera, last.from_ms, part.until_ms, part.cause, part.detail)
        else:
            joined.append(part)
    return joined
