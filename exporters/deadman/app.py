"""The switch as a web application: ``POST /beat/NAME`` and ``/metrics``, which Prometheus watches in turn."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from exporters.deadman import message
from exporters.deadman.config import DeadmanConfig
from exporters.deadman.heart import Heart
from exporters.deadman.notify import Notifier
from exporters.fleet.board import grouped
from exporters.signals import Samples
from exporters.signals.exposition import text
from exporters.web.auth import authenticated
from exporters.web.on_request import TEXT
from exporters.web.toolkit import WebConfig

_BODY_LIMIT = 256 << 10
_LOOK_S = 1.0


class Deadman:
    """One process: hearts by name, and who is told.

    Args:
        config: the file.
        now: seconds on a clock that nobody sets.
    """

    def __init__(self, config: DeadmanConfig, now: Callable[[], float] = time.monotonic) -> None:
        self.config = config
        self._now = now
        self.hearts = {
            name: Heart(one.within_s, config.repeat_s, now()) for name, one in config.beats.items()
        }
        self.notifier = Notifier(config.notify, config.notify_timeout_s, config.retry_s)
        self._told: Counter[str] = Counter()

    def app(self, access: WebConfig | None = None) -> web.Application:
        """Return the application; with users in ``access`` every page needs a password."""
        users = access.basic_auth_users if access else {}
        app = web.Application(
            middlewares=[authenticated(users)] if users else [], client_max_size=_BODY_LIMIT
        )
        app.cleanup_ctx.append(self._work)
        app.add_routes([web.post("/beat/{name}", self._beat), web.get("/metrics", self._metrics)])
        return app

    def look(self) -> None:
        """Tell what there is to tell now."""
        now = self._now()
        for name, heart in self.hearts.items():
            for event in heart.look(now):
                self._tell(event.value, message.of_event(event, name, heart.age(now), self.config.language))

    async def _work(self, _: web.Application) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(one) for one in (self._looking(), self.notifier.run())]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _looking(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(_LOOK_S)

    def _tell(self, event: str, what: str) -> None:
        self._told[event] += 1
        self.notifier.tell(event, what)

    async def _beat(self, request: web.Request) -> web.Response:
        heart = self.hearts.get(request.match_info["name"])
        if heart is None:
            raise web.HTTPNotFound(text=f"there are the beats {', '.join(self.hearts)}\n")
        try:
            said = message.read(await request.read())
        except message.MessageError as error:
            raise web.HTTPBadRequest(text=f"{error}\n") from None
        for mark in said.marks:
            heart.beat(mark, self._now())
        for alert in said.alerts:
            self._tell("alert", message.of_alert(alert, self.config.language))
        return web.Response(text="ok\n")

    async def _metrics(self, _: web.Request) -> web.Response:
        samples, now = Samples(), self._now()
        for name, heart in self.hearts.items():
            samples.add("nanxi_deadman_beat_age_seconds", heart.age(now), beat=name)
        for event in ("alert", "back", "stopped"):
            samples.add("nanxi_deadman_notices_total", self._told[event], event=event)
        samples.add("nanxi_deadman_notify_failures_total", self.notifier.failures)
        lines = ((one.signal.name, one.line) for one in samples)
        return web.Response(body=text(grouped([lines])), headers={"Content-Type": TEXT})
