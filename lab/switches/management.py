"""Whether a switch answers somebody: its own configuration decides (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Literal

from lab.switches.dataplane import Filter, PortState

Answer = Literal["answers", "refuses", "silent"]


@dataclass(frozen=True, slots=True)
class Interface:
    """The address of the switch in a VLAN."""

    vlan: int
    address: IPv4Interface
    up: bool = True
    inbound: Filter | None = None
    outbound: Filter | None = None


@dataclass(frozen=True, slots=True)
class Management:
    """What of a configuration concerns the switch itself."""

    interfaces: tuple[Interface, ...]
    routes: tuple[IPv4Network, ...]
    ssh: bool
    lines: Filter | None  # the access list on the virtual terminals


def answer(
    management: Management, ports: Iterable[PortState], address: IPv4Address, source: IPv4Address, uplink: str
) -> Answer:
    """Return what becomes of a connection from ``source`` to ``address``.

    ``silent`` is what packets that get lost look like; it also holds for connections that are open. ``refuses`` is
    what the switch itself does, and to new connections only: an access list on the lines does not end a session.

    Args:
        management: of the running configuration.
        ports: of the running configuration.
        address: where the switch is to be reached.
        source: who asks.
        uplink: the port through which the switch is reached; "" leaves the wire out of the question.
    """
    interface = next((item for item in management.interfaces if item.address.ip == address), None)
    if interface is None or not interface.up:
        return "silent"
    if uplink and not _carried(interface.vlan, ports, uplink):
        return "silent"
    on_link = source in interface.address.network
    if not on_link and not any(source in network for network in management.routes):
        return "silent"
    if interface.inbound is not None and not interface.inbound.permits_host(source):
        return "silent"
    if not management.ssh or (management.lines is not None and not management.lines.permits_host(source)):
        return "refuses"
    return "answers"


def _carried(vlan: int, ports: Iterable[PortState], uplink: str) -> bool:
    return any(port.name == uplink and port.up and vlan in port.untagged | port.tagged for port in ports)
