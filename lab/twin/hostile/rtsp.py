"""What a mean RTSP server does. ``RtspTraits.misbehaves`` names these; what the traits can say themselves is there.

The project's RTSP client, the gate, is tested against all of them; clients of others meet them as they are.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from lab.twin.hostile.wire import pour, send, silence


@dataclass(frozen=True, slots=True)
class RtspEncounter:
    """One RTSP request that meets a behaviour; ``honest`` gives the bytes of the honest response."""

    transport: asyncio.Transport
    cseq: str
    options: Mapping[str, float | str]
    honest: Callable[[], Awaitable[bytes]]

    def text(self, option: str, default: str = "") -> str:
        """Return an option that is text; its characters are bytes."""
        return str(self.options.get(option, default))


RtspBehaviour = Callable[[RtspEncounter], Awaitable[None]]
RTSP_BEHAVIOURS: dict[str, RtspBehaviour] = {}

_FRAME = re.compile(rb"Content-Length: \d+")


def _behaviour(name: str) -> Callable[[RtspBehaviour], RtspBehaviour]:
    def register(function: RtspBehaviour) -> RtspBehaviour:
        RTSP_BEHAVIOURS[name] = function
        return function

    return register


async def meet_rtsp(name: str, encounter: RtspEncounter) -> None:
    """Let a request meet a behaviour, and close the connection; after ``rewrite`` it goes on, so that lies are believed.

    Raises:
        KeyError: no behaviour has that name.
    """
    try:
        await RTSP_BEHAVIOURS[name](encounter)
    finally:
        if name != "rewrite":
            encounter.transport.abort()


@_behaviour("answer")
async def answer(encounter: RtspEncounter) -> None:
    """Send option ``raw``; ``{cseq}`` is the request's own number."""
    await send(encounter, encounter.text("raw").replace("{cseq}", encounter.cseq).encode("latin-1"))


@_behaviour("flood")
async def flood(encounter: RtspEncounter) -> None:
    """Send option ``start`` and then option ``piece`` without end."""
    start = encounter.text("start").replace("{cseq}", encounter.cseq).encode("latin-1")
    piece = encounter.text("piece").encode("latin-1")
    await pour(encounter, itertools.chain([start], itertools.repeat(piece * (4096 // len(piece) + 1))))


@_behaviour("slow")
async def slow(encounter: RtspEncounter) -> None:
    """Send the honest response, one byte a second."""
    await pour(encounter, (bytes([byte]) for byte in await encounter.honest()), pause_s=1)


@_behaviour("rewrite")
async def rewrite(encounter: RtspEncounter) -> None:
    """Replace option ``pattern`` by option ``by`` in the honest response; its length is made right again."""
    response = await encounter.honest()
    by = encounter.text("by").encode("latin-1")
    altered = re.sub(encounter.text("pattern").encode("latin-1"), lambda _: by, response)
    body = altered.partition(b"\r\n\r\n")[2]
    encounter.transport.write(_FRAME.sub(b"Content-Length: %d" % len(body), altered))


@_behaviour("interleaved")
async def interleaved(encounter: RtspEncounter) -> None:
    """Answer honestly and then send option ``raw`` where interleaved frames belong, and nothing more (RFC 2326, 10.12)."""
    encounter.transport.write(await encounter.honest() + encounter.text("raw").encode("latin-1"))
    await silence(encounter)


@_behaviour("interleaved-flood")
async def interleaved_flood(encounter: RtspEncounter) -> None:
    """Answer honestly and then send option ``raw`` without end."""
    piece = encounter.text("raw").encode("latin-1")
    await pour(encounter, itertools.chain([await encounter.honest()], itertools.repeat(piece * 64)))
