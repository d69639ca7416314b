"""Who may reach whom: the plan's zones and flows expanded to addresses (pure; decision D9, goal N5).

This is the model that packets are held against. Gateways and switches render from the same table, each in its own
way; ``scripts/accept zones`` and the tests of both prove with packets that what they render means the same as here.

What the model says of a packet that *begins* a session (answers pass by themselves):

* between two places (zone instances): what a flow allows, nothing else;
* inside one place: nothing where the zone is ``isolated`` (cameras). Elsewhere stations of one VLAN reach one another
  without passing a gateway; the table does not govern that, and :meth:`Isolation.governs` says so;
* to or from an address that is in no place: nothing. There is no way out;
* to or from a place's network or broadcast address, or the address that its gateway has there: nothing, except to
  gateways at the addresses where the register says they are at home (``homes``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network
from typing import Literal

from nanxi.county.addresses import gateway
from nanxi.county.model import Flow, Network, Plan, Reach, Scope, Zone

Protocol = Literal["tcp", "udp", "icmp"]


@dataclass(frozen=True, slots=True)
class Place:
    """One instance of a zone: the zone of one unit, or of the county under the county's key."""

    holder: str
    zone: Zone
    block: IPv4Network

    @property
    def name(self) -> str:
        """How people and commands call it: ``shangtang/viewing``; a zone that the county has once is just ``core``."""
        return self.zone.key if self.zone.scope is Scope.COUNTY else f"{self.holder}/{self.zone.key}"


def places(plan: Plan) -> tuple[Place, ...]:
    """Return every instance of every zone, in the order of the plan."""
    zones = {zone.key: zone for zone in plan.addresses.zones}
    return tuple(
        Place(holder, zones[key], block)
        for holder, blocks in plan.addresses.blocks.items()
        for key, block in blocks.items()
    )


@dataclass(frozen=True, slots=True)
class Permit:
    """What one service of one flow opens between two places; ``ports`` are those of the side that answers."""

    source: IPv4Network
    target: IPv4Network
    protocol: Protocol
    ports: tuple[int, ...]
    service: str
    flow: Flow
    origin: Place
    goal: Place


_Choice = Callable[[Permit], bool]


@dataclass(frozen=True, slots=True)
class PacketRule:
    """What a filter without memory (a switch's ACL) must let pass, for one direction of one permit.

    Empty ports are any. ``answer`` marks the way back: from the permit's goal to its origin, for TCP only segments
    of an established session (ACK or RST set), for ICMP the echo reply.
    """

    protocol: Protocol
    source: IPv4Network
    source_ports: tuple[int, ...]
    target: IPv4Network
    target_ports: tuple[int, ...]
    answer: bool
    flow: Flow


