"""One TCP connection to an RTSP server: one request at a time, media in between, deadlines and limits everywhere."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import cast

from nanxi.devices.errors import DeviceError, HostileError, UnreachableError
from nanxi.devices.rtsp.errors import ChangedError, EndedError
from nanxi.devices.rtsp.message import Message, Response, request_of, response_of
from nanxi.devices.rtsp.wire import Frames, Splitter

CONNECT_S = 3.0
#: Seconds for a whole response, however many bytes it comes in.
REPLY_S = 8.0
_MAX_INTERIM = 8  # 1xx responses before the real one
_MAX_ASKED = 64  # requests of the camera's own in the life of a connection

#: Requests that a camera may send to keep its end alive; every other one ends the session.
_MAY_ASK = frozenset({"OPTIONS", "GET_PARAMETER", "SET_PARAMETER"})


class Connection(asyncio.Protocol):
    """A connection to the registered address; ``media`` gets every run of frames once ``play`` was answered.

    ``ended`` is done, with the reason as its result, when the connection is over.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, media: Callable[[Frames], None]) -> None:
        self.ended: asyncio.Future[DeviceError] = loop.create_future()
        self.early = 0  # frames that came before PLAY: of somebody's session that the camera forgot (R9)
        self._loop = loop
        self._media = media
        self._playing = False
        self._splitter = Splitter()
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[Response] | None = None
        self._play = False
        self._cseq = 0
        self._interim = self._asked = 0

    async def exchange(self, method: str, url: str, headers: dict[str, str]) -> Response:
        """Send a request and return its response.

        Raises:
            UnreachableError: no response in time, or the connection ended.
            HostileError: what came is no response to it.
        """
        if self._transport is None or self.ended.done():
            raise self.ended.result() if self.ended.done() else EndedError("not connected")
        self._cseq += 1
        self._interim = 0
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._waiter = self._loop.create_future()
        self._play = method == "PLAY"
        self._transport.write(
            f"{method} {url} RTSP/1.0\r\nCSeq: {self._cseq}\r\n{lines}\r\n".encode("ascii", "replace")
        )
        try:
            async with asyncio.timeout(REPLY_S):
                return await self._waiter
        except TimeoutError:
            error = UnreachableError(f"did not answer {method} in {REPLY_S:g} s")
            self.end(error)
            raise error from None
        finally:
            self._waiter = None

    def end(self, error: DeviceError) -> None:
        """End the connection for a reason; the first one counts."""
        if not self.ended.done():
            self.ended.set_result(error)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)
        if self._transport is not None:
            self._transport.abort()

    # -- asyncio.Protocol ---------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to the camera."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's has no such base

    def data_received(self, data: bytes) -> None:
        """Take what came; a mistake in it ends the connection."""
        if self.ended.done():
            return
        try:
            for item in self._splitter.feed(data):
                if isinstance(item, Message):
                    self._take(item)
                elif self._playing:
                    self._media(item)
                else:
                    self.early += len(item.starts)
        except DeviceError as error:
            self.end(error)

    def connection_lost(self, exc: Exception | None) -> None:
        """The camera hung up, or the network did."""
        reason = f": {os.strerror(exc.errno)}" if isinstance(exc, OSError) and exc.errno else ""
        self.end(EndedError(f"ended the connection{reason}"))

    def _take(self, message: Message) -> None:
        response = response_of(message)
        if response is None:
            self._answer(message)
            return
        if 100 <= response.status < 200:
            self._interim += 1
            if self._interim > _MAX_INTERIM:
                raise HostileError("answered with responses that are none (1xx)")
            return
        if self._waiter is None or self._waiter.done():
            raise HostileError("sent a response that nobody asked for")
        number = message.get("cseq")
        if number and number != str(self._cseq):  # cheap firmware leaves it out
            raise HostileError("answered another request than the one it was asked")
        if self._play and response.status == 200:
            self._playing = True  # media may stand in the same packet as the response
        self._waiter.set_result(response)

    def _answer(self, message: Message) -> None:
        method, _ = request_of(message)
        self._asked += 1
        if method == "ANNOUNCE":
            raise ChangedError("announced another stream")
        if method not in _MAY_ASK or self._asked > _MAX_ASKED or self._transport is None:
            raise HostileError(f"sent a request of its own: {method}")
        number = message.get("cseq")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise HostileError("sent a request without a number")
        self._transport.write(f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n\r\n".encode())


async def connect(address: IPv4Address, port: int, media: Callable[[Frames], None]) -> Connection:
    """Connect to the registered address.

    Raises:
        UnreachableError: no connection in time; its text has the reason.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(CONNECT_S):
            _, connection = await loop.create_connection(lambda: Connection(loop, media), str(address), port)
    except TimeoutError:
        raise UnreachableError("no connection in time") from None
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise UnreachableError(f"no connection: {reason}") from None
    return connection
