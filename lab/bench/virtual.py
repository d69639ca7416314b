"""The poller in time that passes as fast as it can: the real code, a day in some seconds, on links that lose packets."""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address
from types import SimpleNamespace
from typing import Any
from unittest import mock

from exporters.config import ModuleConfig
from exporters.fleet.board import Board
from exporters.fleet.poller import Observer, Poller
from exporters.probe import Prober, Task, Verdict
from exporters.reach import probe as reach
from nanxi.county.model import Network, PointClass
from nanxi.devices.errors import UnreachableError
from nanxi.register.model import Camera, State

#: As nanxi/devices/http/transport.py has it: a connection that takes longer is none.
_CONNECT_S = 3.0
#: Linux: when a SYN without an answer is sent again, seconds after the first.
_SYN_S = (0.0, 1.0, 3.0)
_EXCHANGES = 6  # requests of one ONVIF probe
_CALL_UP_S = 2.5


class _Leap(selectors.DefaultSelector):
    """Waits for nothing: time leaps to the next timer."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


def run(work: Callable[[Callable[[], float]], Coroutine[Any, Any, None]]) -> None:
    """Run ``work``, which is given the clock, in a loop whose time is not the world's."""
    leap = _Leap()
    loop = asyncio.SelectorEventLoop(leap)
    loop.time = lambda: leap.now  # type: ignore[method-assign]
    clock = SimpleNamespace(monotonic=lambda: leap.now, time=lambda: leap.now)
    with mock.patch("exporters.fleet.poller.time", clock), mock.patch("exporters.probe.time", clock):
        try:
            loop.run_until_complete(work(clock.monotonic))
        finally:
            loop.close()


@dataclass(frozen=True)
class Link:
    """A network between the poller and every camera. ``dead`` says of a camera and a time whether nothing answers."""

    loss: float  # of each packet, one way
    jitter_s: float  # of each packet, one way, uniform
    dead: Callable[[str, float], bool]
    dice: random.Random

    def connect_s(self) -> float | None:
        """Return how long a connection takes, None when it takes too long."""
        for sent in _SYN_S:
            took = sent + self._trip() + self._trip()
            if not self._lost() and took <= _CONNECT_S:
                return took
        return None

    def exchange_s(self) -> float:
        """Return how long a request and its reply take; lost ones are sent again by TCP."""
        took, again = 0.0, 0.2 + 2 * self.jitter_s
        while self._lost():
            took += again
            again *= 2
        return took + self._trip() + self._trip()

    def _trip(self) -> float:
        return self.dice.random() * self.jitter_s

    def _lost(self) -> bool:
        return self.dice.random() < 1 - (1 - self.loss) ** 2


def camera(number: int) -> Camera:
    """Return a class 1 camera."""
    return Camera(
        unit="unit", serial=number, code=f"330324010013{number:08d}", name="点", state=State.ACCEPTED, vendor="generic",
        network=Network.PUBLIC, ipv4=IPv4Address("127.0.0.1"), point_class=PointClass.CLASS_1, place="点",
    )  # fmt: skip


def pollers(
    cameras: list[Camera],
    modules: Mapping[str, ModuleConfig],
    link: Link,
    now: Callable[[], float],
    observer: Observer,
) -> dict[str, Poller]:
    """Return the pollers of ``modules``, joined as the exporter joins them."""
    made: dict[str, Poller] = {}

    def turned(name: str, host: str, _: bool) -> None:
        for other, poller in made.items():
            if other != name:
                poller.doubt(host)

    services: Any = SimpleNamespace(candidates=lambda _: cameras)
    for name, module in modules.items():
        probe = _reach(link, now) if name == "reach" else _prober(name, link, now)
        made[name] = Poller(name, module, probe, services, observer, turned=turned)
        made[name].board = Board(name, module.interval_s, now)
    return made


@asynccontextmanager
async def running(made: Mapping[str, Poller]) -> AsyncIterator[None]:
    """Run pollers while the block waits."""
    tasks = [asyncio.get_running_loop().create_task(poller.run()) for poller in made.values()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _prober(name: str, link: Link, now: Callable[[], float]) -> Prober:
    async def probe(task: Task) -> Verdict:
        host = task.device.host
        took = None if link.dead(host, now()) else link.connect_s()
        await asyncio.sleep(_CONNECT_S if took is None else took)
        if took is None:
            raise UnreachableError("no connection in time")
        for _ in range(_EXCHANGES):
            await asyncio.sleep(link.exchange_s())
            if link.dead(host, now()):
                await asyncio.sleep(3600)  # the deadline ends it
        if name == "rtsp":
            await asyncio.sleep(_CALL_UP_S)
        return Verdict.OK

    return probe


def _reach(link: Link, now: Callable[[], float]) -> Prober:
    async def probe(task: Task) -> Verdict:
        took = None if link.dead(task.device.host, now()) else link.connect_s()
        if took is None or took > reach.HEAD_START_S:
            second = None if link.dead(task.device.host, now()) else link.connect_s()
            took = min(
                (one for one in (took, second and second + reach.HEAD_START_S) if one),
                default=reach.CONNECT_S,
            )
        await asyncio.sleep(min(took, reach.CONNECT_S))
        if took >= reach.CONNECT_S:
            raise UnreachableError("no connection in time")
        return Verdict.OK

    return probe
