"""The data plane of a switch in Open vSwitch: ports with a wire, each an interface of the lab."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping

from lab.switches.dataplane import Learned, PortState
from lab.switches.openflow import LEARNED, flows
from lab.switches.ovs import OvsError, Vswitch

_STATION = re.compile(
    rf"table={LEARNED},.*reg1=(0x[0-9a-f]+|\d+)(?:/0x[0-9a-f]+)?,dl_dst=([0-9a-f:]+) actions=(?:load:|set_field:)(0x[0-9a-f]+|\d+)"
)


class OvsDataPlane:
    """One bridge. Wires are plugged in and out while it runs; names are those of the switch's own ports.

    Args:
        vswitch: the running daemons.
        bridge: its name; made anew, so that what a killed run left there is gone.
    """

    def __init__(self, vswitch: Vswitch, bridge: str) -> None:
        self._vswitch = vswitch
        self._bridge = bridge
        self._interfaces: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._ports: tuple[PortState, ...] = ()
        self._links: dict[
            str, bool
        ] = {}  # as they were last set: one call for each port at each line is slow
        vswitch.add_bridge(bridge)

    @property
    def wires(self) -> Mapping[str, str]:
        """The interface in each port that has one."""
        return self._interfaces

    def plug(self, port: str, interface: str) -> None:
        """Connect a port with an interface of the daemons' namespace; replaces what was plugged in before.

        Raises:
            OvsError: there is no such interface.
        """
        self.unplug(port)
        self._vswitch.add_port(self._bridge, interface)
        self._interfaces[port] = interface
        self._numbers[port] = int(self._vswitch.vsctl("get", "interface", interface, "ofport"))
        self.apply(self._ports)

    def unplug(self, port: str) -> None:
        """Pull the wire out; nothing happens when there is none."""
        interface = self._interfaces.pop(port, None)
        if interface is not None:
            del self._numbers[port]
            self._links.pop(interface, None)
            self._vswitch.delete_port(self._bridge, interface)
            self.apply(self._ports)

    def apply(self, ports: Iterable[PortState]) -> None:
        """Replace all flows in one transaction, and let the link of a port that is shut down go down."""
        self._ports = tuple(ports)
        self._vswitch.replace_flows(self._bridge, flows(self._ports, self._numbers))
        for port in self._ports:
            interface = self._interfaces.get(port.name)
            if interface and self._links.get(interface) != port.up:
                self._links[interface] = port.up
                self._vswitch.ofctl("mod-port", self._bridge, interface, "up" if port.up else "down")

    def learned(self) -> list[Learned]:
        """Return the stations in the bridge's table."""
        names = {number: name for name, number in self._numbers.items()}
        shown = self._vswitch.ofctl("dump-flows", self._bridge, f"table={LEARNED}")
        found = (_STATION.search(line) for line in shown.splitlines())
        return sorted(
            (
                Learned(mac=hit[2], vlan=int(hit[1], 0), port=names[int(hit[3], 0)])
                for hit in found
                if hit and int(hit[3], 0) in names
            ),
            key=lambda item: (item.vlan, item.mac),
        )

    def close(self) -> None:
        """Remove the bridge."""
        self._vswitch.delete_bridge(self._bridge)


def plain_checksums(interface: str, enter: tuple[str, ...] = ()) -> None:
    """Let the kernel finish checksums before a packet enters the wire.

    A veth pair leaves them to a network card that does not exist; the user-space datapath passes such packets on as
    they are, and TCP and UDP then fail at the other end. Needed at the end where a station sends.

    Raises:
        OvsError: no such interface, or ethtool is missing.
    """
    command = (*enter, "ethtool", "--offload", interface, "tx", "off", "tso", "off")
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise OvsError("ethtool is missing: install it") from None
    if done.returncode:
        raise OvsError(f"{' '.join(command)}: {done.stderr.strip()}")
