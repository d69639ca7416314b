"""Bodies that are too much: a gigabyte, bombs, and documents with too many of one thing."""

from __future__ import annotations

import gzip
import itertools
import zlib
from functools import cache

from lab.twin.hostile.registry import Encounter, behaviour
from lab.twin.hostile.wire import CLOSE, ENVELOPE, OK, SOAP, length, pour, reply

_GIB = 1 << 30
_PIECE = b"<a>" + b"x" * 65529 + b"</a>"


@behaviour("gigabyte")
async def gigabyte(encounter: Encounter) -> None:
    """A body of one GiB, announced (gSOAP fell over XML above 2 GB, CVE-2017-9765)."""
    start = OK + SOAP + CLOSE + length(_GIB) + b"\r\n" + ENVELOPE
    await pour(encounter, itertools.chain([start], itertools.repeat(_PIECE, _GIB // len(_PIECE))))


@behaviour("unannounced-gigabyte")
async def unannounced_gigabyte(encounter: Encounter) -> None:
    """The same without a length: the body ends with the connection (RFC 9112, 6.3)."""
    start = OK + SOAP + CLOSE + b"\r\n" + ENVELOPE
    await pour(encounter, itertools.chain([start], itertools.repeat(_PIECE, _GIB // len(_PIECE))))


@behaviour("compressed-bomb")
async def compressed_bomb(encounter: Encounter) -> None:
    """100 kB that unpack to 100 MB, coded as option ``coding`` says (gzip, deflate) in header ``header``."""
    coding = encounter.text("coding", "gzip")
    header = encounter.text("header", "Content-Encoding")
    await reply(encounter, _bomb(coding), SOAP, f"{header}: {coding}\r\n".encode())


@cache
def _bomb(coding: str) -> bytes:
    unpacked = ENVELOPE + b" " * 100_000_000
    return gzip.compress(unpacked, 9, mtime=0) if coding == "gzip" else zlib.compress(unpacked, 9)


@behaviour("cookies")
async def cookies(encounter: Encounter) -> None:
    """An honest reply with option ``count`` cookies that name other hosts."""
    body = encounter.honest().body
    assert isinstance(body, bytes)
    lines = (
        b"Set-Cookie: s%d=%s; Domain=10.0.0.1; Path=/\r\n" % (number, b"y" * 64)
        for number in range(encounter.number("count", 50))
    )
    await reply(encounter, body, SOAP, *lines)
