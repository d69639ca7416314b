"""Ordinary brokenness: silence, something else than a reply, half a reply, a reply without end."""

from __future__ import annotations

import itertools

from lab.twin.hostile.registry import Encounter, behaviour
from lab.twin.hostile.wire import CLOSE, ENVELOPE, OK, SOAP, chunk, length, pour, reply, send, silence


@behaviour("hang")
async def hang(encounter: Encounter) -> None:
    """Read the request and never answer (O19)."""
    await silence(encounter)


@behaviour("reset")
async def reset(_: Encounter) -> None:
    """Cut the connection instead of answering."""


@behaviour("html")
async def html(encounter: Encounter) -> None:
    """Answer with a web page and status 200, as a device does whose ONVIF service is off."""
    page = b"<!DOCTYPE html><html><head><title>Web Service</title></head><body>Please log in</body></html>"
    await reply(encounter, page, b"Content-Type: text/html\r\n")


@behaviour("json")
async def json(encounter: Encounter) -> None:
    """Answer in the language of another API."""
    body = b'{"error":{"code":0x120001,"message":"unauthorized"}}'
    await reply(encounter, body, b"Content-Type: application/json\r\n")


@behaviour("picture")
async def picture(encounter: Encounter) -> None:
    """Answer with bytes that are no text at all, and call them SOAP."""
    await reply(encounter, b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 16)


@behaviour("empty")
async def empty(encounter: Encounter) -> None:
    """Answer OK with no body at all."""
    await reply(encounter, b"")


@behaviour("status")
async def status(encounter: Encounter) -> None:
    """Answer with option ``line`` as status line and no body: 204, 101, 999, words for a number."""
    await send(encounter, encounter.text("line").encode(), b"\r\n", CLOSE, length(0), b"\r\n")


@behaviour("half-reply")
async def half_reply(encounter: Encounter) -> None:
    """Promise more bytes than come, and hang up."""
    await send(encounter, OK, SOAP, length(4000), b"\r\n", ENVELOPE)


@behaviour("endless")
async def endless(encounter: Encounter) -> None:
    """Answer without end, in chunks, as fast as the client reads."""
    piece = chunk(b"<a>" + b"x" * 16377 + b"</a>")
    start = OK + SOAP + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(ENVELOPE)
    await pour(encounter, itertools.chain([start], itertools.repeat(piece)))


@behaviour("other-protocol")
async def other_protocol(encounter: Encounter) -> None:
    """Answer in option ``says``: SSH's banner, RTSP's status line, Telnet's negotiation."""
    await send(encounter, encounter.text("says").encode("latin-1"))


@behaviour("tls-alert")
async def tls_alert(encounter: Encounter) -> None:
    """Answer a plain request as a TLS stack does that listens on the HTTP port (alert 10, unexpected message)."""
    await send(encounter, bytes.fromhex("15030300020 20a".replace(" ", "")))
