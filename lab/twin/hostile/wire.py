"""Put bytes on a connection as a device would: no faster than the client reads, and gone before the connection is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

OK = b"HTTP/1.1 200 OK\r\n"
SOAP = b"Content-Type: application/soap+xml; charset=utf-8\r\n"
CLOSE = b"Connection: close\r\n"
ENVELOPE = (
    b'<?xml version="1.0"?><env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"><env:Body>'
)
ENVELOPE_END = b"</env:Body></env:Envelope>"

_BUFFERED = 1 << 18  # what may wait in this process for a slow reader


class Connected(Protocol):
    """Whatever has a connection: an encounter over HTTP or RTSP."""

    @property
    def transport(self) -> asyncio.Transport:
        """The raw connection."""
        ...


def length(size: int) -> bytes:
    """Return the Content-Length header."""
    return b"Content-Length: %d\r\n" % size


def chunk(data: bytes) -> bytes:
    """Return ``data`` as one chunk (RFC 9112, 7.1)."""
    return b"%x\r\n%s\r\n" % (len(data), data)


async def send(encounter: Connected, *parts: bytes) -> None:
    """Send ``parts`` and wait until the kernel has them, then close."""
    encounter.transport.write(b"".join(parts))
    await flushed(encounter)


async def reply(encounter: Connected, body: bytes, *headers: bytes, status: bytes = OK) -> None:
    """Send a whole and honestly framed reply, and close."""
    await send(encounter, status, *(headers or (SOAP,)), CLOSE, length(len(body)), b"\r\n", body)


async def pour(encounter: Connected, pieces: Iterable[bytes], pause_s: float = 0) -> None:
    """Send pieces one by one for as long as the client stays, at most as fast as it reads."""
    transport = encounter.transport
    for piece in pieces:
        await _while(lambda: transport.get_write_buffer_size() > _BUFFERED and not transport.is_closing())
        if transport.is_closing():
            return
        transport.write(piece)
        await asyncio.sleep(pause_s)


async def silence(encounter: Connected) -> None:
    """Say nothing more until the client hangs up."""
    await _while(lambda: not encounter.transport.is_closing(), every_s=0.2)


async def flushed(encounter: Connected) -> None:
    """Wait until everything is sent, and close."""
    transport = encounter.transport
    await _while(lambda: transport.get_write_buffer_size() > 0 and not transport.is_closing())
    transport.close()
    # abort() right after close() would throw away what the kernel has not sent yet.
    await asyncio.sleep(0.05)


async def _while(waiting: Callable[[], bool], every_s: float = 0.01) -> None:
    while waiting():  # noqa: ASYNC110 - a transport that is not ours tells none of this by an event
        await asyncio.sleep(every_s)
