"""Which probes prove the plan: every pair of spots, every listed door and some that are never open (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import permutations
from random import Random
from typing import Self

from nanxi.acceptance.zones.model import Probe, Spot, Trick
from nanxi.county.isolation import Isolation, Place, Protocol

#: Doors that no flow may open and that stand open on real cameras and hosts: telnet, TLS, SMB, RDP, Hikvision's and
#: Dahua's private ports, TFTP, syslog, WS-Discovery.
UNLISTED: dict[Protocol, tuple[int, ...]] = {
    "tcp": (23, 443, 445, 3389, 8000, 37777),
    "udp": (69, 514, 3702, 37810),
}


@dataclass(frozen=True, slots=True)
class Doors:
    """The ports that are knocked at: all that the plan lists, and a sample that it does not."""

    tcp: tuple[int, ...]
    udp: tuple[int, ...]

    def more(self, count: int, chance: Random) -> Self:
        """Return these doors and ``count`` random ports of each protocol."""
        ports = range(1, 65536)
        tcp, udp = ({*known, *chance.sample(ports, count)} for known in (self.tcp, self.udp))
        return type(self)(tuple(sorted(tcp)), tuple(sorted(udp)))

    def __iter__(self) -> Iterator[tuple[Protocol, int]]:
        yield from (("tcp", port) for port in self.tcp)
        yield from (("udp", port) for port in self.udp)
        yield ("icmp", 0)


def doors(isolation: Isolation) -> Doors:
    """Return the doors of a plan, and those of ``UNLISTED`` that no service has."""
    listed: dict[str, set[int]] = {"tcp": set(), "udp": set()}
    for service in isolation.plan.flows.services.values():
        if service.protocol != "icmp":
            listed[service.protocol].update(service.ports)

    def all_of(protocol: Protocol) -> tuple[int, ...]:
        more = [port for port in UNLISTED[protocol] if port not in listed[protocol]]
        return (*sorted(listed[protocol]), *more)

    return Doors(all_of("tcp"), all_of("udp"))


def probes(
    isolation: Isolation,
    spots: Sequence[Spot],
    token: str,
    knocked: Doors | None = None,
    tricks: Iterable[Trick] = tuple(Trick),
    *,
    senders: Container[str] | None = None,
) -> list[Probe]:
    """Return the probes that ``spots`` can make of each other, tricks after plain ones, strangers last.

    ``senders`` are the names of the spots that can be told to send (default: all witnesses).
    ``token`` is a secret of the run from which the nonces are made. A pair that the flow table does not govern (two
    stations of one zone that is not isolated) is left out.
    """
    wanted = set(tricks)
    knocked = knocked or doors(isolation)
    asked = [
        question
        for trick, make in (
            (Trick.PLAIN, _plain(isolation, spots, knocked)),
            (Trick.SPOOFED, _spoofed(isolation, spots)),
            (Trick.TAGGED, _tagged(spots, Trick.TAGGED)),
            (Trick.DOUBLE_TAGGED, _tagged(spots, Trick.DOUBLE_TAGGED)),
            (Trick.STRANGER, _strangers(isolation, spots)),
        )
        if trick in wanted
        for question in make
        if senders is None or question[0].name in senders
    ]
    return [
        Probe(number, _nonce(token, number), origin, goal, trick, protocol, port, claims, flow)
        for number, (origin, goal, trick, protocol, port, claims, flow) in enumerate(asked)
    ]


_Question = tuple[Spot, Spot, Trick, Protocol, int, IPv4Address, str]


def sample(asked: Sequence[Probe], count: int, chance: Random) -> list[Probe]:
    """Return every probe that should get through, and random others up to ``count`` in all."""
    through = [probe for probe in asked if probe.flow]
    others = [probe for probe in asked if not probe.flow]
    return [*through, *chance.sample(others, min(len(others), max(0, count - len(through))))]


def _plain(isolation: Isolation, spots: Sequence[Spot], knocked: Doors) -> Iterator[_Question]:
    for origin, goal in permutations(spots, 2):
        if isolation.governs(origin.place, goal.place) and origin.witness:
            for protocol, port in knocked:
                flow = isolation.allowed(origin.address, goal.address, protocol, port)
                key = flow.key if flow else ""
                yield origin, goal, Trick.PLAIN, protocol, port, origin.address, key


def _spoofed(isolation: Isolation, spots: Sequence[Spot]) -> Iterator[_Question]:
    """Claim, from each place, to be each other zone that may reach a target, and to be the target's neighbour."""
    for origin in _one_a_place(spot for spot in spots if spot.witness):
        for goal in _one_a_place(spot for spot in spots if spot.witness):
            if origin.place == goal.place:
                continue
            seen: set[str] = set()
            for permit in isolation.permits:
                key = f"{permit.origin.zone.key} {permit.protocol}"
                if (
                    permit.goal == goal.place
                    and permit.origin not in (origin.place, goal.place)
                    and key not in seen
                ):
                    seen.add(
                        key
                    )  # one unit's address stands for all units': they are in the same set of a rule
                    claims = _somebody(permit.origin, spots)
                    port = permit.ports[0] if permit.ports else 0
                    yield origin, goal, Trick.SPOOFED, permit.protocol, port, claims, ""
            neighbour = next(a for a in _stations(goal.place) if a != goal.address)
            yield origin, goal, Trick.SPOOFED, "udp", UNLISTED["udp"][0], neighbour, ""


def _tagged(spots: Sequence[Spot], trick: Trick) -> Iterator[_Question]:
    for origin, goal in permutations([spot for spot in spots if spot.witness], 2):
        if origin.place.zone.vlan != goal.place.zone.vlan:
            neighbour = next(a for a in _stations(goal.place) if a != goal.address)
            yield origin, goal, trick, "udp", UNLISTED["udp"][0], neighbour, ""


def _strangers(isolation: Isolation, spots: Sequence[Spot]) -> Iterator[_Question]:
    """From a laptop in a station's place even what the station may do is closed."""
    for origin in spots:
        if not origin.stranger_mac:
            continue
        for goal in spots:
            seen: set[str] = set()
            for permit in isolation.between(origin.place, goal.place):
                if goal.witness and permit.protocol not in seen:
                    seen.add(permit.protocol)
                    port = permit.ports[0] if permit.ports else 0
                    yield origin, goal, Trick.STRANGER, permit.protocol, port, origin.address, ""


def _one_a_place(spots: Iterable[Spot]) -> list[Spot]:
    return list({spot.place: spot for spot in spots}.values())


def _somebody(place: Place, spots: Sequence[Spot]) -> IPv4Address:
    """Return an address of ``place``: that of a spot there, which would get the answer, or the first station's."""
    there = (spot.address for spot in spots if spot.place == place)
    return next(there, None) or next(_stations(place))


def _stations(place: Place) -> Iterator[IPv4Address]:
    return (place.block[number] for number in range(2, place.block.num_addresses - 1))


def _nonce(token: str, number: int) -> str:
    return hashlib.sha256(f"{token} {number}".encode()).hexdigest()[:16]
