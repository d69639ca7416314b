"""A few cameras of the lab that know the recorders' account already, on cables of their own."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import yaml

from lab.daemon import Daemon
from lab.fabric import layout
from lab.fabric.crowd import Crowd
from tests.support.ansible import Inventory
from tests.support.hosts import RunningHosts


@contextmanager
def twins(running: RunningHosts, inventory: Inventory, cameras: Sequence[str]) -> Iterator[Crowd]:
    """Run the twins of ``cameras``, all of one unit, with the passwords that the inventory's vault has for them."""
    plugs = [plug for plug in layout.of_twins(running.estate) if plug.station in cameras]
    crowd = Crowd(running.fabric, "devices", plugs)
    crowd.up()
    running.fabric.connect(*crowd.plugs)
    passwords = inventory.vault(running.estate.devices[cameras[0]].unit)
    users = {
        one: [{"name": "recorder", "password": passwords[one]["recorder"], "level": "User"}]
        for one in cameras
    }
    fleet = running.hosts.folder / "twins.yml"
    fleet.write_text(
        yaml.safe_dump({"hosts": {one: {"overrides": {"factory": {"users": users[one]}}} for one in cameras}})
    )
    twin = Daemon(
        name="twin",
        command=(
            *(sys.executable, "-m", "lab.twin", "--inventory", str(inventory.folder)),
            *("--fleet", str(fleet), "--control", str(running.hosts.folder / "run/twin.sock")),
        ),
        ready="ready",
        folder=running.hosts.folder,
    )
    twin.start(crowd.namespace.enter)
    yield crowd
    twin.stop()
    crowd.down()
