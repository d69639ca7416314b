"""The exporter as a web application: routes, and the pollers that live as long as it does."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from exporters import __version__
from exporters.collectors import Collection
from exporters.config import Config
from exporters.fleet.board import grouped
from exporters.fleet.poller import Poller
from exporters.fleet.suspects import Suspects
from exporters.gate.follow import follow
from exporters.probers import PROBERS
from exporters.services import Services
from exporters.signals import Samples
from exporters.signals.exposition import text
from exporters.snmp import access as snmp
from exporters.targets import targets
from exporters.traps.receiver import TrapReceiver
from exporters.traps.summons import Summons
from exporters.web import pages
from exporters.web.auth import authenticated
from exporters.web.history import History
from exporters.web.on_request import TEXT, ProbeHandler
from exporters.web.toolkit import WebConfig
from nanxi.register.model import Device

#: Nobody posts anything to an exporter.
_BODY_LIMIT = 1024


class Exporter:
    """One process: pollers, collectors, and what they last found."""

    def __init__(self, config: Config, services: Services) -> None:
        self.config = config
        self.services = services
        self.history = History(config.history)
        self._suspects = Suspects(services.estate.devices.values())
        self.pollers = {
            name: Poller(name, module, PROBERS[module.prober], services, self.history.add, turned=self._look)
            for name, module in config.modules.items()
            if module.poll
        }
        self.collections = {
            name: Collection(name, interval_s, services) for name, interval_s in config.collectors.items()
        }
        self.traps: TrapReceiver | None = None
        self._own = CollectorRegistry()
        ProcessCollector(registry=self._own)
        PlatformCollector(registry=self._own)
        GCCollector(registry=self._own)

    def app(self, access: WebConfig | None = None) -> web.Application:
        """Return the application; with users in ``access`` every page needs a password."""
        users = access.basic_auth_users if access else {}
        app = web.Application(
            middlewares=[authenticated(users)] if users else [], client_max_size=_BODY_LIMIT
        )
        app.cleanup_ctx.append(self._work)
        app.add_routes(
            [
                web.get("/", self._index),
                web.get("/metrics", self._metrics),
                web.get("/probe", ProbeHandler(self.config, self.services, self.history).answer),
                web.get("/targets", self._targets),
                web.get("/history", self._history),
                web.get("/-/healthy", self._healthy),
                web.post("/-/reload", self._reload),
            ]
        )
        return app

    async def reload(self) -> bool:
        """Read register and credentials anew; return whether they were good."""
        good = await asyncio.to_thread(self.services.reload)
        self._suspects = Suspects(self.services.estate.devices.values())
        for poller in self.pollers.values():
            poller.refresh()
        if self.traps:
            self.traps.refresh()
        for collection in self.collections.values():
            await collection.once()
        return good

    def _look(self, name: str, host: str, lost: bool) -> None:
        """Let the other modules look at a device that one of them lost or found, and all at what may be a loss's cause (H2)."""
        device = self.services.estate.devices.get(host)
        behind = self._suspects.of(device) if device and lost else frozenset[str]()
        for other, poller in self.pollers.items():
            for one in behind if other == name else {host, *behind}:
                poller.doubt(one)

    def _look_at_agent(self, host: str) -> None:
        """Ask a device's agent now: it said by itself that something changed."""
        for poller in self.pollers.values():
            if poller.module.prober == "snmp":
                poller.doubt(host)

    async def metrics(self) -> bytes:
        """Return everything: this process, its pollers, and the last result of every device.

        Joining a county's lines takes some tenths of a second: in a thread it makes no probe late. What changes while it
        is read (the pollers' own figures) is taken before.
        """
        own = list(self._self_lines())
        return await asyncio.to_thread(self._render, own)

    def _render(self, own: list[tuple[str, str]]) -> bytes:
        parts: list[Iterable[tuple[str, str]]] = [own]
        parts += [poller.board.lines() for poller in self.pollers.values()]
        parts += [collection.lines for collection in self.collections.values()]
        return generate_latest(self._own) + text(grouped(parts))

    def _self_lines(self) -> Iterator[tuple[str, str]]:
        about = Samples()
        about.add("nanxi_exporter_info", 1, version=__version__)
        for poller in self.pollers.values():
            about.extend(poller.figures.samples())
        if self.traps:
            about.extend(self.traps.samples())
        return ((sample.signal.name, sample.line) for sample in about)

    async def _work(self, _: web.Application) -> AsyncIterator[None]:
        for collection in self.collections.values():
            await collection.once()
        loops: list[Coroutine[None, None, None]] = [poller.run() for poller in self.pollers.values()]
        if where := self.config.traps:
            access = snmp.load(self.services.passwords.folder)
            summons = Summons(self._look_at_agent, asyncio.get_running_loop().call_later)
            self.traps = TrapReceiver(
                str(where.address),
                where.port,
                self._devices,
                access,
                engine=self.services.keys.last_engine,
                heard=summons.told,
            )
            loops.append(self.traps.run())
        if here := [one for one in self.pollers.values() if one.module.which == "recorded_here"]:
            loops.append(follow(self.services, here))
        loops += [collection.run() for collection in self.collections.values()]
        tasks = [asyncio.create_task(loop) for loop in loops]
        yield
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)

    def _devices(self) -> dict[str, Device]:
        return {one.host: one for one in self.services.watched()}

    async def _metrics(self, request: web.Request) -> web.Response:
        body = await self.metrics()
        headers = {"Content-Type": TEXT}
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            # Some 20 MB at county size: compressed in a thread, and as lightly as it goes.
            body = await asyncio.to_thread(_gzip, body)
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=body, headers=headers)

    async def _targets(self, request: web.Request) -> web.Response:
        name = request.query.get("module", "")
        if name not in self.config.modules:
            raise web.HTTPBadRequest(text=f"?module= is one of {', '.join(self.config.modules)}\n")
        module = self.config.modules[name]
        return web.json_response(
            targets(self.services.candidates(module), self.services.estate, name, module)
        )

    async def _index(self, _: web.Request) -> web.Response:
        return web.Response(text=pages.index(self.config, self.history.all()), content_type="text/html")

    async def _history(self, request: web.Request) -> web.Response:
        number = request.query.get("id", "")
        one = self.history.get(int(number)) if number.isascii() and number.isdigit() else None
        if one is None:
            raise web.HTTPNotFound(text="no such probe is remembered\n")
        return web.Response(text=pages.log(one))

    async def _healthy(self, _: web.Request) -> web.Response:
        return web.Response(text="Healthy.\n")

    async def _reload(self, _: web.Request) -> web.Response:
        good = await self.reload()
        return web.Response(status=200 if good else 500, text="reloaded\n" if good else "see the log\n")


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(body) + packer.flush()
