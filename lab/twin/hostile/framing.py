"""Honest words in a dishonest frame: lengths, chunks and headers that contradict RFC 9112."""

from __future__ import annotations

import itertools

from lab.twin.hostile.registry import Encounter, behaviour
from lab.twin.hostile.wire import CLOSE, OK, SOAP, chunk, flushed, pour, send, silence


def _honest(encounter: Encounter) -> bytes:
    body = encounter.honest().body
    assert isinstance(body, bytes)
    return body


@behaviour("headers")
async def headers(encounter: Encounter) -> None:
    """Frame the honest body with option ``headers``, where ``{length}`` stands for its true length."""
    body = _honest(encounter)
    lines = encounter.text("headers").format(length=len(body)).encode("latin-1")
    await send(encounter, OK, SOAP, lines, b"\r\n", body)


@behaviour("length-too-long")
async def length_too_long(encounter: Encounter) -> None:
    """Promise one byte more than comes and keep the connection open: the client waits for ever."""
    body = _honest(encounter)
    encounter.transport.write(OK + SOAP + b"Content-Length: %d\r\n\r\n" % (len(body) + 1) + body)
    await silence(encounter)


@behaviour("chunk-sizes")
async def chunk_sizes(encounter: Encounter) -> None:
    """Write option ``size`` where a chunk's size belongs: negative, not a number, 2**64."""
    size = encounter.text("size").encode()
    await send(
        encounter, OK, SOAP, b"Transfer-Encoding: chunked\r\n\r\n", size, b"\r\n", _honest(encounter), b"\r\n"
    )


@behaviour("endless-chunk-extension")
async def endless_chunk_extension(encounter: Encounter) -> None:
    """Never come to the end of the line that holds the chunk's size."""
    start = OK + SOAP + b"Transfer-Encoding: chunked\r\n\r\n5;x="
    await pour(encounter, itertools.chain([start], itertools.repeat(b"y" * 16384)))


@behaviour("endless-trailers")
async def endless_trailers(encounter: Encounter) -> None:
    """End the body properly and then send trailer fields without end."""
    start = OK + SOAP + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(_honest(encounter)) + b"0\r\n"
    await pour(encounter, itertools.chain([start], itertools.repeat(b"X-Trailer: " + b"y" * 1000 + b"\r\n")))


@behaviour("header-line")
async def header_line(encounter: Encounter) -> None:
    """One header of option ``bytes`` bytes before an honest body."""
    size, body = encounter.number("bytes", 1 << 20), _honest(encounter)
    encounter.transport.write(OK + SOAP + CLOSE + b"Content-Length: %d\r\nX-Long: " % len(body))
    await pour(encounter, itertools.repeat(b"y" * 16384, size // 16384))
    encounter.transport.write(b"\r\n\r\n" + body)
    await flushed(encounter)


@behaviour("endless-headers")
async def endless_headers(encounter: Encounter) -> None:
    """Header after header, none of them long, without end."""
    lines = (b"X-%d: y\r\n" % number for number in itertools.count())
    await pour(encounter, itertools.chain([OK + SOAP], lines))


@behaviour("slow-header")
async def slow_header(encounter: Encounter) -> None:
    """One byte of the status line and the headers a second (slowloris, the wrong way round)."""
    text = OK + SOAP + b"X-Slow: " + b"y" * 100_000
    await pour(encounter, (bytes([byte]) for byte in text), pause_s=1)


@behaviour("slow-body")
async def slow_body(encounter: Encounter) -> None:
    """Headers at once and one byte of the honest body a second: each read succeeds, the reply never ends."""
    body = _honest(encounter)
    encounter.transport.write(OK + SOAP + b"Content-Length: %d\r\n\r\n" % len(body))
    await pour(encounter, (bytes([byte]) for byte in body), pause_s=1)


@behaviour("informational-flood")
async def informational_flood(encounter: Encounter) -> None:
    """Interim responses of option ``line`` without end: the final one never comes (RFC 9110, 15.2)."""
    line = encounter.text("line", "HTTP/1.1 100 Continue").encode() + b"\r\n\r\n"
    await pour(encounter, itertools.repeat(line * 64))


@behaviour("two-replies")
async def two_replies(encounter: Encounter) -> None:
    """Answer a request that nobody sent: a second reply waits on the kept-alive connection."""
    body = _honest(encounter)
    one = OK + SOAP + b"Content-Length: %d\r\n\r\n" % len(body) + body
    encounter.transport.write(one + one.replace(b"200 OK", b"500 Oh"))
    await silence(encounter)
