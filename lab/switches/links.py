"""Which ports of the switches have a link, told by Open vSwitch the moment it changes; nothing runs in between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from lab.switches.device import Switch
from lab.switches.ovs import Vswitch

#: The present state of a few hundred interfaces comes as one line.
_LINE_BYTES = 4_000_000


class Wired(Protocol):
    """A data plane that knows which interface is in which port."""

    @property
    def wires(self) -> Mapping[str, str]:
        """The interface in each port that has one."""


class LinkWatch:
    """Tells switches of their links.

    Args:
        vswitch: the running daemons.
        switches: each with its data plane.
    """

    def __init__(self, vswitch: Vswitch, switches: Iterable[tuple[Switch, Wired]]) -> None:
        self._vswitch = vswitch
        self._switches = tuple(switches)
        self._up: dict[str, bool] = {}
        self.told = asyncio.Event()  # the switches know the present state

    async def run(self) -> None:
        """Follow until cancelled.

        Raises:
            OSError: ovsdb-client is missing.
        """
        process = await asyncio.create_subprocess_exec(
            *self._vswitch.following_links, stdout=asyncio.subprocess.PIPE, limit=_LINE_BYTES
        )
        assert process.stdout is not None
        try:
            while line := await process.stdout.readline():
                if line.strip():
                    self._take(json.loads(line)["data"])
                    self._tell()
                    self.told.set()
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()

    def _take(self, rows: Sequence[Sequence[str]]) -> None:
        """Note what changed; of a changed row both versions come, and the new one is whole."""
        for _, action, name, state in rows:
            if action == "delete":
                self._up.pop(name, None)
            elif action != "old":
                self._up[name] = state == "up"

    def _tell(self) -> None:
        for switch, plane in self._switches:
            names = {port.name for port in switch.ports()}
            lit = {port for port, interface in plane.wires.items() if self._up.get(interface)}
            if (dark := names - lit) != switch.dark:
                switch.links(dark)
