"""Linux network namespaces for the lab: AnyIP routes instead of addresses, and no way out.

``ip route add local 10.33.0.0/16 dev lo`` makes every address of the plan local at once: one process answers on
5,286 of them without any set-up per device.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from ipaddress import IPv4Network
from pathlib import Path

_MOUNTED = Path("/run/netns")


class NamespaceError(Exception):
    """A command that makes or changes a namespace failed; the text is the command's own."""


def furnish(networks: Iterable[IPv4Network], within: Iterable[str] = ()) -> None:
    """Bring ``lo`` up and make ``networks`` local. Idempotent. ``within`` is a command prefix that enters elsewhere."""
    prefix = tuple(within)
    _run(*prefix, "ip", "link", "set", "lo", "up")
    for network in networks:
        _run(*prefix, "ip", "route", "replace", "local", str(network), "dev", "lo")


class Namespace:
    """A named network namespace, as ``ip netns`` keeps it under /run/netns. Needs root."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def enter(self) -> tuple[str, ...]:
        """Command prefix that runs a command inside; unlike ``ip netns exec`` it remounts nothing."""
        return ("nsenter", f"--net={_MOUNTED / self.name}", "--")

    def exists(self) -> bool:
        """Return whether the namespace is there and can be entered; a leftover mount point cannot."""
        return any(entry.get("name") == self.name for entry in _listed()) and not _fails(*self.enter, "true")

    def create(self, networks: Iterable[IPv4Network]) -> None:
        """Make the namespace with ``networks`` local in it; complete one that is half made."""
        if not self.exists():
            self.delete()
            _run("ip", "netns", "add", self.name)
        furnish(networks, self.enter)

    def delete(self) -> None:
        """End what runs inside and remove the namespace; nothing happens when there is none."""
        if not (_MOUNTED / self.name).exists():
            return
        if self.exists():
            self._end_processes()
        _run("ip", "netns", "delete", self.name)

    def processes(self) -> tuple[int, ...]:
        """Return the ids of the processes whose network this is."""
        return tuple(int(pid) for pid in _run("ip", "netns", "pids", self.name).split())

    def networks(self) -> tuple[str, ...]:
        """Return the networks that are local inside, as ``ip route`` writes them, without loopback's own."""
        routes = json.loads(_run(*self.enter, "ip", "-json", "route", "show", "table", "local") or "[]")
        return tuple(r["dst"] for r in routes if r["type"] == "local" and not r["dst"].startswith("127."))

    def _end_processes(self, patience_s: float = 5) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in self.processes():
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    continue
            deadline = time.monotonic() + patience_s
            while self.processes() and time.monotonic() < deadline:
                time.sleep(0.05)


def _listed() -> list[dict[str, object]]:
    listed: list[dict[str, object]] = json.loads(_run("ip", "-json", "netns", "list") or "[]")
    return listed


def _fails(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode != 0


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NamespaceError(f"{' '.join(command)}: {done.stderr.strip() or f'exit code {done.returncode}'}")
    return done.stdout
