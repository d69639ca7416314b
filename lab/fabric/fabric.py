"""The wires and bridges themselves, in a network namespace of their own.

All ends of all cables that nobody holds lie in this namespace, and Open vSwitch runs in it: it goes as a whole, and no
interface of the lab is ever seen by the machine that it runs on.
"""

from __future__ import annotations

import json
import subprocess
from ipaddress import IPv4Interface
from pathlib import Path

from lab.fabric import names
from lab.fabric.layout import Plug
from lab.netns import Namespace
from lab.switches.ovs import OvsError, Vswitch
from lab.switches.wired import plain_checksums


class FabricError(Exception):
    """A wire cannot be laid; the text is that of the command that failed."""


class Fabric:
    """The network of the lab called ``lab``; sockets and logs of Open vSwitch are in ``folder``, a short path."""

    def __init__(self, lab: str, folder: Path) -> None:
        self.lab = lab
        self.namespace = Namespace(f"{lab}-fabric")
        self.vswitch = Vswitch(folder, self.namespace.enter)
        self._sites: set[str] = set()  # seen by this process

    def up(self) -> None:
        """Make the namespace and start Open vSwitch. Idempotent, also after a kill at any moment.

        Raises:
            FabricError: Open vSwitch does not start.
        """
        if not self.namespace.exists():
            self.vswitch.stop()  # of a killed run: its daemons hold another namespace
        self.namespace.create(())
        try:
            self.vswitch.start()
        except OvsError as error:
            raise FabricError(str(error)) from None

    def down(self) -> None:
        """End Open vSwitch and remove the namespace with every wire in it."""
        self.vswitch.stop()
        self.namespace.delete()
        self._sites.clear()

    def site(self, holder: str) -> str:
        """Return the bridge of a unit's or the county's site, or a vehicle's own; make it when it is missing."""
        bridge = names.bridge(self.lab, "site", holder)
        if bridge in self._sites:
            return bridge
        if bridge not in self.vswitch.vsctl("list-br").split():
            self.vswitch.add_bridge(bridge)
        # An ordinary switch whose VLANs are those of its ports' tags. Again, for one that a killed run left without.
        self.vswitch.ofctl("add-flow", bridge, "actions=NORMAL")
        self._sites.add(bridge)
        return bridge

    def has(self, wire: str) -> bool:
        """Return whether the outer end of a cable is there."""
        return wire in _links(self.namespace)

    def connect(self, *plugs: Plug) -> None:
        """Plug outer ends of cables into their sites, as access ports of their zones' VLANs, or in on board; all in one step.

        Raises:
            FabricError: there is no such cable.
        """
        steps: list[str] = []
        for plug in plugs:
            bridge = self.site(plug.aboard or plug.place.holder)
            # The switch on board is a plain one: no VLANs, nobody but the vehicle's own.
            tag = [] if plug.aboard else [f"tag={plug.place.zone.vlan}"]
            steps += ["--", "--may-exist", "add-port", bridge, plug.wire, *tag]
        try:
            self.vswitch.vsctl(*steps)
            wrong = self.vswitch.vsctl("--bare", "--columns=name,error", "find", "interface", "error!=[]")
        except OvsError as error:
            raise FabricError(str(error)) from None
        if wrong.strip():
            raise FabricError(f"not plugged in: {' '.join(wrong.split())}")

    def trunk(self, holder: str, ends: tuple[str, str]) -> None:
        """Lay a cable between two bridges and plug its second end into a site, as a trunk of every VLAN.

        Raises:
            FabricError: the kernel or Open vSwitch refuses.
        """
        near, far = ends
        if not self.has(near):
            self._ip("link", "add", near, "type", "veth", "peer", "name", far)
        for end in ends:
            self._ip("link", "set", end, "up")
        try:
            self.vswitch.add_port(self.site(holder), far)
        except OvsError as error:
            raise FabricError(str(error)) from None

    def lay(self, plug: Plug, namespace: Namespace, interface: str = "") -> None:
        """Lay a cable to a namespace and set its end up; nothing happens when it is there already.

        Raises:
            FabricError: the kernel refuses.
        """
        interface = interface or plug.interface
        if interface in _links(namespace):
            return
        self._ip("link", "delete", plug.wire, check=False)
        mac = ("address", plug.mac) if plug.mac else ()
        self._ip(
            *("link", "add", plug.wire, "type", "veth", "peer", "name", interface, *mac),
            *("netns", namespace.name),
        )
        plain_checksums(interface, namespace.enter)
        self._ip("link", "set", plug.wire, "up")

    def station(self, plug: Plug) -> Namespace:
        """Make a namespace with one address and a default route to its zone's gateway; it is not connected yet.

        Raises:
            FabricError: the kernel refuses.
        """
        namespace = Namespace(station_name(self.lab, plug.station))
        namespace.create(())
        self.lay(plug, namespace)
        self.address(namespace, plug.interface, plug.address)
        inside = ("ip", "-n", namespace.name)
        _run(*inside, "link", "set", plug.interface, "up")
        _run(*inside, "route", "replace", "default", "via", str(plug.router), "dev", plug.interface)
        for way in plug.ways:
            _run(*inside, "route", "replace", str(way.to), "via", str(way.via), "dev", plug.interface)
        return namespace

    def address(self, namespace: Namespace, interface: str, address: IPv4Interface) -> None:
        """Give an interface one more address; nothing happens when it has it.

        Raises:
            FabricError: the kernel refuses.
        """
        _run("ip", "-n", namespace.name, "address", "replace", str(address), "dev", interface)

    def _ip(self, *arguments: str, check: bool = True) -> None:
        _run("ip", "-n", self.namespace.name, *arguments, check=check)


def station_name(lab: str, station: str) -> str:
    """Return the namespace of a station; its file name can have no slash."""
    return f"{lab}-{station.replace('/', '-')}"


def _links(namespace: Namespace) -> set[str]:
    shown = _run("ip", "-n", namespace.name, "-json", "link", "show")
    return {link["ifname"] for link in json.loads(shown)}


def _run(*command: str, check: bool = True) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise FabricError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
