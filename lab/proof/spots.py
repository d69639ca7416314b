"""Where a tester stands in the zoned lab: a laptop in every zone, and laptops in the ports of cameras.

A camera's zone is entered through cameras' own ports, two in each, because what keeps cameras apart and strangers out
is the port. Each such laptop first has the camera's own card, and another one for the last part of the proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import yaml

from lab.fabric import layout
from lab.fabric.fabric import station_name
from lab.fabric.layout import Plug
from lab.lifecycle import LabError
from lab.netns import Namespace
from lab.zoned import ZonedLab
from nanxi.files import write_atomically

#: Ports of one camera zone from which is probed.
_PORTS = 2
#: Of nobody's make, and nobody's in the register.
_STRANGER = "06:4e:58:00:00:{:02x}"


@contextmanager
def laptops(lab: ZonedLab) -> Iterator[Path]:
    """Plug the laptops in and give the file that lists them for ``scripts/accept zones --spots``; unplug them after.

    Raises:
        LabError: the lab is down.
        FabricError: the kernel refuses.
    """
    if not lab.devices.namespace.exists():
        raise LabError("the lab is down; bring it up with: python -m lab --zones up")
    with ExitStack() as stack:
        spots = [
            {
                "place": plug.place.name,
                "address": str(plug.address.ip),
                "netns": station_name(lab.name, plug.station),
            }
            for plug in layout.probes(lab.estate.plan)
            if not plug.place.zone.isolated
        ]
        for number, plug in enumerate(_chosen(lab), 1):
            spots.append(_instead_of(lab, plug, number, stack))
        path = lab.folder / "spots.yml"
        write_atomically(path, yaml.safe_dump({"spots": spots}, sort_keys=False))
        yield path


def _chosen(lab: ZonedLab) -> Iterator[Plug]:
    """Yield the cables of some cameras of every zone that is isolated, those on an access switch first."""
    for place in (plug.place for plug in layout.probes(lab.estate.plan)):
        if place.zone.isolated:
            there = [plug for plug in lab.devices.plugs if plug.place == place and plug.mac]
            yield from sorted(there, key=lambda plug: not plug.switch)[:_PORTS]


def _instead_of(lab: ZonedLab, plug: Plug, number: int, stack: ExitStack) -> dict[str, object]:
    laptop = Namespace(station_name(lab.name, f"laptop-{plug.station}"))
    stack.callback(lab.devices.replug, plug.station, laptop)
    lab.devices.hand_over(plug.station, laptop, plug.mac)
    return {
        "name": f"{plug.place.name}@{plug.station}",
        "place": plug.place.name,
        "address": str(plug.address.ip),
        "netns": laptop.name,
        "stranger_mac": _STRANGER.format(number),
    }
