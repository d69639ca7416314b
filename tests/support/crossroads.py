"""A gateway between zones: one network namespace that forwards, one for each of its interfaces, pytest plugin.

Namespaces are held by a process and have no names, so a run that is killed leaves nothing behind.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from nanxi.county.addresses import gateway
from nanxi.gateway.station import Station
from tests.support.lab import need

_KNOCKER = str(Path(__file__).with_name("knocker.py"))
_ROOM = ("unshare", "--net", "--kill-child", "--fork", "sh", "-c", "echo; exec sleep infinity")

#: Source, target, protocol, port; and the own port where the same connection is to go on.
Probe = tuple[str, str, str, int] | tuple[str, str, str, int, int]


@dataclass
class Room:
    """A network namespace for as long as a process holds it."""

    pid: int
    _stack: ExitStack = field(repr=False)

    def run(self, *command: str, given: str | None = None) -> str:
        """Run a command inside; return its output, fail with its error."""
        done = self.try_run(*command, given=given)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
        return done.stdout

    def try_run(self, *command: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command inside, whatever comes of it."""
        return subprocess.run(
            [*self.enter, *command], input=given, capture_output=True, text=True, timeout=60, check=False
        )

    @property
    def enter(self) -> tuple[str, ...]:
        """Return the command prefix that runs a command inside."""
        return ("nsenter", f"--net=/proc/{self.pid}/ns/net", "--")

    def answer(self, addresses: Sequence[str], ports: Mapping[str, Sequence[int]]) -> None:
        """Answer on these addresses and ports until the room is left."""
        process = self._stack.enter_context(_ended(
            [*self.enter, sys.executable, _KNOCKER, "answer"], subprocess.PIPE
        ))  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"addresses": addresses, "ports": ports}).encode() + b"\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"ready\n"

    def knock(self, probes: Sequence[Probe]) -> list[bool]:
        """Return for each probe whether it was answered."""
        return json.loads(self.run(sys.executable, _KNOCKER, "knock", given=json.dumps(probes) + "\n"))

    def counters(self) -> dict[str, int]:
        """Return the packets of every named counter."""
        listed = json.loads(self.run("nft", "-j", "list", "counters"))["nftables"]
        return {one["counter"]["name"]: one["counter"]["packets"] for one in listed if "counter" in one}


@contextmanager
def _ended(command: Sequence[str], stdin: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


@contextmanager
def room() -> Iterator[Room]:
    """Hold one namespace with ``lo`` up."""
    need("unshare", "nsenter", "ip", "nft")
    with ExitStack() as stack:
        holder = stack.enter_context(_ended(_ROOM))
        assert holder.stdout is not None
        holder.stdout.readline()
        child = Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text().split()[0]
        made = Room(int(child), stack)
        made.run("ip", "link", "set", "lo", "up")
        yield made


@dataclass
class Crossroads:
    """The gateway and, by zone, the room behind each of its interfaces."""

    router: Room
    rooms: dict[str, Room]

    def load(self, ruleset: str) -> None:
        """Load a ruleset into the gateway, in one transaction."""
        self.router.run("nft", "-f", "-", given=ruleset)


@contextmanager
def crossroads(here: Station, residents: Mapping[str, Sequence[str]]) -> Iterator[Crossroads]:
    """Build the interfaces of ``here``; ``residents`` are the addresses behind each, by the zone of the interface.

    What lies behind the backbone is one room with the addresses of all zones that are reached through it.
    """
    with ExitStack() as stack:
        router = stack.enter_context(room())
        router.run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0")
        made = Crossroads(router, {})
        for leg in here.legs:
            zone, block = leg.place.zone.key, leg.place.block
            behind = made.rooms[zone] = stack.enter_context(room())
            router.run("ip", "link", "add", leg.interface, "type", "veth",
                       "peer", "name", "eth0", "netns", str(behind.pid))  # fmt: skip
            router.run("ip", "addr", "add", f"{gateway(block)}/{block.prefixlen}", "dev", leg.interface)
            router.run("ip", "link", "set", leg.interface, "up")
            first = block[2]
            behind.run("ip", "addr", "add", f"{first}/{block.prefixlen}", "dev", "eth0")
            behind.run("ip", "link", "set", "eth0", "up")
            behind.run("ip", "route", "add", "default", "via", str(gateway(block)))
            for address in residents.get(zone, ()):
                if address != str(first):
                    behind.run("ip", "addr", "add", f"{address}/32", "dev", "eth0")
                    router.run("ip", "route", "add", address, "via", str(first))
        yield made


@pytest.fixture
def lone_room() -> Iterator[Room]:
    """One namespace."""
    with room() as made:
        yield made
