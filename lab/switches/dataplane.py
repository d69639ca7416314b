"""What a switch's configuration means to packets, and the port to whatever carries them.

A twin turns its configuration into one :class:`PortState` for each port and hands all of them over at each change; an
implementation makes the wires behave so, in one step: packets meet the old state or the new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Literal, Protocol

ALL_VLANS = frozenset(range(1, 4095))


@dataclass(frozen=True, slots=True)
class Match:
    """Addresses as switches write them: a bit that is 1 in ``wildcard`` may be anything."""

    address: int
    wildcard: int

    def covers(self, address: IPv4Address) -> bool:
        """Return whether an address is meant."""
        return (int(address) ^ self.address) & ~self.wildcard & 0xFFFFFFFF == 0


ANY = Match(0, 0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of an IPv4 access list. ``protocol`` is IP's number, None for any; port ranges are inclusive."""

    permit: bool
    protocol: int | None = None
    source: Match = ANY
    destination: Match = ANY
    source_ports: tuple[tuple[int, int], ...] = ()
    destination_ports: tuple[tuple[int, int], ...] = ()
    icmp_type: int | None = None
    established: bool = False  # TCP with ACK or RST


@dataclass(frozen=True, slots=True)
class Filter:
    """An access list where it is applied; Huawei and H3C let pass what no rule names, Cisco and Ruijie do not."""

    rules: tuple[Rule, ...]
    permits_rest: bool

    def permits_host(self, source: IPv4Address) -> bool:
        """Return whether TCP from a source gets through to the switch's own SSH port."""
        for rule in self.rules:
            ports = rule.destination_ports
            if rule.protocol not in (None, 6) or (
                ports and not any(low <= 22 <= high for low, high in ports)
            ):
                continue
            if rule.source.covers(source) and not rule.established and not rule.source_ports:
                return rule.permit
        return self.permits_rest


@dataclass(frozen=True, slots=True)
class Binding:
    """A station that may speak: its MAC address (``aa:bb:cc:dd:ee:ff``), in one VLAN and from one address if given."""

    mac: str
    vlan: int | None = None
    address: IPv4Address | None = None


@dataclass(frozen=True, slots=True)
class PortState:
    """One port. VLANs that it is in are those of ``untagged`` and ``tagged``; nothing else leaves or enters."""

    name: str
    up: bool = True
    pvid: int | None = 1  # of frames that come without a tag; None drops them
    untagged: frozenset[int] = frozenset({1})  # leave without a tag
    tagged: frozenset[int] = frozenset()  # enter and leave with one
    isolation: int | None = None  # ports of one group do not speak to each other
    stations: tuple[Binding, ...] | None = None  # None: whoever is plugged in
    inbound: Filter | None = None
    outbound: Filter | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """A line of the MAC address table; ``mac`` as ``aa:bb:cc:dd:ee:ff``."""

    mac: str
    vlan: int
    port: str
    kind: Literal["dynamic", "static", "sticky"] = "dynamic"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What another device says of itself by LLDP on a port; ``chassis`` as ``aa:bb:cc:dd:ee:ff``."""

    port: str
    system: str
    chassis: str
    port_id: str
    address: str = ""


class DataPlane(Protocol):
    """What carries the packets of one switch."""

    def apply(self, ports: Iterable[PortState]) -> None:
        """Make every port behave as said; ports without a wire are ignored."""

    def learned(self) -> list[Learned]:
        """Return the stations that were heard."""


class NoDataPlane:
    """Carries nothing: for tests about the command line alone. ``heard`` is what a test says was heard."""

    def __init__(self, heard: Iterable[Learned] = ()) -> None:
        self.ports: dict[str, PortState] = {}
        self.heard = list(heard)

    def apply(self, ports: Iterable[PortState]) -> None:
        """Remember the ports, so that a test can look at them."""
        self.ports = {port.name: port for port in ports}

    def learned(self) -> list[Learned]:
        """Return ``heard``, as far as the ports carry it."""
        return [
            item
            for item in self.heard
            if (port := self.ports.get(item.port)) and port.up and item.vlan in port.untagged | port.tagged
        ]
