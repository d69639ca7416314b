"""HTTP to one device: hard limits on time and size, no redirect, no cookie, no decompression, no proxy.

The address and port are the register's (D4); only the path may come from the device.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from dataclasses import dataclass
from ipaddress import IPv4Address

import aiohttp
from yarl import URL

from nanxi.devices.errors import HostileError, UnreachableError
from nanxi.xml import MAX_BYTES

TIMEOUT = aiohttp.ClientTimeout(total=8, sock_connect=3, sock_read=5)
#: Never more requests than this in this time, seconds: too many at once freeze some cameras (O18). A survey of all
#: aspects fits in.
BURST, WINDOW_S = 16, 1.0

_READ_AT_ONCE = 1 << 16

# A device that floods us with odd cookies or headers must not flood the log.
logging.getLogger("aiohttp.client").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole HTTP reply, with the local clock at the middle of the exchange (seconds since the epoch)."""

    status: int
    body: bytes
    date: str
    challenges: tuple[str, ...]
    clock: float


class _ClosedError(UnreachableError):
    """Closed, or reset, before an answer began: perhaps only a kept-alive connection that the device gave up."""


class Transport:
    """One keep-alive connection at a time to one device (O18: never two requests at once)."""

    def __init__(self, address: IPv4Address, port: int) -> None:
        self._origin = URL.build(scheme="http", host=str(address), port=port)
        self._urls: dict[str, URL] = {}
        self._http = _session()
        self._sent: deque[float] = deque(maxlen=BURST)

    async def post(
        self, path: str, body: bytes, headers: dict[str, str], *, repeatable: bool = True
    ) -> Reply:
        """Send one request and return the whole reply.

        Args:
            path: path and query on the device.
            body: the envelope.
            headers: HTTP headers.
            repeatable: may be sent again when a kept-alive connection turns out to be closed. What may not is
                sent on a connection of its own, where that cannot happen.

        Raises:
            UnreachableError: no connection, or no answer in time.
            HostileError: an answer that breaks HTTP, is too large, compressed, or redirects.
        """
        url = self._urls.get(path)
        if url is None:
            url = self._urls[path] = self._origin.with_path(path, encoded=True)
        await self._pace()
        if not repeatable:
            async with _session() as alone:
                return await _post(alone, url, body, headers)
        try:
            return await _post(self._http, url, body, headers)
        except _ClosedError:
            return await _post(self._http, url, body, headers)

    async def _pace(self) -> None:
        if len(self._sent) == BURST and (wait := self._sent[0] + WINDOW_S - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        self._sent.append(time.monotonic())

    async def close(self) -> None:
        """Close the connection."""
        await self._http.close()


def _session() -> aiohttp.ClientSession:
    # A session per device costs 13 microseconds and closes with the device; a shared one would keep thousands
    # of idle connections open.
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=1, use_dns_cache=False),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=TIMEOUT,
        auto_decompress=False,
        trust_env=False,
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
        read_bufsize=_READ_AT_ONCE,
        max_headers=64,
    )


async def _post(http: aiohttp.ClientSession, url: URL, body: bytes, headers: dict[str, str]) -> Reply:
    answered, before = False, time.time()
    try:
        async with http.post(url, data=body, headers=headers, allow_redirects=False) as response:
            answered, clock = True, (before + time.time()) / 2
            return Reply(
                status=response.status,
                body=await _content(response),
                date=response.headers.get("Date", ""),
                challenges=tuple(response.headers.getall("WWW-Authenticate", ())),
                clock=clock,
            )
    except aiohttp.ConnectionTimeoutError:
        raise UnreachableError("no connection in time") from None
    except TimeoutError:
        if answered:
            raise HostileError("began an answer and did not end it in time") from None
        raise UnreachableError("no answer in time") from None
    except aiohttp.ClientConnectorError as error:
        raise UnreachableError(f"no connection: {error.strerror or error}") from None
    except aiohttp.ClientPayloadError:
        raise HostileError("broke off in the middle of an answer") from None
    except aiohttp.ClientResponseError as error:
        raise HostileError(f"answered something that is not HTTP: {error.message[:80]!r}") from None
    except (aiohttp.ClientError, OSError) as error:
        if not answered:
            raise _ClosedError("closed the connection without an answer") from None
        raise UnreachableError(f"the connection broke: {error}") from None


async def _content(response: aiohttp.ClientResponse) -> bytes:
    encoding = response.headers.get("Content-Encoding", "identity")
    problem = ""
    if 300 <= response.status < 400:
        problem = f"redirects (HTTP {response.status}); a device's address comes from the register"
    elif encoding.lower() != "identity":
        problem = f"sent a compressed body ({encoding[:20]!r}) that nobody asked for"
    content = bytearray()
    while not problem and (chunk := await response.content.readany()):
        content += chunk
        if len(content) > MAX_BYTES:
            problem = f"sent more than {MAX_BYTES} bytes"
    if problem:
        response.close()  # do not drain what may never end
        raise HostileError(problem)
    return bytes(content)