class Isolation:
    """The model of one plan. ``homes`` are the addresses at which gateways themselves may be spoken to."""

    def __init__(self, plan: Plan, homes: Iterable[IPv4Address] = ()) -> None:
        self.plan = plan
        self.homes = frozenset(homes)
        self.places = places(plan)
        self._sorted = sorted(self.places, key=lambda place: place.block)
        self._starts = [int(place.block.network_address) for place in self._sorted]

    @cached_property
    def permits(self) -> tuple[Permit, ...]:
        """Every permit, in the order of the flow table."""
        return tuple(permit for flow in self.plan.flows.flows for permit in self._expand(flow))

    def place(self, name: str) -> Place:
        """Return the place of that name; KeyError when there is none."""
        return self._by_name[name]

    def place_of(self, address: IPv4Address) -> Place | None:
        """Return the place that ``address`` lies in."""
        index = bisect_right(self._starts, int(address)) - 1
        found = self._sorted[index] if index >= 0 else None
        return found if found is not None and address in found.block else None

    def allowed(
        self, source: IPv4Address, target: IPv4Address, protocol: Protocol, port: int = 0
    ) -> Flow | None:
        """Return the flow that lets ``source`` begin a session with ``target``, None when it is forbidden.

        ``port`` is the target's; ICMP means an echo request and has none.
        """
        origin, goal = self.place_of(source), self.place_of(target)
        if origin is None or goal is None or self._reserved(source, origin) or self._reserved(target, goal):
            return None
        for permit in self._between.get((origin.block, goal.block), ()):
            if permit.protocol == protocol and (protocol == "icmp" or port in permit.ports):
                return permit.flow
        return None

    def between(self, origin: Place, goal: Place) -> tuple[Permit, ...]:
        """Return what may begin in ``origin`` towards ``goal``."""
        return tuple(self._between.get((origin.block, goal.block), ()))

    @staticmethod
    def governs(origin: Place, goal: Place) -> bool:
        """Return whether the flow table rules this pair: not the inside of a zone that is not isolated."""
        return origin != goal or origin.zone.isolated

    def at_gateway(self, holder: str, network: Network) -> tuple[Permit, ...]:
        """Return the permits that pass the gateway of a unit, or of the county, on one network.

        Those are the ones with one or both ends behind it: traffic between two zones of a unit passes only
        the unit's gateway, all other traffic passes both ends'. Within one zone of a unit none is passed; such a flow is
        for the hosts' own rules. A flow across the networks passes no gateway of
        either, but the sharing gateway (:meth:`at_sharing_gateway`).
        """
        return tuple(
            permit
            for permit in self.permits
            if permit.origin.zone.network is permit.goal.zone.network is network
            and holder in (permit.origin.holder, permit.goal.holder)
            and (permit.origin != permit.goal or permit.origin.zone.scope is Scope.COUNTY)
        )

    def at_sharing_gateway(self) -> tuple[Permit, ...]:
        """Return the permits that have their two ends in different networks."""
        return tuple(p for p in self.permits if p.origin.zone.network is not p.goal.zone.network)

    def from_port(self, place: Place) -> tuple[PacketRule, ...]:
        """Return all that may enter a switch from a station's port in ``place``: its own sessions and its answers.

        A port ACL that permits these and denies the rest also stops addresses of other zones (spoofing).
        """
        return tuple(self._rules(lambda permit: permit.origin == place, lambda permit: permit.goal == place))

    def to_place(self, place: Place) -> tuple[PacketRule, ...]:
        """Return all that may reach ``place``: sessions begun elsewhere, and answers to its own."""
        return tuple(self._rules(lambda permit: permit.goal == place, lambda permit: permit.origin == place))

    @cached_property
    def _by_name(self) -> dict[str, Place]:
        return {place.name: place for place in self.places}

    @cached_property
    def _between(self) -> dict[tuple[IPv4Network, IPv4Network], list[Permit]]:
        between: dict[tuple[IPv4Network, IPv4Network], list[Permit]] = defaultdict(list)
        for permit in self.permits:
            between[permit.source, permit.target].append(permit)
        return between

    def _expand(self, flow: Flow) -> Iterator[Permit]:
        origins = [place for place in self.places if place.zone.key == flow.source]
        goals = [place for place in self.places if place.zone.key == flow.target]
        for origin in origins:
            for goal in goals:
                both_units = origin.zone.scope is goal.zone.scope is Scope.UNIT
                if both_units and flow.reach is Reach.UNIT and origin.holder != goal.holder:
                    continue
                for key in flow.services:
                    service = self.plan.flows.services[key]
                    yield Permit(
                        origin.block, goal.block, service.protocol, service.ports, key, flow, origin, goal
                    )

    def _rules(self, forth: _Choice, back: _Choice) -> Iterator[PacketRule]:
        for permit in self.permits:
            if forth(permit):
                yield PacketRule(
                    permit.protocol, permit.source, (), permit.target, permit.ports, False, permit.flow
                )
            if back(permit):
                yield PacketRule(
                    permit.protocol, permit.target, permit.ports, permit.source, (), True, permit.flow
                )

    def _reserved(self, address: IPv4Address, place: Place) -> bool:
        block = place.block
        if address == gateway(block):
            return address not in self.homes
        return address in (block.network_address, block.broadcast_address)
