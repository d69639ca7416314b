"""Switches by name, all in one process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from typing import Any

from lab.switches.dataplane import DataPlane, Learned, Neighbour
from lab.switches.device import Installation, Switch
from lab.switches.dialects import dialect
from lab.switches.profile import build_profile, profile_of_platform
from lab.switches.server import SshServer


@dataclass(frozen=True)
class Order:
    """What is wanted: one switch of a lab or of a test.

    Args:
        host: name in the register.
        platform: as netmiko calls it.
        address: in the switch's own configuration.
        gateway: the default route; None leaves it out.
        listen: where its SSH stands; the address itself by default.
        port: of SSH; 0 takes a free one.
        ports: as many as the register says.
        uplink: by which it is reached; the last port by default.
        uplink_matters: whether it answers only while that port carries its management VLAN.
        vlan: of management.
        user, password: of the account that it is delivered with.
        controller: what clients on loopback count as.
        profile: another one than the platform's.
        quirks: ids.
        traits: laid over the profile's.
        startup: instead of the profile's; "" is the profile's.
        plane: what carries its packets.
        heard: stations that were heard, when nothing carries packets.
        neighbours: who speaks LLDP at its ports.
    """

    host: str
    platform: str
    address: IPv4Interface
    gateway: IPv4Address | None = None
    listen: str = ""
    port: int = 22
    ports: int = 24
    uplink: str = ""
    uplink_matters: bool = True
    vlan: int = 1
    user: str = "admin"
    password: str = field(default="Switch-2008", repr=False)
    controller: IPv4Address | None = None
    profile: str = ""
    quirks: tuple[str, ...] = ()
    traits: Mapping[str, Any] = field(default_factory=dict)
    startup: str = ""
    plane: DataPlane | None = None
    heard: tuple[Learned, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()


class Fleet:
    """Twins and their SSH servers. Lives in one event loop.

    Args:
        folder: their flash memory; None forgets with the process.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self.switches: dict[str, Switch] = {}
        self.servers: dict[str, SshServer] = {}

    async def add(self, order: Order) -> Switch:
        """Boot a switch and let it answer.

        Raises:
            FileNotFoundError: no such profile or quirk.
            ValueError: a line of its configuration is not understood.
            OSError: its address or port is not to be had.
        """
        switch = build(order, self._folder)
        await switch.boot()
        server = SshServer(switch, order.listen or str(order.address.ip), order.port)
        await server.start()
        self.switches[order.host] = switch
        self.servers[order.host] = server
        return switch

    async def start(self, orders: Iterable[Order]) -> None:
        """Boot many."""
        for order in orders:
            await self.add(order)

    async def remove(self, host: str) -> None:
        """Pull the plug of a switch."""
        await self.servers.pop(host).stop()
        self.switches.pop(host).stop()

    async def stop(self) -> None:
        """Pull every plug."""
        for host in list(self.switches):
            await self.remove(host)


def build(order: Order, folder: Path | None = None) -> Switch:
    """Return a switch that has not booted yet."""
    profile = build_profile(order.profile or profile_of_platform(order.platform), order.quirks, order.traits)
    ports = profile.port_names(order.ports)
    startup = order.startup or profile.delivered(
        host=order.host,
        address=order.address.ip,
        prefix_length=order.address.network.prefixlen,
        mask=order.address.netmask,
        vlan=order.vlan,
        uplink=order.uplink or ports[-1],
        gateway=order.gateway,
        user=order.user,
        password=order.password,
        ports=ports,
    )
    uplink = order.uplink or ports[-1]
    if uplink not in ports:
        raise ValueError(
            f"{order.host}: the uplink {uplink} is none of its ports, which are {ports[0]} to {ports[-1]}"
        )
    matters = uplink if order.uplink_matters else ""
    installation = Installation(order.host, order.address.ip, matters, startup, order.controller)
    return Switch(
        installation,
        profile,
        dialect(profile.dialect, ports),
        folder,
        order.plane,
        heard=list(order.heard),
        neighbours=order.neighbours,
    )
