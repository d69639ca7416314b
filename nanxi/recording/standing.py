"""The oldest footage of each camera against what is promised: kept long enough, and deleted then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from nanxi.recording.config import LAWFUL_DAYS, Promise
from nanxi.recording.holds import Holds
from nanxi.recording.index import Index
from nanxi.recording.retention import cutoff, is_held
from nanxi.recording.timeline import DAY_MS, HOUR_MS, Interval

#: Footage may be so much older than promised before its deletion counts as late.
_LATE_MS = DAY_MS
#: The oldest footage may begin so much later than promised: an outage just then is the gap ledger's business.
_EARLY_MS = HOUR_MS


class Verdict(StrEnum):
    """How a camera's footage stands."""

    KEPT = "kept"
    COLLECTING = "collecting"  # it is not recorded for as long as promised yet
    SHORT = "short"  # footage that is promised is not there
    OVERDUE = "overdue"  # footage is there whose time is over
    NOTHING = "nothing"  # nothing at all is recorded


@dataclass(frozen=True, slots=True)
class Standing:
    """One camera: its oldest footage that no hold keeps, Unix time in ms, and what is promised."""

    camera: str
    verdict: Verdict
    oldest_ms: int | None
    promised_days: int
    held: bool

    @property
    def below_law(self) -> bool:
        """Whether already the promise is below what the law demands today."""
        return self.promised_days < LAWFUL_DAYS


def standing(
    index: Index,
    promised: Mapping[str, Promise],
    since: Mapping[str, int],
    holds: Holds,
    now: datetime | None = None,
) -> list[Standing]:
    """Return how each promised camera stands; ``since`` is when it became due here, Unix time in ms (``due_since``).

    Raises:
        IndexFailedError: the index cannot be read.
    """
    now_ms = int((now or datetime.now(UTC)).timestamp() * 1000)
    held = holds.intervals()
    return [
        _of(index, camera, promised[camera], since.get(camera, 0), held.get(camera, []), now_ms=now_ms)
        for camera in sorted(promised)
    ]


def _of(
    index: Index, camera: str, promise: Promise, since: int, held: list[Interval], *, now_ms: int
) -> Standing:
    limit = cutoff(promise, now_ms)
    # Names that were written while the clock was not believed tell no age.
    dated = (one for one, _ in index.all(camera) if one.name.synchronised)
    oldest = next((one for one in dated if not is_held(one, held)), None) or index.first(camera)
    if oldest is None:
        return Standing(camera, Verdict.NOTHING, None, promise.days, bool(held))
    due = max(limit, since)
    if oldest.start_ms < limit - _LATE_MS and not is_held(oldest, held):
        verdict = Verdict.OVERDUE
    elif index.deleted_until(camera) > limit + _EARLY_MS or (
        promise.since and oldest.start_ms > due + _EARLY_MS
    ):
        verdict = Verdict.SHORT
    elif oldest.start_ms > limit + _EARLY_MS:
        verdict = Verdict.COLLECTING
    else:
        verdict = Verdict.KEPT
    return Standing(camera, verdict, oldest.start_ms, promise.days, bool(held))
