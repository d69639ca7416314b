"""Behaviours of devices that are broken or mean. A behaviour is one small function, registered by its name.

It gets the raw transport, so that it may send what no HTTP library would. When it returns, the connection is closed.
Profiles, quirks and the control socket name behaviours; ``operations`` says which requests meet them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from lab.twin.twin import Twin


@dataclass(frozen=True, slots=True)
class Encounter:
    """One request that meets a behaviour."""

    twin: Twin
    operation: str  # prefixed name, or "GET /path"
    transport: asyncio.Transport
    options: Mapping[str, float | str]
    asked: bytes  # the request's body
    honest: Callable[[], web.Response]  # what the device would have answered, sign-in checked

    def text(self, option: str, default: str = "") -> str:
        """Return an option that is text."""
        return str(self.options.get(option, default))

    def number(self, option: str, default: int) -> int:
        """Return an option that is a whole number."""
        return int(self.options.get(option, default))


Behaviour = Callable[[Encounter], Awaitable[None]]
BEHAVIOURS: dict[str, Behaviour] = {}


def behaviour(name: str) -> Callable[[Behaviour], Behaviour]:
    """Register a function as the behaviour ``name``."""

    def register(function: Behaviour) -> Behaviour:
        BEHAVIOURS[name] = function
        return function

    return register


async def meet(name: str, encounter: Encounter) -> None:
    """Let a request meet a behaviour, and close the connection.

    Raises:
        KeyError: no behaviour has that name.
    """
    try:
        await BEHAVIOURS[name](encounter)
    finally:
        encounter.transport.abort()
