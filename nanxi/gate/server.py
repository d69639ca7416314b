"""RTSP for readers on loopback (RFC 2326): TCP only, one session a connection, nothing about cameras but their streams."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Protocol, cast
from urllib.parse import parse_qs, urlsplit

from nanxi.devices.errors import DeviceError
from nanxi.devices.rtsp.message import Message, request_of
from nanxi.devices.rtsp.wire import Frames, Splitter
from nanxi.devices.values import plain
from nanxi.gate.access import Challenger
from nanxi.gate.causes import Cause
from nanxi.gate.describe import describe
from nanxi.gate.stream import Stream
from nanxi.gate.viewings import Viewing, utc
from nanxi.gate.who import owner_of

_LOG = logging.getLogger(__name__)

#: Seconds: how long DESCRIBE waits for the camera; a connection that does not play; the rest of a reader that leaves.
DESCRIBE_S, _IDLE_S, _FLUSH_S = 8.0, 30.0, 2.0
_TIMEOUT_S = 60
_QUEUE = 16  # requests that wait behind one that is answered

_REASONS = {
    200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    454: "Session Not Found", 455: "Method Not Valid in This State", 459: "Aggregate Operation Not Allowed",
    461: "Unsupported Transport", 503: "Service Unavailable",
}  # fmt: skip
_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, SET_PARAMETER, TEARDOWN"


class House(Protocol):
    """What a connection asks of the gate."""

    def stream(self, path: str) -> Stream | None:
        """Return the stream ``host/main``, None when there is none."""
        ...

    def reader_by_user(self, uid: int) -> str | None:
        """Return the reader that runs as a user."""
        ...

    def challenger(self) -> Challenger:
        """Return what asks a connection for its token."""
        ...

    def note(self, viewing: Viewing) -> None:
        """Log a viewing."""
        ...

    @property
    def backlog_bytes(self) -> int:
        """How far a reader may fall behind."""
        ...

    @property
    def connections(self) -> set[ReaderConnection]:
        """Everybody who is connected."""
        ...


class ReaderConnection(asyncio.Protocol):
    """One reader's connection; the ``Reader`` of the stream that it plays."""

    def __init__(self, house: House) -> None:
        self.reader = ""
        self.bytes = 0
        self._house = house
        self._splitter = Splitter()
        self._requests: asyncio.Queue[Message] = asyncio.Queue(_QUEUE)
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._challenger = house.challenger()
        self._session = ""
        self._stream: Stream | None = None
        self._tracks: set[int] = set()
        self._unwanted: frozenset[int] = frozenset()  # channels of tracks that were not set up
        self._began = 0.0
        self._reason = ""
        self._ended = "the reader left"

    # -- the stream's side --------------------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Send whole frames; asyncio tells ``pause_writing`` when too many wait."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if self._unwanted:
            data = _without(data, self._unwanted)
        self.bytes += len(data)
        transport.write(data)

    def end(self, reason: str) -> None:
        """Send what waits and hang up."""
        self._ended = reason
        if self._transport is not None:
            self._transport.close()
            asyncio.get_running_loop().call_later(_FLUSH_S, self._transport.abort)

    @property
    def viewing(self) -> Viewing | None:
        """What is viewed now."""
        if self._stream is None or not self._began:
            return None
        target, name = self._stream.spec.target, self._stream.spec.name
        begin, now = utc(self._began), utc(time.time())
        return Viewing(self.reader, target.host, name, begin, now, self.bytes, self._reason, self._ended)

    # -- asyncio.Protocol ---------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Learn who it is, and begin to answer."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's has no such base
        self._transport.set_write_buffer_limits(high=self._house.backlog_bytes)
        uid = owner_of(transport.get_extra_info("peername"), transport.get_extra_info("sockname"))
        self.reader = (self._house.reader_by_user(uid) if uid is not None else None) or ""
        self._house.connections.add(self)
        loop = asyncio.get_running_loop()
        self._idle = loop.call_later(_IDLE_S, self.end, "asked for nothing")
        self._task = loop.create_task(self._serve())

    def data_received(self, data: bytes) -> None:
        """Take requests; what a reader says inside the stream (RTCP) is left aside."""
        try:
            for item in self._splitter.feed(data):
                if not isinstance(item, Frames):
                    self._requests.put_nowait(item)
        except (DeviceError, asyncio.QueueFull):
            self._write(400, {})
            self.end("sent what is no RTSP")

    def pause_writing(self) -> None:
        """The reader is too slow: it must not make the gate remember a camera's hours."""
        if self._stream is not None:
            self._stream.counters.slow_readers += 1
        _LOG.warning("reader %s is too slow and is dropped", self.reader)
        self._ended = "too slow"
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - why does not matter
        """Leave the stream and log what was viewed."""
        self._house.connections.discard(self)
        if self._idle:
            self._idle.cancel()
        if self._task is not None:
            self._task.cancel()
        if self._stream is not None:
            self._stream.leave(self)
        if viewing := self.viewing:
            self._house.note(viewing)
        self._began = 0.0

    # -- requests -----------------------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        while True:
            message = await self._requests.get()
            try:
                method, url = request_of(message)
            except DeviceError:
                self._write(400, {})
                self.end("sent what is no RTSP")
                return
            number = message.get("cseq")
            cseq = number if number.isascii() and number.isdigit() and len(number) < 10 else "0"
            await self._answer(method, url, message, cseq)

    async def _answer(self, method: str, url: str, message: Message, cseq: str) -> None:
        handler: Callable[[str, Message], Awaitable[tuple[int, dict[str, str], bytes]]] | None = {
            "DESCRIBE": self._describe,
            "SETUP": self._setup,
            "PLAY": self._play,
            "GET_PARAMETER": self._parameter,
            "SET_PARAMETER": self._parameter,
            "TEARDOWN": self._teardown,
        }.get(method)
        headers = {"CSeq": cseq}
        if method == "OPTIONS":
            self._write(200, {**headers, "Public": _METHODS})
            return
        if handler is None:
            self._write(405, {**headers, "Allow": _METHODS})
            return
        if not self._identified(method, message):
            self._write(401, headers, challenges=self._challenger.challenges())
            return
        status, more, body = await handler(url, message)
        self._write(status, {**headers, **more}, body)
        if method == "PLAY" and status == 200 and self._stream is not None:
            self._stream.join(self)
        elif method == "TEARDOWN":
            self.end("the reader left")

    def _identified(self, method: str, message: Message) -> bool:
        if not self.reader:
            self.reader = self._challenger.reader(message.get("authorization"), method) or ""
        return bool(self.reader)

    async def _describe(self, url: str, message: Message) -> tuple[int, dict[str, str], bytes]:  # noqa: ARG002
        stream, _ = self._find(url)
        if stream is None:
            return 404, {}, b""
        self._reason = _reason(url)  # players forget the query when they set up the tracks
        if not await stream.ready(DESCRIBE_S) or stream.description is None:
            why = stream.cause or Cause.UNREACHABLE
            return (404 if why is Cause.REFUSED else 503), {"X-Cause": str(why)}, b""
        base = url.partition("?")[0].rstrip("/")
        body = describe(stream.spec.path, stream.description)
        return 200, {"Content-Base": f"{base}/", "Content-Type": "application/sdp"}, body

    async def _setup(self, url: str, message: Message) -> tuple[int, dict[str, str], bytes]:
        stream, track = self._find(url)
        if stream is None or (self._stream is not None and stream is not self._stream):
            return (404 if stream is None else 459), {}, b""
        if self._began:
            return 455, {}, b""
        if not stream.channels or stream.description is None:
            return 503, {}, b""
        if track is None and len(stream.description.tracks) == 1:
            track = 0
        if track is None or track >= len(stream.description.tracks):
            return 404, {}, b""
        offers = [offer.split(";")[0].strip().upper() for offer in message.get("transport").split(",")]
        if "RTP/AVP/TCP" not in offers:
            return 461, {}, b""
        if not self._session:
            self._session = secrets.token_hex(8)
            self._stream = stream
        self._reason = self._reason or _reason(url)
        self._tracks.add(track)
        # The camera's channels, whatever the reader asked for (RFC 2326, 12.39, leaves the choice to the server): so
        # frames pass without a byte changed.
        channels = stream.channels[track]
        transport = f"RTP/AVP/TCP;unicast;interleaved={channels.media}-{channels.control}"
        return 200, {"Transport": transport, "Session": f"{self._session};timeout={_TIMEOUT_S}"}, b""

    async def _play(self, url: str, message: Message) -> tuple[int, dict[str, str], bytes]:
        stream = self._stream
        if stream is None or message.get("session").partition(";")[0] != self._session:
            return 454, {}, b""
        if not stream.playing:
            return 503, {}, b""
        if not self._began:
            self._reason = self._reason or _reason(url)
            self._unwanted = frozenset(
                channel
                for number, pair in enumerate(stream.channels)
                if number not in self._tracks
                for channel in pair[:2]
            )
            self._began = time.time()
            if self._idle:
                self._idle.cancel()
        return 200, {"Session": self._session, "Range": "npt=now-"}, b""

    async def _parameter(self, url: str, message: Message) -> tuple[int, dict[str, str], bytes]:  # noqa: ARG002
        return 200, {"Session": self._session} if self._session else {}, b""

    async def _teardown(self, url: str, message: Message) -> tuple[int, dict[str, str], bytes]:  # noqa: ARG002
        return (200, {"Session": self._session}, b"") if self._session else (454, {}, b"")

    def _find(self, url: str) -> tuple[Stream | None, int | None]:
        """Return the stream that a URL names, and the number of its track."""
        with contextlib.suppress(ValueError):
            host, _, rest = urlsplit(url).path.strip("/").partition("/")
            name, _, track = rest.partition("/")
            number = track.removeprefix("track")
            found = int(number) if number.isascii() and number.isdigit() and len(number) < 3 else None
            return self._house.stream(f"{host}/{name}"), found
        return None, None

    def _write(
        self, status: int, headers: dict[str, str], body: bytes = b"", challenges: list[str] | None = None
    ) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if body:
            headers = {**headers, "Content-Length": str(len(body))}
        lines = [f"RTSP/1.0 {status} {_REASONS[status]}", "Server: nanxi-gate"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"WWW-Authenticate: {challenge}" for challenge in challenges or ()]
        self._transport.write("\r\n".join([*lines, "", ""]).encode() + body)


def _reason(url: str) -> str:
    """Return why a reader wants to see a camera, as it says itself: ``?reason=...``."""
    try:
        return plain(parse_qs(urlsplit(url).query).get("reason", [""])[0])[:200]
    except ValueError:
        return ""


def _without(data: bytes, unwanted: frozenset[int]) -> bytes:
    """Return a run of whole frames without those of some channels."""
    kept: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 4 + (data[at + 2] << 8 | data[at + 3])
        if data[at + 1] not in unwanted:
            kept.append(data[at:end])
        at = end
    return b"".join(kept)
