"""Results as a matrix of places: who reached whom, beside who should (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from nanxi.acceptance.verdict import Verdict
from nanxi.acceptance.zones.model import Measured, Result, Trick
from nanxi.county.isolation import Place
from nanxi.county.model import Network, Scope


class Shade(StrEnum):
    """What a cell says at a glance, the worst first."""

    DIFFERENT = "different"
    COLLECTING = "collecting"
    OPEN = "open"  # as declared, something is open
    CLOSED = "closed"  # as declared, nothing is


@dataclass(frozen=True, slots=True)
class Cell:
    """One pair of places: the doors that should open, those that did, and how many probes say so."""

    origin: str
    goal: str
    expected: tuple[str, ...]
    measured: tuple[str, ...]
    verdicts: dict[Verdict, int]

    @property
    def shade(self) -> Shade:
        """The cell at a glance."""
        if self.verdicts.get(Verdict.FAIL):
            return Shade.DIFFERENT
        if self.verdicts.get(Verdict.COLLECTING):
            return Shade.COLLECTING
        return Shade.OPEN if self.expected else Shade.CLOSED

    @property
    def probes(self) -> int:
        """How many probes were made."""
        return sum(self.verdicts.values())


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every pair that was asked; ``places`` is the order of rows and columns."""

    places: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]


def matrix(results: Iterable[Result]) -> Matrix:
    """Return the matrix of ``results``; tricks count in the cell of their two places.

    Places are sorted by network, so that whatever joins the networks stands out in two of the four quarters.
    """
    known: dict[str, Place] = {}
    pairs: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        origin, goal = result.probe.origin.place, result.probe.goal.place
        known |= {origin.name: origin, goal.name: goal}
        pairs.setdefault((origin.name, goal.name), []).append(result)
    places = tuple(sorted(known, key=lambda name: _order(known[name])))
    return Matrix(places, {pair: _cell(pair, found) for pair, found in pairs.items()})


def _order(place: Place) -> tuple[object, ...]:
    zone = place.zone
    return zone.network is not Network.POLICE, zone.scope is Scope.COUNTY, place.holder, zone.vlan


def _cell(pair: tuple[str, str], found: list[Result]) -> Cell:
    expected = dict.fromkeys(r.probe.door for r in found if r.probe.flow)
    passed = (Measured.OPEN, Measured.ONE_WAY)
    measured = dict.fromkeys(
        r.probe.door if r.probe.trick is Trick.PLAIN else f"{r.probe.door} ({r.probe.trick})"
        for r in found
        if r.measured in passed
    )
    verdicts = dict(Counter(result.verdict for result in found))
    return Cell(*pair, tuple(expected), tuple(measured), verdicts)
