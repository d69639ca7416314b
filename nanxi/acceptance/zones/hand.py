"""The runner's hand on one agent: starts it where its spot is and speaks JSON lines with it."""

from __future__ import annotations

import asyncio
import inspect
import json
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nanxi.acceptance.zones import agent, forge
from nanxi.acceptance.zones.model import Arrival, Attempt, Probe, Spot, Trick, Witness
from nanxi.acceptance.zones.probes import Doors
from nanxi.findings import NanxiError

_LINE = 64 << 20  # bytes: what an agent tells of 100,000 arrivals


class AgentError(NanxiError):
    """An agent did not start, or died, or refuses: its spot and its own words."""


class Hand:
    """An agent at ``spot``. ``reach`` is the command prefix that enters its place: a namespace, ssh, or nothing."""

    def __init__(self, spot: Spot, reach: Sequence[str]) -> None:
        self.spot, self._reach = spot, tuple(reach)
        self._process: asyncio.subprocess.Process | None = None
        self._occupied: frozenset[tuple[str, int]] = frozenset()
        self.mac = ""
        self.records = False

    async def start(self, knocked: Doors, patience_s: float = 30) -> None:
        """Start the agent and let it listen; it is the text of ``agent.py``, so its host needs no Nanxi.

        Raises:
            AgentError: it does not come up, or its machine does not have the spot's address.
        """
        self._process = await asyncio.create_subprocess_exec(
            *self._command(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LINE,
        )
        ready = await self._ask({"do": "hello", "address": str(self.spot.address)}, patience_s)
        self.mac, self.records = ready["mac"], ready["records"]
        if self.spot.witness:
            order: dict[str, object] = {"do": "listen", "tcp": knocked.tcp, "udp": knocked.udp}
            listening = await self._ask(order, patience_s)
            self._occupied = frozenset((protocol, port) for protocol, port in listening["occupied"])

    def _command(self) -> list[str]:
        text = inspect.getsource(agent)
        if self._reach and Path(self._reach[0]).name == "ssh":
            # ssh joins its words with blanks for the far shell; raw packets need root there.
            return [*self._reach, shlex.join(["sudo", "-n", "python3", "-I", "-c", text])]
        return [*self._reach, sys.executable, "-I", "-c", text]

    async def probe(
        self,
        probes: Sequence[Probe],
        macs: dict[str, str],
        *,
        timeout_s: float,
        together: int,
        progress: Callable[[], None] = lambda: None,
    ) -> list[Attempt]:
        """Return what came of ``probes``; ``macs`` are those of the spots, by name."""
        if not probes:
            return []
        jobs = [self._job(probe, macs) for probe in probes]
        order = {"do": "probe", "timeout_s": timeout_s, "attempts": 2, "together": together, "probes": jobs}
        await self._say(order)
        attempts = []
        while (line := await self._hear(timeout_s * len(probes) + 30))["is"] != "done":
            attempts.append(
                Attempt(line["id"], line["sent"], line["answered"], line["detail"], line["source_port"])
            )
            progress()
        return attempts

    async def disguise(self, mac: str) -> None:
        """Give the spot's interface another MAC address."""
        await self._ask({"do": "mac", "address": mac}, 30)

    async def seen(self) -> Witness:
        """Return what arrived at the spot until now."""
        told = await self._ask({"do": "seen"}, 60)
        arrivals = tuple(Arrival(spot=self.spot.name, **arrival) for arrival in told["arrivals"])
        return Witness(self.spot.name, self.records, told["heard"], arrivals, self._occupied)

    async def stop(self) -> None:
        """End the agent, also one that does not listen any more."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 3)
        except TimeoutError:
            process.kill()
            await process.wait()

    def _job(self, probe: Probe, macs: dict[str, str]) -> dict[str, object]:
        job: dict[str, object] = {"id": probe.id, "nonce": probe.nonce, "target": str(probe.goal.address)}
        if probe.trick is Trick.SPOOFED:
            return job | {"by": "packet", "bytes": forge.packet(probe).hex()}
        if probe.trick in (Trick.TAGGED, Trick.DOUBLE_TAGGED):
            forged = forge.frame(probe, self.mac, macs.get(probe.goal.name, ""))
            return job | {"by": "frame", "bytes": forged.hex()}
        return job | {"by": probe.protocol, "port": probe.port}

    async def _ask(self, order: dict[str, object], patience_s: float) -> dict[str, Any]:
        await self._say(order)
        return await self._hear(patience_s)

    async def _say(self, order: dict[str, object]) -> None:
        if self._process is None or self._process.stdin is None:
            raise AgentError(f"{self.spot.name}: the agent is not running")
        try:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            await self._process.stdin.drain()
        except ConnectionError:
            raise AgentError(f"{self.spot.name}: {await self._last_words()}") from None

    async def _hear(self, patience_s: float) -> dict[str, Any]:
        if self._process is None or self._process.stdout is None:
            raise AgentError(f"{self.spot.name}: the agent is not running")
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), patience_s)
        except TimeoutError:
            raise AgentError(f"{self.spot.name}: the agent has been silent for {patience_s:.0f} s") from None
        if not line:
            raise AgentError(f"{self.spot.name}: {await self._last_words()}")
        try:
            told: dict[str, Any] = json.loads(line)
        except ValueError:  # a login banner, a shell's complaint
            raise AgentError(f"{self.spot.name}: the agent's machine says {line[:80]!r}") from None
        if told["is"] == "error":
            raise AgentError(f"{self.spot.name}: {told['error']}")
        return told

    async def _last_words(self) -> str:
        assert self._process is not None
        assert self._process.stderr is not None
        assert self._process.stdout is not None
        for stream in (self._process.stderr, self._process.stdout):
            if said := (await stream.read()).decode(errors="replace").strip().splitlines():
                return said[-1]
        return f"the agent ended with exit code {await self._process.wait()}"
