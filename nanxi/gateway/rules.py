"""What one station lets pass: the flows of the plan, cut down to those that cross it, end on it or begin on it.

The number of rules follows the flows and the zones, never the devices: 19 units with 5,286 cameras are 19 blocks in
each zone's set.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address

from nanxi.county.isolation import Isolation, Place
from nanxi.county.model import Flow, Service
from nanxi.gateway.station import Leg, Station


class Chain(StrEnum):
    """Netfilter's hooks that decide about a packet of a station."""

    FORWARD = "forward"
    INPUT = "input"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of one flow through a station. An interface of "" is any; an address narrows an end to the station."""

    chain: Chain
    flow: Flow
    arrives: str
    leaves: str
    sources: tuple[Place, ...] | IPv4Address
    targets: tuple[Place, ...] | IPv4Address
    services: tuple[Service, ...]


def rules(here: Station, model: Isolation) -> list[Rule]:
    """Return what ``here`` lets pass, in the order of the flow table."""
    ends: dict[str, dict[tuple[Place, Place], None]] = defaultdict(dict)
    for permit in model.permits:
        ends[permit.flow.key][permit.origin, permit.goal] = None
    return [rule for flow in model.plan.flows.flows for rule in _of_flow(flow, ends[flow.key], here, model)]


def _of_flow(
    flow: Flow, pairs: Iterable[tuple[Place, Place]], here: Station, model: Isolation
) -> Iterator[Rule]:
    services = tuple(model.plan.flows.services[key] for key in flow.services)
    passing: dict[tuple[str, str], tuple[list[Place], list[Place]]] = defaultdict(lambda: ([], []))
    incoming: dict[tuple[str, IPv4Address], list[Place]] = defaultdict(list)
    outgoing: dict[tuple[str, IPv4Address], list[Place]] = defaultdict(list)
    for source, target in pairs:
        arrives, leaves = here.way_to(source), here.way_to(target)
        if arrives is None or leaves is None:
            continue
        if here.forwards and arrives != leaves:
            for known, end in zip(
                passing[arrives.interface, leaves.interface], (source, target), strict=True
            ):
                known.append(end) if end not in known else None
        if (answering := _home(here, target)) is not None:
            incoming[arrives.interface, answering].append(source)
        if (beginning := _home(here, source)) is not None:
            outgoing[leaves.interface, beginning].append(target)
    for (came, goes), (sources, targets) in passing.items():
        yield Rule(Chain.FORWARD, flow, came, goes, tuple(sources), tuple(targets), services)
    for (came, address), sources in incoming.items():
        yield Rule(Chain.INPUT, flow, came, "", tuple(sources), address, services)
    for (goes, address), targets in outgoing.items():
        yield Rule(Chain.OUTPUT, flow, "", goes, address, tuple(targets), services)


def _home(here: Station, place: Place) -> IPv4Address | None:
    """Return the address that the station itself has in ``place``."""
    return next((leg.address for leg in here.legs if leg.place == place), None)


def behind(leg: Leg, here: Station, model: Isolation) -> tuple[Place, ...]:
    """Return the zones whose addresses may be the source of what arrives on ``leg``: the leg's own, or the rest."""
    return tuple(place for place in model.places if here.way_to(place) == leg)
