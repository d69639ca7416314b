"""What the proof of isolation speaks of: spots that probes start from, probes, what was sent and what arrived."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address

from nanxi.acceptance.verdict import Verdict
from nanxi.county.isolation import Place, Protocol


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the network from which packets are sent and at which they are awaited: one port, one address.

    ``witness`` says that an agent of ours stands there and records what arrives; a real device does not tell.
    ``stranger_mac`` is the address of the laptop that takes the station's place for the last part of the proof.
    """

    name: str
    place: Place
    address: IPv4Address
    witness: bool = True
    stranger_mac: str = ""


class Trick(StrEnum):
    """How a probe goes about it."""

    PLAIN = "plain"
    SPOOFED = "spoofed"  # the packet claims an address of another zone
    TAGGED = "tagged"  # an 802.1Q tag of another zone's VLAN on an access port
    DOUBLE_TAGGED = "double-tagged"  # its own VLAN outside, the other zone's inside
    STRANGER = "stranger"  # plain, from a laptop plugged in where the station was


@dataclass(frozen=True, slots=True)
class Probe:
    """One question to the network, with the answer that the plan expects.

    ``claims`` is the source address on the packet; ``flow`` the key of the flow that opens the path, "" when it must
    be closed. ``nonce`` is the 16 hexadecimal digits that the packet carries and that nobody else can know.
    """

    id: int
    nonce: str
    origin: Spot
    goal: Spot
    trick: Trick
    protocol: Protocol
    port: int
    claims: IPv4Address
    flow: str

    @property
    def door(self) -> str:
        """``tcp/554``, or ``icmp``."""
        return f"{self.protocol}/{self.port}" if self.protocol != "icmp" else "icmp"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the sending agent saw of one probe. ``answered``: the nonce came back; ``source_port`` is the sender's."""

    id: int
    sent: bool
    answered: bool
    detail: str
    source_port: int = 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A packet that an agent recorded: with its nonce, or (a TCP SYN has no room for one) with its two ends."""

    spot: str
    nonce: str
    protocol: str
    source: str
    source_port: int
    target: str
    port: int


@dataclass(frozen=True, slots=True)
class Witness:
    """What the agent at a spot heard in all. ``heard`` counts incoming frames: none means deaf, not silent."""

    spot: str
    records: bool
    heard: int
    arrivals: tuple[Arrival, ...]
    occupied: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Record:
    """What was asked, what came of it, and what arrived where (by the witness's address)."""

    probes: tuple[Probe, ...]
    attempts: tuple[Attempt, ...]
    witnesses: dict[str, Witness]


class Measured(StrEnum):
    """What the network did."""

    OPEN = "open"  # there and back again
    ONE_WAY = "one-way"  # the packet arrived, no answer came back
    CLOSED = "closed"  # nothing arrived, nothing came back
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Result:
    """A probe with its verdict and the evidence for it; ``arrived`` names the spots that recorded the packet."""

    probe: Probe
    measured: Measured
    verdict: Verdict
    reason: str
    detail: str
    arrived: tuple[str, ...]
