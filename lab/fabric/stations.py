"""Places in the lab's network from which people and scripts work: control nodes, clocks, a laptop in every zone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import yaml

from lab.daemon import Daemon
from lab.fabric import layout
from lab.fabric.fabric import Fabric, station_name
from lab.hosts import image
from lab.netns import Namespace
from nanxi.county.model import Network
from nanxi.estate import Estate

_CLOCK = Path(image.__file__).with_name("clock")


class Stations:
    """All of them in a lab whose folder is ``folder``."""

    def __init__(self, estate: Estate, fabric: Fabric, folder: Path) -> None:
        self.fabric = fabric
        self.folder = folder
        self._county = estate.plan.county.key
        self._controllers = {
            device.network: layout.of_controller(device, estate.plan) for device in layout.controllers(estate)
        }
        self._probes = tuple(layout.probes(estate.plan))
        self._clocks = {
            name: tuple(plugs)
            for name, plugs in groupby(layout.clocks(estate.plan), lambda plug: plug.station)
        }

    @property
    def places(self) -> tuple[str, ...]:
        """Every zone that has a laptop, as ``at`` takes it."""
        return tuple(plug.station for plug in self._probes)

    def up(self) -> None:
        """Make what is missing, and start the clocks.

        Raises:
            FabricError: the kernel refuses.
            DaemonError: a clock does not start.
        """
        plugs = [*self._controllers.values(), *self._probes, *(plugs[0] for plugs in self._clocks.values())]
        for plug in plugs:
            self.fabric.station(plug)
        for name, several in self._clocks.items():
            namespace = Namespace(station_name(self.fabric.lab, name))
            for plug in several[1:]:
                self.fabric.address(namespace, several[0].interface, plug.address)
        self.fabric.connect(*plugs)
        for name, daemon in self.daemons.items():
            daemon.start((*Namespace(station_name(self.fabric.lab, name)).enter, "unshare", "--mount", "--"))

    def down(self) -> None:
        """End the clocks and remove every namespace."""
        for daemon in self.daemons.values():
            daemon.stop()
        for name in self._names():
            Namespace(station_name(self.fabric.lab, name)).delete()

    def at(self, place: str) -> Namespace:
        """Return the namespace of a control node (``police``, ``public``) or of a zone's laptop (``shangtang/viewing``).

        Raises:
            KeyError: there is no such place.
        """
        for name in (place, f"{self._county}/{place}"):  # "core" is the county's only one
            if name in self.places:
                return Namespace(station_name(self.fabric.lab, name))
        return Namespace(station_name(self.fabric.lab, self._controllers[Network(place)].station))

    def write_spots(self, path: Path) -> None:
        """Write where the laptops stand, as ``scripts/accept zones --spots`` reads it."""
        spots = [
            {
                "place": plug.station,
                "address": str(plug.address.ip),
                "netns": station_name(self.fabric.lab, plug.station),
            }
            for plug in self._probes
        ]
        path.write_text(yaml.safe_dump({"spots": spots}, sort_keys=False), "utf-8")

    @property
    def daemons(self) -> dict[str, Daemon]:
        """The clocks, one process for each network."""
        return {
            name: Daemon(
                name=name,
                command=(str(_CLOCK), str(image.folder()), *(str(plug.address.ip) for plug in plugs)),
                ready="chronyd version",
                folder=self.folder,
            )
            for name, plugs in self._clocks.items()
        }

    def missing(self) -> list[str]:
        """Return the stations that are not there."""
        return [name for name in self._names() if not Namespace(station_name(self.fabric.lab, name)).exists()]

    def _names(self) -> Iterator[str]:
        yield from (plug.station for plug in (*self._controllers.values(), *self._probes))
        yield from self._clocks
