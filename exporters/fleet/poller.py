"""Probe every device of one module, each in its own turn, and never let one delay another (H4).

Devices that did not answer last time wait for a free place among themselves: a uplink that takes half of the estate with
it fills their lane with time-outs, not that of the healthy ones.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable

from exporters.config import ModuleConfig
from exporters.fleet.board import Board
from exporters.fleet.figures import Figures
from exporters.fleet.schedule import Agenda
from exporters.probe import Prober, Result, Verdict, identity, run_probe
from exporters.services import Services
from nanxi.register.model import TOUCHABLE, Device

#: Last verdicts with which a device waits in the lane of those that may hang.
_SUSPECT = frozenset({Verdict.UNREACHABLE, Verdict.HOSTILE})

Observer = Callable[[str, Device, Result], None]
#: Is told of a device that answered last time and does not now, or the other way round: the module, its host name, lost.
Turned = Callable[[str, str, bool], None]


def polled(devices: Iterable[Device], module: ModuleConfig) -> list[Device]:
    """Return the devices of a module that are in use, have an address and are spoken to themselves.

    In repair a device is at the workshop: probing it would only spend time-outs. Of an analog camera there is a picture, at
    its encoder or at the gate of this host, and nothing else to ask.
    """

    def has(one: Device) -> bool:
        return (one.ipv4 is not None and one.spoken_to) or (module.looks and one.pictured)

    return [one for one in devices if one.kind in module.kinds and one.state in TOUCHABLE and has(one)]


class Poller:
    """One module's loop.

    Args:
        name: of the module in the configuration.
        module: its configuration.
        prober: what it runs.
        services: what probes share.
        observer: is told of every result (the history).
        turned: is told of every device that stops answering or begins to (the other modules' pollers).
    """

    def __init__(
        self,
        name: str,
        module: ModuleConfig,
        prober: Prober,
        services: Services,
        observer: Observer | None = None,
        *,
        turned: Turned | None = None,
    ) -> None:
        self.name = name
        self.module = module
        self.board = Board(name, module.interval_s)
        self.figures = Figures(name, module.interval_s)
        self._prober = prober
        self._services = services
        self._observer = observer
        self._turned = turned
        self._agenda = Agenda(name, module.interval_s, module.first_within_s)
        self._devices: dict[str, Device] = {}
        self._lanes = {suspect: asyncio.Semaphore(module.concurrency) for suspect in (False, True)}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._doubted: set[str] = set()
        self._changed = asyncio.Event()

    def refresh(self) -> None:
        """Take the devices from the estate in use; call it after every reload."""
        self._devices = {one.host: one for one in polled(self._services.candidates(self.module), self.module)}
        self._agenda.set_hosts(self._devices, time.monotonic())
        self.board.set_devices(map(identity, self._devices.values()))
        self.figures.set_devices(len(self._devices))
        self._changed.set()

    def doubt(self, host: str) -> None:
        """Look at a device now: another module lost it or found it again, or it may be why others are lost (H1).

        Call-ups come every five minutes. Without this a camera that is dead to ONVIF would count as heard for so long. What
        is being looked at is looked at again: the look began before the doubt.
        """
        if host in self._running:
            self._doubted.add(host)
        else:
            self._again(host, 0.0)

    def _again(self, host: str, seconds: float) -> None:
        self._agenda.recheck(host, time.monotonic() + seconds)
        self._changed.set()

    async def run(self) -> None:
        """Poll until cancelled; probes under way are then cancelled too."""
        self.refresh()
        try:
            while True:
                self._changed.clear()
                due = self._agenda.next_due()
                wait = None if due is None else max(0.0, due - time.monotonic())
                try:
                    async with asyncio.timeout(wait):
                        await self._changed.wait()
                except TimeoutError:
                    self._start_due()
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _start_due(self) -> None:
        for due, host in self._agenda.pop(time.monotonic()):
            if host in self._running:
                self.figures.skipped += 1
                continue
            task = asyncio.create_task(self._probe(host, due))
            self._running[host] = task
            task.add_done_callback(lambda _, host=host: self._ended(host))

    def _ended(self, host: str) -> None:
        self._running.pop(host, None)
        if host in self._doubted:
            self._doubted.discard(host)
            self._again(host, 0.0)

    async def _probe(self, host: str, due: float) -> None:
        before = self.board.verdict(host)
        suspect = before in _SUSPECT
        async with self._lanes[suspect]:
            device = self._devices.get(host)
            if device is None:  # left the register while it waited
                return
            self.figures.began(None if suspect else time.monotonic() - due)
            result = None
            try:
                result = await run_probe(
                    self._prober, device, self.module, self._services, self.module.deadline_s
                )
            finally:
                self.figures.ended(
                    result.verdict if result else "cancelled", result.duration_s if result else 0
                )
        self.board.put(host, result)
        if result.verdict.success is False and before is Verdict.OK:
            self._again(host, self.module.recheck_s)
        lost = before is Verdict.OK and result.verdict is Verdict.UNREACHABLE
        if self._turned and (lost or (before is Verdict.UNREACHABLE and result.verdict is Verdict.OK)):
            self._turned(self.name, host, lost)
        if self._observer:
            self._observer(self.name, device, result)
