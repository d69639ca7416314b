"""One HTTP/1.1 connection: aiohttp's parser (llhttp) without its client.

A survey makes 14 calls a device, and aiohttp's client costs 0.25 ms of CPU for each, four times what the rest of a
call costs. What it does beyond parsing (redirects, cookies, proxies, pools, decompression) is what a hostile device
must not reach anyway.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpProcessingError, HttpResponseParser, RawResponseMessage
from aiohttp.streams import StreamReader

from nanxi.devices.errors import DeviceError, HostileError, UnreachableError
from nanxi.xml import MAX_BYTES

#: Seconds for a whole reply.
REPLY_S = 8.0

_MAX_HEADERS = 64
_MAX_INTERIM = 8  # 1xx replies before the real one
_NO_BODY = frozenset({204, 304})


class ClosedError(UnreachableError):
    """Closed, or reset, before an answer began: perhaps only a kept-alive connection that the device gave up."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole HTTP reply, with the local clock at the middle of the exchange (seconds since the epoch)."""

    status: int
    body: bytes
    date: str
    challenges: tuple[str, ...]
    clock: float


class Connection(BaseProtocol):
    """A connection that carries one request at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.reusable = True
        self._waiter: asyncio.Future[Reply] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._message: RawResponseMessage | None = None
        self._payload: StreamReader | None = None
        self._body = bytearray()
        self._interim = 0
        self._sent_at = self._heard_at = 0.0

    async def exchange(self, request: bytes) -> Reply:
        """Send a whole request and return the whole reply.

        Raises:
            ClosedError: the connection ended before an answer began.
            UnreachableError: no answer in time.
            HostileError: an answer that breaks HTTP, is too large, compressed, redirects, or does not end.
        """
        self._parser = HttpResponseParser(
            self, self._loop, MAX_BYTES, max_headers=_MAX_HEADERS, read_until_eof=True, auto_decompress=False
        )
        self._message = self._payload = None
        self._body.clear()
        self._interim = 0
        waiter: asyncio.Future[Reply] = self._loop.create_future()
        self._waiter = waiter
        if self.transport is None:
            raise ClosedError("closed the connection without an answer")
        self._timer = self._loop.call_later(REPLY_S, self._expire)
        self._sent_at = time.time()
        self.transport.write(request)
        try:
            return await waiter
        finally:
            self._timer.cancel()

    def close(self) -> None:
        """End the connection."""
        self.reusable = False
        if self.transport is not None:
            self.transport.abort()

    def pause_reading(self) -> None:
        """The parser's flow control is not needed: what it has is taken at once, and capped."""

    def resume_reading(self, resume_parser: bool = True) -> None:
        """See ``pause_reading``."""

    def data_received(self, data: bytes) -> None:
        """Take what the device says; only a reply to our request may come."""
        if self._waiter is None or self._waiter.done() or self._parser is None:
            self.close()
            return
        try:
            messages, upgraded, _ = self._parser.feed_data(data)
        except HttpProcessingError as error:
            self._fail(HostileError(f"answered something that is not HTTP: {error.message[:80]!r}"))
            return
        for message, payload in messages:
            if 100 <= message.code < 200 and not upgraded:
                self._interim += 1
            elif self._message is None:
                self._begin(message, payload)
            else:
                self.reusable = False  # a reply that nobody asked for; the first one counts
        if upgraded or self._interim > _MAX_INTERIM:
            self._fail(HostileError("answered with replies that are none (HTTP 1xx)"))
        elif self._message is not None:
            self._collect()

    def connection_lost(self, exc: BaseException | None) -> None:
        """The device hung up; that is the end of a reply without a length (RFC 9112, 6.3)."""
        super().connection_lost(exc)
        self.reusable = False
        if self._waiter is None or self._waiter.done():
            return
        if self._message is None:
            self._fail(ClosedError("closed the connection without an answer"))
            return
        try:
            if self._parser is not None and exc is None:
                self._parser.feed_eof()
        except HttpProcessingError:
            pass
        else:
            self._collect()
        self._fail(HostileError("broke off in the middle of an answer"))

    def _begin(self, message: RawResponseMessage, payload: StreamReader) -> None:
        self._message, self._payload = message, payload
        self._heard_at = time.time()
        encoding = message.headers.get("Content-Encoding", "identity")
        if 300 <= message.code < 400:
            reason = f"redirects (HTTP {message.code}); a device's address comes from the register"
            self._fail(HostileError(reason))
        elif encoding.lower() != "identity":
            self._fail(HostileError(f"sent a compressed body ({encoding[:20]!r}) that nobody asked for"))
        if message.should_close:
            self.reusable = False

    def _collect(self) -> None:
        """Take the body as far as it has come, and hand the reply over when it is whole."""
        message, payload = self._message, self._payload
        if message is None or payload is None or self._waiter is None or self._waiter.done():
            return
        if message.code not in _NO_BODY:
            if payload.exception() is not None:
                self._fail(HostileError("broke off in the middle of an answer"))
                return
            self._body += payload.read_nowait()
            if len(self._body) > MAX_BYTES:
                self._fail(HostileError(f"sent more than {MAX_BYTES} bytes"))
                return
            if not payload.is_eof():
                return
        reply = Reply(
            status=message.code,
            body=bytes(self._body),
            date=message.headers.get("Date", ""),
            challenges=tuple(message.headers.getall("WWW-Authenticate", ())),
            clock=(self._sent_at + self._heard_at) / 2,
        )
        self._waiter.set_result(reply)
        if not self.reusable:
            self.close()

    def _expire(self) -> None:
        if self._message is None:
            self._fail(UnreachableError("no answer in time"))
        else:
            self._fail(HostileError("began an answer and did not end it in time"))

    def _fail(self, error: DeviceError) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)
        self.close()
