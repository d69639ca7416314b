"""Cables that somebody pulls out and puts in again: links go down at both ends, as a switch sees it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lab.fabric import layout
from lab.fabric.crowd import Crowd, FabricError
from lab.hosts.spec import Spec
from lab.netns import Namespace
from nanxi.estate import Estate


@dataclass(frozen=True, slots=True)
class Cable:
    """What goes down when it is pulled.

    Attributes:
        ends: namespace and interface of each end.
        afterwards: lines of ``ip -batch`` that the first end needs when it is up again: a link takes its routes along.
    """

    ends: tuple[tuple[Namespace, str], ...]
    afterwards: tuple[str, ...] = ()

    def pull(self) -> None:
        """Take it out.

        Raises:
            FabricError: the kernel refuses.
        """
        self._set("down")

    def put_back(self) -> None:
        """Put it in.

        Raises:
            FabricError: the kernel refuses.
        """
        self._set("up")
        if self.afterwards:
            _run([*self.ends[0][0].enter, "ip", "-batch", "-"], "\n".join(self.afterwards) + "\n")

    def _set(self, state: str) -> None:
        for namespace, interface in self.ends:
            _run(["ip", "-n", namespace.name, "link", "set", interface, state])


def of_lab(
    estate: Estate,
    fabric: Namespace,
    *,
    devices: Crowd,
    switches: Crowd,
    hosts: Mapping[str, Iterable[str]],
    uplinks: bool,
) -> dict[str, Cable]:
    """Return every cable that can be pulled, by whose it is; a switch's is its uplink.

    Args:
        estate: plan and register.
        fabric: where the outer ends are.
        devices: twins with a cable each.
        switches: the switches' own addresses.
        hosts: the outer ends of each Linux host.
        uplinks: whether the access switches are there.
    """
    found = {plug.station: Cable(*devices.cable(plug)) for plug in devices.plugs}
    for device, plug in zip(layout.switches(estate), switches.plugs, strict=True):
        if uplinks and device.uplink:
            ends, afterwards = switches.cable(plug)
            # The lab's site is where the switch's own address hangs: it goes with the uplink.
            found[device.host] = Cable((*ends, (fabric, layout.uplink(device)[1])), afterwards)
    for host, outside in hosts.items():
        found[host] = Cable(tuple((fabric, end) for end in outside))
    return found


def outside(spec: Spec) -> list[str]:
    """Return the outer ends of a host's cables that lead out of it; what a vehicle has on board it takes along."""
    return [cable.outside for cable in spec.cables if cable.inside != layout.ABOARD]


def owner(estate: Estate, switch: str, port: str) -> str | None:
    """Return whose cable is in a port of a switch: a device's, or the switch's own uplink; None where the register has none."""
    for device in layout.switches(estate):
        if (device.host, device.uplink) == (switch, port):
            return switch
    plugged = {(one.switch, one.switch_port): one.host for one in estate.devices.values() if one.switch_port}
    return plugged.get((switch, port))


def pulled(cables: Mapping[str, Cable]) -> list[str]:
    """Return the names of the cables of which an end is down; an end that is not there at all is not pulled."""
    down: dict[str, set[str]] = {}
    for cable in cables.values():
        for namespace, _ in cable.ends:
            if namespace.name not in down:
                down[namespace.name] = _down(namespace)
    return sorted(
        name
        for name, cable in cables.items()
        if any(interface in down[namespace.name] for namespace, interface in cable.ends)
    )


def _down(namespace: Namespace) -> set[str]:
    if not namespace.exists():
        return set()
    links = json.loads(_run(["ip", "-n", namespace.name, "-json", "link", "show"]) or "[]")
    return {link["ifname"] for link in links if "UP" not in link["flags"]}


def _run(command: list[str], typed: str = "") -> str:
    done = subprocess.run(command, input=typed, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FabricError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
