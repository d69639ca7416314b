"""What is read from this host's files at an interval instead of from devices: register, guard, recordings.

Each collector is one function; it runs in a thread, so a slow disk makes no probe late.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping

from exporters.gate.collect import collect_gate
from exporters.guard.emit import held
from exporters.recorder.collect import collect_recorder
from exporters.register.emit import progress, row
from exporters.services import Services
from exporters.signals import Sample

_LOG = logging.getLogger(__name__)

Lines = tuple[tuple[str, str], ...]
Collect = Callable[[Services], Iterable[Sample]]


def collect_register(services: Services) -> Iterator[Sample]:
    """Give plan, register and every row."""
    devices = services.devices()
    yield from progress(services.estate, devices, services.loaded_at, services.findings)
    for device in devices:
        yield from row(device, services.estate)


def collect_guard(services: Services) -> Iterable[Sample]:
    """Give what the lock-out guard holds."""
    return held(services.guard.states(), {one.host: one for one in services.devices()})


COLLECTORS: Mapping[str, Collect] = {
    "register": collect_register,
    "guard": collect_guard,
    "recorder": collect_recorder,
    "gate": collect_gate,
}


class Collection:
    """Runs one collector at its interval and keeps its lines; none while it fails."""

    def __init__(self, name: str, interval_s: float, services: Services) -> None:
        self._name = name
        self._interval_s = interval_s
        self._services = services
        self.lines: Lines = ()

    async def run(self) -> None:
        """Collect until cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(self._interval_s)

    async def once(self) -> None:
        """Collect now. A failure empties the lines: old values must not pass for new ones."""
        try:
            self.lines = await asyncio.to_thread(self._collect)
        except Exception:  # noqa: BLE001 - one broken file empties this collector and touches no other
            _LOG.exception("collector %s", self._name)
            self.lines = ()

    def _collect(self) -> Lines:
        samples = COLLECTORS[self._name](self._services)
        return tuple((sample.signal.name, sample.line) for sample in samples)
