"""Many devices in one namespace, each on a cable of its own with its own address and MAC address.

One process impersonates them all and knows nothing of it: it answers on every address, and the kernel sends each
answer out by the cable of the address that it comes from. So a device is in the zone that its cable is in.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator

from lab.fabric.fabric import Fabric, FabricError, station_name
from lab.fabric.layout import Plug
from lab.netns import Namespace
from nanxi.wiring import ONLY

#: Routing tables of the devices are numbered from here: 253 to 255 are the kernel's own.
_FIRST_TABLE = 1000
#: Each device answers ARP for its own address alone, names it as the sender, and takes no part in what the kernel
#: would do for a router with many legs.
_SYSCTL = (
    "net.ipv4.conf.all.arp_ignore=1",
    "net.ipv4.conf.all.arp_announce=2",
    "net.ipv4.conf.all.rp_filter=0",
    "net.ipv4.conf.default.rp_filter=0",
    "net.ipv4.ip_forward=0",
    "net.ipv6.conf.all.disable_ipv6=1",
    "net.ipv6.conf.default.disable_ipv6=1",
)
#: A packet for one device that comes in by another one's cable would be answered: these are separate machines.
_OWN_CABLE = """table inet crowd {
  chain prerouting {
    type filter hook prerouting priority raw; policy accept
    iif lo accept
    fib daddr . iif type { local, broadcast, multicast } accept
    drop
  }
}
"""


class Crowd:
    """The devices of ``plugs`` in the namespace ``name`` of a lab."""

    def __init__(self, fabric: Fabric, name: str, plugs: Iterable[Plug]) -> None:
        self.fabric = fabric
        self.namespace = Namespace(station_name(fabric.lab, name))
        self.plugs = tuple(plugs)

    def up(self) -> None:
        """Lay what is missing. Idempotent, also after a kill at any moment.

        Raises:
            FabricError: the kernel refuses.
        """
        self.namespace.create(())
        enter = self.namespace.enter
        _run([*enter, "sysctl", "-qw", *_SYSCTL])
        _run([*enter, "nft", "-f", "-"], f"flush ruleset\n{_OWN_CABLE}")
        for plug in self.plugs:
            self.fabric.lay(plug, self.namespace, inside(plug))
        _run([*enter, "ip", "rule", "flush"])
        _run([*enter, "ip", "-batch", "-"], "\n".join(self._lines()) + "\n")

    def down(self) -> None:
        """Remove the namespace; its cables go with it."""
        self.namespace.delete()

    def unplug(self, host: str) -> None:
        """Pull a device's cable out at the device.

        Raises:
            KeyError: there is no such device.
            FabricError: the kernel refuses.
        """
        _run([*self.namespace.enter, "ip", "link", "set", inside(self._plug(host)), "down"])

    def cable(self, plug: Plug) -> tuple[tuple[tuple[Namespace, str], ...], tuple[str, ...]]:
        """Return the device's end of a cable, and the lines of ``ip -batch`` that bring it up."""
        table = _FIRST_TABLE + self.plugs.index(plug)
        return ((self.namespace, inside(plug)),), tuple(_interface(plug, table))

    def hand_over(self, host: str, laptop: Namespace, mac: str = "") -> None:
        """Plug a laptop into the cable of a device, as somebody on a ladder does: same port, another card.

        The laptop's interface is ``eth0``; it takes the device's address and gateway, because both can be read off
        the wire. ``mac`` is its card's; "" invents one.

        Raises:
            KeyError: there is no such device.
            FabricError: the kernel refuses.
        """
        plug = self._plug(host)
        self.unplug(host)
        laptop.create(())
        name = laptop.name
        _run(["ip", "-n", self.namespace.name, "link", "set", inside(plug), "netns", name, "name", ONLY])
        lines = [f"link set {ONLY} address {mac or _invented()}", f"link set {ONLY} up"]
        lines += [f"address replace {plug.address} dev {ONLY}", f"route replace default via {plug.router}"]
        _run([*laptop.enter, "ip", "-batch", "-"], "\n".join(lines) + "\n")

    def replug(self, host: str, laptop: Namespace | None = None) -> None:
        """Plug a device in again, and take the laptop away that had its cable.

        Raises:
            KeyError: there is no such device.
            FabricError: the kernel refuses.
        """
        plug = self._plug(host)
        if laptop is not None and laptop.exists():
            ip = ("ip", "-n", laptop.name)
            _run([*ip, "link", "set", ONLY, "down"])
            card = ("address", plug.mac) if plug.mac else ()
            _run([*ip, "link", "set", ONLY, *card])
            _run([*ip, "link", "set", ONLY, "netns", self.namespace.name, "name", inside(plug)])
            laptop.delete()
        table = _FIRST_TABLE + self.plugs.index(plug)
        _run([*self.namespace.enter, "ip", "-batch", "-"], "\n".join(_interface(plug, table)) + "\n")

    def _plug(self, host: str) -> Plug:
        for plug in self.plugs:
            if plug.station == host:
                return plug
        raise KeyError(host)

    def _lines(self) -> Iterator[str]:
        # Flushed with the others.
        yield "rule add priority 32766 lookup main"
        for number, plug in enumerate(self.plugs):
            table = _FIRST_TABLE + number
            yield f"rule add priority 100 from {plug.address.ip} lookup {table}"
            yield from _interface(plug, table)


def inside(plug: Plug) -> str:
    """Return the name of a device's interface in the crowd; a host name can be too long for one."""
    return f"{plug.wire}i"


def _invented() -> str:
    """Return a MAC address that no maker owns."""
    return ":".join(f"{octet:02x}" for octet in (0x06, *os.urandom(5)))


def _interface(plug: Plug, table: int) -> Iterator[str]:
    interface = inside(plug)
    yield f"address replace {plug.address} dev {interface} noprefixroute"
    yield f"link set {interface} up"
    # A link that goes down takes its routes along.
    yield f"route replace {plug.place.block} dev {interface} src {plug.address.ip} table {table}"
    yield f"route replace default via {plug.router} dev {interface} table {table}"


def _run(command: list[str], typed: str = "") -> None:
    done = subprocess.run(command, input=typed, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FabricError(f"{' '.join(command)}: {done.stderr.strip()}")
