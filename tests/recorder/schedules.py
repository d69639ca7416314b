"""A camera's day with random outages and clocks that step: what happens, what the keeper can see of it, what is written.

True time is in seconds from an arbitrary zero; the wall clock is true time plus an offset that steps. Everything that the
recorder host does, it does by the wall clock: names of segments, times of events.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from nanxi.recording.events import Cause
from nanxi.recording.media import Media
from nanxi.recording.names import SegmentName
from nanxi.recording.segment import Segment
from nanxi.recording.timeline import Interval, union
from nanxi.recording.transport import CLOCK, WRAP

CAMERA = "shangtang-cam0007"
#: 2026-03-02T00:00:00Z, the day that is looked at; half a day of recording lies before and behind it.
D0 = 1_772_409_600
DAY_S, MARGIN_S = 86_400, 43_200
#: What the gate says while the camera does this.
GATE = {
    Cause.UNREACHABLE: ("unreachable", "no route"),
    Cause.REFUSED: ("busy", "453"),
    Cause.UNAUTHORISED: ("unauthorised", "401"),
    Cause.STALLED: ("stalled", "sends no picture for 10 s"),
}
STALL_S, LOOK_S = 10.0, 2.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that stops the recording from one true time to another."""

    cause: Cause
    begin: float
    end: float


@dataclass(slots=True)
class Schedule:
    """One camera's troubles and the steps of its host's clock: (true time, seconds by which it is set)."""

    troubles: list[Trouble] = field(default_factory=list)
    steps: list[tuple[float, float]] = field(default_factory=list)

    def offset(self, at: float) -> float:
        """Return wall minus true time."""
        return sum(by for when, by in self.steps if when <= at)

    def wall(self, at: float) -> float:
        """Return what the host's clock shows at a true time."""
        return at + self.offset(at)

    def active(self, at: float) -> set[Cause]:
        """Return what goes wrong at a true time."""
        return {one.cause for one in self.troubles if one.begin <= at < one.end}

    def moments(self) -> list[float]:
        """Return when something changes."""
        ends = (at for one in self.troubles for at in (one.begin, one.end))
        return sorted({*ends, *(at for at, _ in self.steps)})


def random_schedule(chance: random.Random) -> Schedule:
    """Return up to eight troubles, some of them over a midnight (UTC, or Chinese: 16:00 UTC), and up to three steps."""
    made = Schedule()
    begin, end = D0 - MARGIN_S, D0 + DAY_S + MARGIN_S
    kinds = [*GATE, Cause.DISK, Cause.HOST_DOWN]
    for _ in range(chance.randint(0, 8)):
        length = math.exp(chance.uniform(math.log(20), math.log(4 * 3600)))
        at = chance.uniform(begin + 60, end - 60)
        if chance.random() < 0.3:
            at = D0 + chance.choice((0, 57_600, DAY_S)) - length * chance.random()
        made.troubles.append(Trouble(chance.choice(kinds), at, at + length))
    for _ in range(chance.choice((0, 0, 0, 1, 2, 3))):
        by = chance.choice((3600, -3600, -10, 10, 86_400, -86_400, 7 * 86_400, 2.5, -2.5))
        at = chance.uniform(begin + 60, end - 60)
        made.steps.append((at, by))
        if chance.random() < 0.7:  # somebody sets it right again
            made.steps.append((at + chance.uniform(60, 7200), -by))
    # Nobody sees a step while the host is down: what it does then is what a boot with a wrong clock does.
    made.steps = sorted((at, by) for at, by in made.steps if Cause.HOST_DOWN not in made.active(at))
    return made


def runs(schedule: Schedule, chance: random.Random) -> Iterator[tuple[float, float]]:
    """Yield when ffmpeg ran, in true time: between troubles and steps, and a while later than they end."""
    begin, end = D0 - MARGIN_S, D0 + DAY_S + MARGIN_S
    moments = [begin, *(at for at in schedule.moments() if begin < at < end), end]
    at = begin
    for one, other in pairwise(moments):
        if not schedule.active(one):
            start = max(at, one + chance.uniform(0.3, 6)) if one > begin else one
            if start < other:
                yield start, other
        at = other


def segments(schedule: Schedule, chance: random.Random) -> tuple[list[Segment], list[Interval]]:
    """Return what is on the disk, each run cut on the wall clock, as ffmpeg cuts it; and when pictures came, by the wall."""
    length = chance.choice((600, 1800, 3600))
    found, truth = [], []
    for number, (begin, end) in enumerate(runs(schedule, chance)):
        pts, at = chance.randrange(WRAP), begin
        truth.append((int(schedule.wall(begin) * 1000), int((schedule.wall(begin) + end - begin) * 1000)))
        while at < end:
            wall = schedule.wall(at)
            cut = min(end, at + length - wall % length)
            ticks = int((cut - at) * CLOCK)
            if ticks < CLOCK // 25:
                at = cut
                continue
            media = Media("h264", ticks * 25 // CLOCK, pts, (pts + ticks) % WRAP, ticks * 1000 // CLOCK)
            name = SegmentName(CAMERA, int(wall), f"{number:08x}")
            found.append(Segment(name, "disk1", 1_000_000, int((wall + cut - at) * 1000), media))
            pts, at = (pts + ticks) % WRAP, cut
    return found, union(truth)


def explained(schedule: Schedule) -> dict[Cause, list[Interval]]:
    """Return, by cause, the wall times in ms that a gap may be put down to it."""
    found: dict[Cause, list[Interval]] = {}

    def add(cause: Cause, begin: float, end: float) -> None:
        found.setdefault(cause, []).append((int(begin * 1000), int(end * 1000)))

    for one in schedule.troubles:
        at = one.begin
        for step, _ in [*schedule.steps, (one.end, 0.0)]:
            until = min(step, one.end)
            if at < until:
                add(one.cause, schedule.wall(at), until + schedule.offset(at))
                at = until
    for at, by in schedule.steps:
        before = at + schedule.offset(at) - by
        add(Cause.CLOCK, min(before, before + by), max(before, before + by))
    return found
