"""Linux hosts of the lab for tests: pytest plugin.

``lab_hosts("county-host01", "shangtang-host02")`` boots these hosts of the lab's register as real machines in a
network of their own, each interface in its zone, with a control node in core and in core-public. Module-scoped,
because a boot costs half a second; everything goes with the fixture.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lab.fabric import layout
from lab.fabric.fabric import Fabric
from lab.hosts import image
from lab.hosts.fleet import Hosts
from lab.hosts.machine import Machine
from lab.netns import Namespace
from nanxi.county.model import Network
from nanxi.estate import Estate, load_estate
from tests.support.lab import need

ROOT = Path(__file__).resolve().parents[2]
_numbers = itertools.count()


@dataclass
class RunningHosts:
    """Booted hosts, and places to look at them from."""

    estate: Estate
    fabric: Fabric
    hosts: Hosts
    stations: dict[str, Namespace] = field(default_factory=dict)

    def __getitem__(self, host: str) -> Machine:
        return self.hosts.machines[host]

    def at(self, place: str) -> Namespace:
        """Return a laptop in a zone: ``core``, ``shangtang/viewing``."""
        if place not in self.stations:
            plug = next(plug for plug in layout.probes(self.estate.plan) if plug.station == place)
            self.stations[place] = self.fabric.station(plug)
            self.fabric.connect(plug)
        return self.stations[place]

    def control(self, network: Network = Network.POLICE) -> Namespace:
        """Return the control node of a network."""
        return self.stations[network]

    def ssh(
        self, host: str, *command: str, network: Network | None = None, patience_s: int = 5
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on a host, over SSH from the control node of its own network or of another one."""
        device = self.hosts.devices[host]
        control = self.control(network or device.network)
        return subprocess.run(
            [*control.enter, "ssh", *self.hosts.keys.options(patience_s), f"root@{device.ipv4}", *command],
            stdin=subprocess.DEVNULL,  # ssh would leave ours non-blocking, which Ansible refuses
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )


StartHosts = Callable[..., RunningHosts]


def needs_hosts() -> None:
    """Skip the test where no Linux host of the lab can boot."""
    if not image.folder().is_dir():
        pytest.skip("no image of the lab's hosts: run `make image` (needs root and a Debian mirror)")
    need("systemd-nspawn", "ovs-vswitchd", "ssh", "ethtool")


def _controls(running: RunningHosts) -> None:
    for device in layout.controllers(running.estate):
        plug = layout.of_controller(device, running.estate.plan)
        running.stations[device.network] = running.fabric.station(plug)
        running.fabric.connect(plug)


@pytest.fixture(scope="module")
def lab_hosts() -> Iterator[StartHosts]:
    """Start hosts that live as long as the module."""
    needs_hosts()
    started: list[RunningHosts] = []
    with tempfile.TemporaryDirectory(prefix="nx-hosts-") as temporary:

        def start(*hosts: str, inventory: Path = ROOT / "inventory/lab") -> RunningHosts:
            number = next(_numbers)
            folder = Path(temporary, str(number))
            estate = load_estate(inventory)
            fabric = Fabric(f"nx{os.getpid()}n{number}", folder / "ovs")
            running = RunningHosts(estate, fabric, Hosts(estate, fabric, folder, hosts))
            started.append(running)
            fabric.up()
            running.hosts.start()
            _controls(running)
            return running

        yield start
        for running in started:
            running.hosts.stop()
            for station in running.stations.values():
                station.delete()
            running.fabric.down()
