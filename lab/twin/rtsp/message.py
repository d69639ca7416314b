"""RTSP messages (RFC 2326, 4-7): read requests and interleaved data from a connection, write responses."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

REASONS = {
    200: "OK",
    301: "Moved Permanently",
    302: "Moved Temporarily",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    451: "Parameter Not Understood",
    453: "Not Enough Bandwidth",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    459: "Aggregate Operation Not Allowed",
    460: "Only Aggregate Operation Allowed",
    461: "Unsupported Transport",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "RTSP Version Not Supported",
    551: "Option Not Supported",
}

_TRACK = re.compile(r"/trackID=(\d+)$")
_MAX_BODY = 64 << 10


class BadMessageError(Exception):
    """What came is no RTSP message; there is no way to find where the next one begins."""


@dataclass(frozen=True, slots=True)
class Interleaved:
    """Data of a channel between messages (10.12): the client's RTCP."""

    channel: int


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Header names are in lower case."""

    method: str
    url: str
    version: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def track(self) -> int | None:
        """Number of the track that the URL names, None for the whole presentation."""
        found = _TRACK.search(self.url)
        return int(found[1]) if found else None

    @property
    def path(self) -> str:
        """What follows the authority, query included, without track and closing slash."""
        return self.presentation.removeprefix(self._authority)

    @property
    def presentation(self) -> str:
        """URL of the whole presentation, without a closing slash."""
        return _TRACK.sub("", self.url).rstrip("/")

    @property
    def _authority(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


@dataclass(frozen=True, slots=True)
class Response:
    """One response; a header with several values is written several times."""

    status: int
    headers: Mapping[str, str | list[str]] = field(default_factory=dict)
    body: bytes = b""

    def encode(self, cseq: str, server: str) -> bytes:
        """Return the bytes of the response to request ``cseq``."""
        lines = [f"RTSP/1.0 {self.status} {REASONS.get(self.status, 'Error')}", f"CSeq: {cseq}"]
        if server:
            lines.append(f"Server: {server}")
        for name, values in self.headers.items():
            lines += [f"{name}: {value}" for value in ([values] if isinstance(values, str) else values)]
        if self.body:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


async def read(stream: asyncio.StreamReader) -> Request | Interleaved | None:
    """Return the next thing on a connection, None at its end.

    Raises:
        BadMessageError: neither a request nor interleaved data, or too large.
    """
    try:
        first = await stream.readexactly(1)
        if first == b"$":
            channel, *length = await stream.readexactly(3)
            await stream.readexactly(int.from_bytes(bytes(length), "big"))
            return Interleaved(channel)
        while first in b"\r\n":  # some clients end a body with an empty line
            first = await stream.readexactly(1)
        request = parse_head(first + await stream.readuntil(b"\r\n\r\n"))
        size = int(request.headers.get("content-length", "0"))
        if not 0 <= size <= _MAX_BODY:
            raise BadMessageError(f"a body of {size} bytes")
        body = await stream.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    except (asyncio.LimitOverrunError, ValueError) as error:
        raise BadMessageError(str(error)) from None
    return Request(request.method, request.url, request.version, request.headers, body)


def parse_head(head: bytes) -> Request:
    """Parse a request line and headers.

    Raises:
        BadMessageError: not RTSP.
    """
    line, *rest = head.decode("utf-8", "replace").split("\r\n")
    try:
        method, url, version = line.split(" ")
    except ValueError:
        raise BadMessageError(f"request line {line[:80]!r}") from None
    if not version.startswith("RTSP/"):
        raise BadMessageError(f"version {version[:20]!r}")
    pairs = (text.partition(":") for text in rest if text)
    return Request(method, url, version, {name.strip().lower(): value.strip() for name, _, value in pairs})
