"""R5: 1,000 random schedules of outages and clock steps; each day adds up, and each gap has a cause that was there."""

from __future__ import annotations

import random
from datetime import UTC, date
from pathlib import Path
from types import SimpleNamespace

import pytest

from nanxi.recorder.config import CameraPlan, RecorderConfig
from nanxi.recorder.outages import Outages
from nanxi.recorder.presence import EVERY_S, Presence, absence
from nanxi.recording.completeness import CST, bounds, completeness
from nanxi.recording.events import Cause, Events
from nanxi.recording.gaps import Ledger, ledger
from nanxi.recording.index import Index
from nanxi.recording.timeline import DAY_MS, Interval, clip, subtract, total, union
from tests.recorder.schedules import (
    CAMERA,
    D0,
    DAY_S,
    GATE,
    LOOK_S,
    MARGIN_S,
    STALL_S,
    Schedule,
    explained,
    random_schedule,
    segments,
)

DAY = date(2026, 3, 2)
DISK = Path("/disk1")
CONFIG = RecorderConfig({CAMERA: CameraPlan(DISK)})
#: Pictures come back at most so long after a trouble ended, and a cause is taken over by the ends of its gap (gaps.py).
BACK_S, ENDS_S = 6, 30


class Wall:
    """The clock that the keeper sees."""

    def __init__(self) -> None:
        self.now = 0.0

    def time_ns(self) -> int:
        return int(self.now * 1e9)


def keep(schedule: Schedule, events: Events, wall: Wall, chance: random.Random) -> None:
    """Let the keeper's outages see what a keeper would have seen of this day, when it would have."""
    looks: list[tuple[float, str, float]] = []
    for at in schedule.moments():
        looks.append((at + chance.uniform(0, LOOK_S), "look", 0))
        looks.append((at + STALL_S + chance.uniform(0, LOOK_S), "look", 0))
    looks += [(at + 0.5, "step", by) for at, by in schedule.steps]
    outages: Outages | None = Outages(events)
    alive: Presence | None = None
    for at, what, by in sorted(looks):
        wall.now = schedule.wall(at)
        active = schedule.active(at)
        if Cause.HOST_DOWN in active:
            if outages is not None:  # its last sign of life lies up to EVERY_S back
                since = max(
                    one.begin for one in schedule.troubles if one.cause is Cause.HOST_DOWN and one.begin <= at
                )
                alive = Presence("before", int(schedule.wall(since - chance.uniform(0.1, EVERY_S)) * 1000))
            outages = None
            continue
        if outages is None:
            outages = Outages(events)
            if absent := absence(alive, Presence("after", int(wall.now * 1000))):
                outages.absent(*absent)
        if what == "step":
            outages.stepped(by)
            continue
        outages.gate({"streams": [stream(schedule, at)]}, [CAMERA])
        outages.disks(CONFIG, {DISK: 0 if Cause.DISK in active else 1 << 40})


def stream(schedule: Schedule, at: float) -> dict[str, object]:
    """Return what the gate says of the camera: the trouble that began first, a stall only when it has lasted."""
    mine = sorted(
        (one.begin, one.cause)
        for one in schedule.troubles
        if one.cause in GATE and one.begin + (STALL_S if one.cause is Cause.STALLED else 0) <= at < one.end
    )
    word, reason = GATE[mine[0][1]] if mine else (None, "")
    return {"camera": CAMERA, "stream": "main", "cause": word, "reason": reason, "playing": word is None}


def lived(seed: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Schedule, Index, Events, list[Interval]]:
    chance, wall = random.Random(seed), Wall()
    schedule = random_schedule(chance)
    index = Index(Path(":memory:"))
    events = Events(index)
    with monkeypatch.context() as patch:
        for module in ("nanxi.recorder.outages", "nanxi.recording.events"):
            patch.setattr(f"{module}.time", SimpleNamespace(time_ns=wall.time_ns))
        keep(schedule, events, wall, chance)
    made, truth = segments(schedule, chance)
    index.add(made)
    return schedule, index, events, truth


def wrong_causes(found: Ledger, schedule: Schedule) -> list[str]:
    """Return the gaps that nothing of their cause explains, or something else explains better."""
    reasons = explained(schedule)
    better = union(
        (one + ENDS_S * 1000, other - ENDS_S * 1000)
        for cause, times in reasons.items()
        if cause is not Cause.CLOCK
        for one, other in times
        if other - one > 2 * ENDS_S * 1000
    )
    wrong = []
    for gap in found.gaps:
        wide = [
            (one - ENDS_S * 1000, other + (ENDS_S + BACK_S) * 1000)
            for one, other in reasons.get(gap.cause, ())
        ]
        left = total(subtract(gap.from_ms, gap.until_ms, union(wide)))
        if gap.cause is Cause.CLOCK:  # what was seen to happen explains more than that the clock leapt
            left += total(clip(better, gap.from_ms, gap.until_ms))
        if left > (ENDS_S * 1000 if gap.cause is Cause.UNKNOWN else 0):
            wrong.append(f"{gap.cause} from {gap.from_ms} for {gap.length_ms / 1000:.1f} s: {gap.detail}")
    return wrong


@pytest.mark.parametrize("block", range(10))
def test_recorded_and_gaps_are_the_day_and_each_gap_has_its_cause(block, monkeypatch):
    for seed in range(block * 100, block * 100 + 100):
        schedule, index, events, truth = lived(seed, monkeypatch)
        now = int(schedule.wall(D0 + DAY_S + MARGIN_S) * 1000)
        with index:
            for zone in (UTC, CST):
                begin, end = bounds(DAY, zone)
                if now < end:  # by a clock that was set back for good, the day is not over
                    continue
                found = ledger(index, events, CAMERA, begin, end)
                gaps = sum(gap.length_ms for gap in found.gaps)
                assert found.recorded_ms + gaps == DAY_MS, seed
                really = total(clip(truth, begin, end))
                assert abs(really + gaps - DAY_MS) <= 1000, f"{seed}: {really + gaps - DAY_MS} ms"
                (told,) = completeness(index, DAY, {}, zone) or [None]
                assert (told.recorded_ms if told else 0) == found.recorded_ms, seed
                assert wrong_causes(found, schedule) == [], f"seed {seed} ({zone}): {schedule}"
