"""HTTP to one device: hard limits on time and size, no redirect, no cookie, no decompression, no proxy.

The address and port are the register's (D4); only the path may come from the device.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Mapping
from ipaddress import IPv4Address

from nanxi.devices.errors import UnreachableError
from nanxi.devices.http.connection import ClosedError, Connection, Reply

#: Never more requests than this in this time, seconds: too many at once freeze some cameras (O18). A survey of all
#: aspects fits in.
BURST, WINDOW_S = 16, 1.0

_CONNECT_S = 3.0


class Transport:
    """One keep-alive connection at a time to one device (O18: never two requests at once)."""

    def __init__(self, address: IPv4Address, port: int) -> None:
        self._host, self._port = str(address), port
        self._connection: Connection | None = None
        self._sent: deque[float] = deque(maxlen=BURST)

    async def send(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], *, repeatable: bool = True
    ) -> Reply:
        """Send one request and return the whole reply.

        Args:
            method: GET, POST, PUT or DELETE.
            path: path and query on the device.
            body: what goes with it, perhaps nothing.
            headers: HTTP headers.
            repeatable: may be sent again when a kept-alive connection turns out to be closed. What may not is
                sent on a fresh connection, where that cannot happen.

        Raises:
            UnreachableError: no connection, or no answer in time.
            HostileError: an answer that breaks HTTP, is too large, compressed, or redirects.
        """
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        length = "" if method == "GET" else f"Content-Length: {len(body)}\r\n"
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{lines}{length}\r\n"
        request = head.encode("ascii", "replace") + body
        if not repeatable:
            await self.close()
        kept = self._connection if self._connection and self._connection.reusable else None
        if kept is not None:
            await self._pace()
            try:
                return await kept.exchange(request)
            except ClosedError:
                pass  # the device had given the connection up meanwhile; a fresh one decides
        await self._pace()
        self._connection = await self._connect()
        return await self._connection.exchange(request)

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_CONNECT_S):
                _, connection = await loop.create_connection(lambda: Connection(loop), self._host, self._port)
        except TimeoutError:
            raise UnreachableError("no connection in time") from None
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise UnreachableError(f"no connection: {reason}") from None
        return connection

    async def _pace(self) -> None:
        if len(self._sent) == BURST and (wait := self._sent[0] + WINDOW_S - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        self._sent.append(time.monotonic())

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
