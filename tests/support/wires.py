"""Stations on wires: network namespaces, veth pairs and an Open vSwitch of a test's own, pytest plugin."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lab.netns import Namespace
from lab.switches.ovs import Vswitch
from lab.switches.wired import OvsDataPlane, plain_checksums
from tests.support.lab import need

_numbers = itertools.count()
_LISTEN = """
import socket, sys
listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("ready", flush=True)
while True:
    listener.accept()[0].close()
"""
_CONNECT = """
import socket, sys
socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=0.5)
"""
# The frame says who it is: neither ARP nor IPv6's own chatter is taken for it.
_SEND = """
import socket, sys
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(("eth0", 0))
tags = b"".join(b"\\x81\\x00" + int(tag).to_bytes(2, "big") for tag in sys.argv[1:])
for _ in range(3):
    wire.send(b"\\xff" * 6 + b"\\x02\\0\\0\\0\\0\\x01" + tags + b"\\x88\\xb5" + b"nanxi hops" + bytes(40))
"""
_WATCH = """
import socket, time
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
wire.bind(("eth0", 0))
print("ready", flush=True)
end, seen = time.monotonic() + 0.6, False
while not seen and (left := end - time.monotonic()) > 0:
    wire.settimeout(left)
    try:
        seen = b"nanxi hops" in wire.recv(2000)
    except TimeoutError:
        break
print("seen" if seen else "nothing")
"""


@dataclass
class Station:
    """Something plugged into a port: a camera, a laptop."""

    namespace: Namespace
    address: str
    wire: str  # the switch's end

    def run(self, *command: str, **options: object) -> subprocess.CompletedProcess[str]:
        """Run a command inside."""
        return subprocess.run(
            [*self.namespace.enter, *command],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
            **options,
        )

    def reaches(self, other: str) -> bool:
        """Return whether one of four pings is answered; forgets first who was not there a moment ago."""
        self.run("ip", "neigh", "flush", "all")
        return self.run("ping", "-q", "-c4", "-i0.05", "-W0.2", other).returncode == 0

    def opens(self, other: Station, port: int) -> bool:
        """Return whether a TCP connection to a listener on another station opens within a second."""
        listener = subprocess.Popen(
            [*other.namespace.enter, sys.executable, "-c", _LISTEN, other.address, str(port)],
            stdout=subprocess.PIPE,
        )
        with listener:
            assert listener.stdout is not None
            assert listener.stdout.readline()
            opened = self.run(sys.executable, "-c", _CONNECT, other.address, str(port)).returncode == 0
            listener.kill()
        return opened

    def floods(self, other: Station, vlan_tags: Sequence[int]) -> bool:
        """Return whether a broadcast frame with these tags, outermost first, gets to another station in any form."""
        watcher = subprocess.Popen(
            [*other.namespace.enter, sys.executable, "-c", _WATCH], stdout=subprocess.PIPE, text=True
        )
        with watcher:
            assert watcher.stdout is not None
            assert watcher.stdout.readline()
            sent = self.run(sys.executable, "-c", _SEND, *map(str, vlan_tags))
            assert sent.returncode == 0, sent.stderr
            return watcher.stdout.readline().strip() == "seen"

    def set_mac(self, mac: str) -> None:
        """Change the address of the card, as somebody who spoofs does."""
        self.run("ip", "link", "set", "eth0", "address", mac)
        self.run("ip", "neigh", "flush", "all")


@dataclass
class Wires:
    """The bench: one Open vSwitch and any number of stations; all of it ends with the fixture."""

    vswitch: Vswitch
    stations: list[Station] = field(default_factory=list)
    planes: list[OvsDataPlane] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    def plane(self) -> OvsDataPlane:
        """Return a new bridge without wires."""
        plane = OvsDataPlane(self.vswitch, _name("b"))
        self.planes.append(plane)
        return plane

    def station(self, address: str) -> Station:
        """Return a new station; ``address`` has a prefix length. Its wire is not plugged in yet."""
        name = _name("s")
        namespace = Namespace(f"{name}-station")
        namespace.create(())
        station = Station(namespace, address.partition("/")[0], name)
        self.stations.append(station)
        _ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", namespace.name)
        _ip("link", "set", name, "up")
        for line in (("link", "set", "eth0", "up"), ("addr", "add", address, "dev", "eth0")):
            done = station.run("ip", *line)
            assert done.returncode == 0, done.stderr
        plain_checksums("eth0", namespace.enter)
        return station

    def link(self) -> tuple[str, str]:
        """Return both ends of a new wire between two switches."""
        name = _name("l")
        ends = (f"{name}a", f"{name}b")
        _ip("link", "add", ends[0], "type", "veth", "peer", "name", ends[1])
        for end in ends:
            _ip("link", "set", end, "up")
        self.links.append(ends)
        return ends

    def close(self) -> None:
        """Remove everything."""
        for plane in self.planes:
            plane.close()
        self.vswitch.stop()
        for station in self.stations:
            station.namespace.delete()
        for end, _ in self.links:
            _ip("link", "delete", end)


def _name(kind: str) -> str:
    """Return a name nobody uses: the kernel takes its time to remove a wire with its namespace."""
    return f"nx{os.getpid() % 100000}{kind}{next(_numbers)}"


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def wires() -> Iterator[Wires]:
    """An empty bench."""
    need("ovs-vswitchd", "ethtool", "ip", "ping")
    with tempfile.TemporaryDirectory(prefix="nx-ovs-") as folder:
        bench = Wires(Vswitch(Path(folder)))
        try:
            bench.vswitch.start()
            yield bench
        finally:
            bench.close()
