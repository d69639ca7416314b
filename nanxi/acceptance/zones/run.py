"""Make the probes: agents at all spots, all of them at once, strangers last."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from nanxi.acceptance.zones.hand import AgentError, Hand
from nanxi.acceptance.zones.model import Attempt, Probe, Record, Spot, Trick, Witness
from nanxi.acceptance.zones.probes import Doors, doors, probes
from nanxi.county.isolation import Isolation

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a run goes. ``timeout_s`` is how long an answer is awaited; Linux sends a SYN again after 1 s."""

    timeout_s: float = 1.2
    together: int = 64  # probes in flight per spot
    patience_s: float = 3.0  # for the second try of what should have opened


@dataclass(slots=True)
class Stage:
    """Where the probes stand: spots, and the command prefix by which each is entered. No prefix: nobody of ours."""

    spots: tuple[Spot, ...]
    reach: Mapping[str, tuple[str, ...]]
    failed: dict[str, str] = field(default_factory=dict)


async def measure(
    isolation: Isolation,
    stage: Stage,
    *,
    tricks: Iterable[Trick] = tuple(Trick),
    knocked: Doors | None = None,
    pace: Pace | None = None,
    chosen: Callable[[list[Probe]], list[Probe]] = lambda asked: asked,
    started: Callable[[int], None] = lambda _: None,
    progress: Callable[[], None] = lambda: None,
) -> Record:
    """Make every probe that the stage allows and return what came of it.

    An agent that does not start leaves its probes ``collecting`` and its reason in ``stage.failed``; the others go
    on. ``chosen`` may leave probes out; ``started`` is told how many probes there are, ``progress`` of each that is done.
    """
    pace, knocked = pace or Pace(), knocked or doors(isolation)
    asked = chosen(probes(isolation, stage.spots, secrets.token_hex(8), knocked, tricks, senders=stage.reach))
    started(len(asked))
    hands = [Hand(spot, stage.reach[spot.name]) for spot in stage.spots if spot.name in stage.reach]
    try:
        crew = Crew(await _start(hands, knocked, stage.failed), pace, stage.failed, progress)
        attempts = await crew.make([probe for probe in asked if probe.trick is not Trick.STRANGER])
        attempts |= await crew.make_strange([probe for probe in asked if probe.trick is Trick.STRANGER])
        await asyncio.sleep(0.2)  # the last packets are on their way
        witnesses = await crew.witnesses()
    finally:
        await asyncio.gather(*(hand.stop() for hand in hands))
    addresses = {spot.name: str(spot.address) for spot in stage.spots}
    return Record(tuple(asked), tuple(attempts.values()), {addresses[w.spot]: w for w in witnesses})


async def answer(spot: Spot, knocked: Doors, until: Awaitable[object]) -> Record:
    """Answer and record at ``spot`` for probes that somebody else sends, until ``until`` is done.

    Raises:
        AgentError: the agent does not start here.
    """
    hand = Hand(spot, ())
    try:
        await hand.start(knocked)
        await until
        return Record((), (), {str(spot.address): await hand.seen()})
    finally:
        await hand.stop()


async def _start(hands: Sequence[Hand], knocked: Doors, failed: dict[str, str]) -> dict[str, Hand]:
    """Start all agents; return those that came up, by the names of their spots."""
    came = await asyncio.gather(*(hand.start(knocked) for hand in hands), return_exceptions=True)
    up = {}
    for hand, outcome in zip(hands, came, strict=True):
        if isinstance(outcome, AgentError | OSError):
            failed[hand.spot.name] = str(outcome)
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            up[hand.spot.name] = hand
    return up


class Crew:
    """The agents that are up."""

    def __init__(
        self, hands: dict[str, Hand], pace: Pace, failed: dict[str, str], progress: Callable[[], None]
    ) -> None:
        self._hands, self._pace, self._failed, self._progress = hands, pace, failed, progress
        self._macs = {name: hand.mac for name, hand in hands.items()}

    async def make(self, asked: Sequence[Probe]) -> dict[int, Attempt]:
        """Make all probes at once; what should have opened and did not gets a second, slower try."""
        attempts = await self._round(asked, self._pace.timeout_s, self._pace.together, self._progress)
        again = [p for p in asked if p.flow and p.id in attempts and not attempts[p.id].answered]
        return attempts | await self._round(again, self._pace.patience_s, 16, lambda: None)

    async def make_strange(self, asked: Sequence[Probe]) -> dict[int, Attempt]:
        """Make the probes of strangers, each with another MAC address than the station that belongs there."""
        strangers = {probe.origin for probe in asked} & {hand.spot for hand in self._hands.values()}
        for spot in strangers:
            await self._hands[spot.name].disguise(spot.stranger_mac)
        try:
            return await self._round(asked, self._pace.timeout_s, self._pace.together, self._progress)
        finally:
            for spot in strangers:
                await self._hands[spot.name].disguise(self._macs[spot.name])

    async def witnesses(self) -> list[Witness]:
        """Return what arrived where."""
        told = await self._all({name: hand.seen() for name, hand in self._hands.items()})
        return list(told.values())

    async def _round(
        self, asked: Sequence[Probe], timeout_s: float, together: int, progress: Callable[[], None]
    ) -> dict[int, Attempt]:
        mine: dict[str, list[Probe]] = {name: [] for name in self._hands}
        for probe in asked:
            if probe.origin.name in mine:
                mine[probe.origin.name].append(probe)
        made = await self._all(
            {
                name: self._hands[name].probe(
                    own, self._macs, timeout_s=timeout_s, together=together, progress=progress
                )
                for name, own in mine.items()
            }
        )
        return {attempt.id: attempt for attempts in made.values() for attempt in attempts}

    async def _all(self, work: Mapping[str, Awaitable[Made]]) -> dict[str, Made]:
        """Do all at once; an agent that dies is named and left out, the others go on."""
        outcomes = await asyncio.gather(*work.values(), return_exceptions=True)
        done = {}
        for name, outcome in zip(work, outcomes, strict=True):
            if isinstance(outcome, AgentError):
                self._failed[name] = str(outcome)
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                done[name] = outcome
        return done
