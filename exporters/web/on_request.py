"""``/probe?module=MODULE&target=HOST``: one probe on request, with Prometheus's own time limit.

The target is a host name of the register and nothing else. An address, a URL, a name of another case are refused before
any packet leaves (S6).
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from exporters.config import Config, ModuleConfig
from exporters.fleet.poller import polled
from exporters.probe import Prober, Result, identity, run_probe, told
from exporters.probers import PROBERS
from exporters.services import Services
from exporters.signals.exposition import SampleCollector
from exporters.web.history import History
from nanxi.register.model import Device

SCRAPE_TIMEOUT = "X-Prometheus-Scrape-Timeout-Seconds"
TEXT = "text/plain; version=0.0.4; charset=utf-8"


def limit(header: str | None, offset_s: float, deadline_s: float) -> float:
    """Return how long a probe may take: the module's deadline, or less so that the answer still arrives (S3).

    Raises:
        ValueError: the header is no number of seconds.
    """
    if header is None:
        return deadline_s
    seconds = float(header)
    if not math.isfinite(seconds) or seconds <= 0:
        raise ValueError(header)
    return min(deadline_s, seconds - offset_s if seconds > offset_s else seconds / 2)


@dataclass
class ProbeHandler:
    """Answers ``/probe``; one device is probed by one request at a time."""

    config: Config
    services: Services
    history: History
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.Response:
        """Run a probe with a registry of its own and give its metrics, or with ``debug=true`` its log, too."""
        name, host = request.query.get("module", ""), request.query.get("target", "")
        module = self.config.modules.get(name)
        if module is None:
            raise web.HTTPBadRequest(text=f"unknown module; there are {', '.join(self.config.modules)}\n")
        device = self._target(host, module)
        try:
            seconds = limit(
                request.headers.get(SCRAPE_TIMEOUT), self.config.timeout_offset_s, module.deadline_s
            )
        except ValueError:
            raise web.HTTPBadRequest(text=f"{SCRAPE_TIMEOUT} is not a number of seconds\n") from None
        result = await self._probe(PROBERS[module.prober], device, module, seconds)
        self.history.add(name, device, result)
        body = exposition(name, device, result)
        if request.query.get("debug") == "true":
            return web.Response(text="\n".join([*result.log.lines, "", body.decode()]))
        return web.Response(body=body, headers={"Content-Type": TEXT})

    def _target(self, host: str, module: ModuleConfig) -> Device:
        device = self.services.device(host)
        if device is None:
            raise web.HTTPBadRequest(text="target must be the host name of a device of the register\n")
        if not polled([device], module):
            raise web.HTTPBadRequest(
                text=f"{host} ({device.kind.value}, {device.state.value}) is not probed by this module\n"
            )
        return device

    async def _probe(self, prober: Prober, device: Device, module: ModuleConfig, seconds: float) -> Result:
        lock = self._locks.setdefault(device.host, asyncio.Lock())
        try:
            async with asyncio.timeout(seconds):
                await lock.acquire()
        except TimeoutError:
            raise web.HTTPServiceUnavailable(text=f"{device.host} is being probed already\n") from None
        try:
            return await run_probe(prober, device, module, self.services, seconds)
        finally:
            lock.release()


def exposition(name: str, device: Device, result: Result) -> bytes:
    """Return one probe's metrics, with ``probe_success`` as Prometheus's own exporters have it."""
    registry = CollectorRegistry()
    success = result.verdict.success
    if success is not None:
        Gauge("probe_success", "1 when the probe got what it came for.", registry=registry).set(success)
    Gauge("probe_duration_seconds", "Seconds that the probe took.", registry=registry).set(result.duration_s)
    registry.register(SampleCollector(told(name, identity(device), result)))
    return generate_latest(registry)
