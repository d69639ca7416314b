"""Ordinary brokenness: silence, a page instead of a reply, half a reply, a reply without end."""

from __future__ import annotations

import asyncio
import itertools

from lab.twin.hostile.registry import Encounter, behaviour

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml; charset=utf-8\r\n"
_ENVELOPE = (
    b'<?xml version="1.0"?><env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"><env:Body>'
)


@behaviour("hang")
async def hang(encounter: Encounter) -> None:
    """Read the request and never answer (O19)."""
    while not encounter.transport.is_closing():
        await asyncio.sleep(0.2)


@behaviour("reset")
async def reset(_: Encounter) -> None:
    """Cut the connection instead of answering."""


@behaviour("html")
async def html(encounter: Encounter) -> None:
    """Answer with a web page and status 200, as a device does whose ONVIF service is off."""
    body = b"<!DOCTYPE html><html><head><title>Web Service</title></head><body>Please log in</body></html>"
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
        % len(body)
    )
    encounter.transport.write(head + body)
    await _flushed(encounter)


@behaviour("empty")
async def empty(encounter: Encounter) -> None:
    """Answer OK with no body at all."""
    encounter.transport.write(_HEAD + b"Connection: close\r\nContent-Length: 0\r\n\r\n")
    await _flushed(encounter)


@behaviour("half-reply")
async def half_reply(encounter: Encounter) -> None:
    """Promise more bytes than come, and hang up."""
    encounter.transport.write(_HEAD + b"Content-Length: 4000\r\n\r\n" + _ENVELOPE)
    await _flushed(encounter)


@behaviour("endless")
async def endless(encounter: Encounter) -> None:
    """Answer without end, in chunks, as fast as the client reads."""
    encounter.transport.write(
        _HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(_ENVELOPE) + _ENVELOPE + b"\r\n"
    )
    chunk = b"<a>" + b"x" * 16377 + b"</a>"
    for _ in itertools.count():
        if encounter.transport.is_closing():
            return
        if encounter.transport.get_write_buffer_size() < 1 << 18:
            encounter.transport.write(b"%x\r\n" % len(chunk) + chunk + b"\r\n")
            await asyncio.sleep(0)
        else:
            await asyncio.sleep(0.01)


async def _flushed(encounter: Encounter) -> None:
    while encounter.transport.get_write_buffer_size() and not encounter.transport.is_closing():
        await asyncio.sleep(0.01)
    encounter.transport.close()
    # abort() right after close() would throw away what the kernel has not sent yet.
    await asyncio.sleep(0.05)
