"""One stream of one camera: its session, the last group of pictures, and everybody who reads it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from nanxi.devices.errors import DeviceError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.rtsp.errors import StalledError
from nanxi.devices.rtsp.sdp import Description
from nanxi.devices.rtsp.session import RtspSession, StreamTarget, open_session
from nanxi.devices.rtsp.transport import Channels
from nanxi.devices.rtsp.wire import Frames
from nanxi.gate.backoff import HEALTHY_S, Backoff
from nanxi.gate.causes import Cause, cause_of
from nanxi.gate.pictures import Pictures

_LOG = logging.getLogger(__name__)

#: Seconds that a stream on demand goes on after its last reader has left: a probe often comes back.
LINGER_S = 10.0


class Reader(Protocol):
    """Who gets a stream."""

    def send(self, data: bytes) -> None:
        """Take whole frames; must not block."""
        ...

    def end(self, reason: str) -> None:
        """The stream is over."""
        ...


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """One stream as the gate is configured. ``always``: also without a reader (a recorder is expected)."""

    target: StreamTarget
    name: str  # main or sub
    always: bool
    stall_s: float
    group_bytes: int

    @property
    def path(self) -> str:
        """The stream's name for readers: ``shangtang-cam0007/main``."""
        return f"{self.target.host}/{self.name}"


@dataclass(slots=True)
class Counters:
    """What happened since the gate started, or since the camera was added."""

    bytes: int = 0
    packets: int = 0
    pictures: int = 0
    useless: int = 0  # frames that no reader got
    sessions: int = 0  # that played: a number that grows is a camera that hangs up (R10)
    failures: dict[Cause, int] = field(default_factory=dict)
    slow_readers: int = 0
    jumps: int = 0  # of the camera's timestamps (R3)


class Stream:
    """Holds the session while it is wanted and hands everything to the readers."""

    def __init__(self, spec: StreamSpec, guard: LockoutGuard) -> None:
        self.spec = spec
        self.counters = Counters()
        self.readers: dict[Reader, bool] = {}  # whether it has begun
        self.description: Description | None = None
        self.channels: tuple[Channels, ...] = ()
        self.cause: Cause | None = None  # why there is no picture; None while there is one, or nobody asked
        self.reason = ""
        self.since = time.time()  # of the present state, seconds since 1970
        self._guard = guard
        self.session: RtspSession | None = None
        self._pictures: Pictures | None = None
        self._backoff = Backoff()
        self._wanted = asyncio.Event()
        self._idle = asyncio.Event()  # the opposite of _wanted
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._linger: asyncio.TimerHandle | None = None
        self._video_at = 0.0
        self._clock: Callable[[], float] = time.monotonic
        self._again_at = 0.0  # when the camera is tried next
        self._broke_off_at, self._session_s = -1e9, 0.0  # of the last session that ended without TEARDOWN

    @property
    def playing(self) -> bool:
        """Whether pictures come in."""
        return self._ready.is_set()

    @property
    def silent_s(self) -> float:
        """Seconds since the last picture; 0 when nobody wants one."""
        return self._clock() - self._video_at if self._wanted.is_set() and self._video_at else 0.0

    @property
    def totals(self) -> Counters:
        """What happened since the start, the session that runs included."""
        now = self._pictures
        if now is None:
            return self.counters
        return replace(
            self.counters,
            packets=self.counters.packets + now.packets,
            pictures=self.counters.pictures + now.pictures,
            useless=self.counters.useless + now.useless,
        )

    @property
    def group_bytes(self) -> int:
        """Bytes that are kept for the next reader."""
        return self._pictures.group.bytes if self._pictures else 0

    def start(self) -> None:
        """Begin to hold the session, or to wait until somebody wants it."""
        if self.spec.always:
            self._want()
        self._task = asyncio.get_running_loop().create_task(self._run(), name=self.spec.path)

    async def stop(self) -> None:
        """End the session and all readers."""
        if self._linger:
            self._linger.cancel()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._end_readers("the gate no longer serves this stream")

    async def played(self, within_s: float) -> bool:
        """Wait until pictures come in, without asking for them; return whether they do."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._ready.wait()
        return self._ready.is_set()

    async def ready(self, within_s: float) -> bool:
        """Ask for the stream and wait until pictures come in; return whether they do.

        Nobody is kept waiting when the camera is left alone for longer than that.
        """
        self._want()
        if self._again_at - self._clock() > within_s:
            return False
        playing = await self.played(within_s)
        if not self.readers:
            self._leave_later()
        return playing

    def join(self, reader: Reader) -> None:
        """Send ``reader`` the last group of pictures and everything from now on."""
        self._want()
        pictures = self._pictures
        begin = pictures is None or not pictures.seekable or pictures.group.ready
        self.readers[reader] = begin
        if begin and pictures is not None:
            for chunk in tuple(pictures.group.chunks):
                reader.send(chunk)

    def leave(self, reader: Reader) -> None:
        """Send ``reader`` nothing more."""
        self.readers.pop(reader, None)
        if not self.readers:
            self._leave_later()

    def _want(self) -> None:
        if self._linger:
            self._linger.cancel()
            self._linger = None
        self._wanted.set()
        self._idle.clear()

    def _leave_later(self) -> None:
        if self.spec.always or self._linger:
            return
        self._linger = asyncio.get_running_loop().call_later(LINGER_S, self._unwanted)

    def _unwanted(self) -> None:
        self._linger = None
        if not self.readers:
            self._wanted.clear()
            self._idle.set()

    # -- the camera's side --------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            started = self._clock()
            try:
                await self._session()
                self._now(None, "")
            except Exception as error:  # noqa: BLE001 - a mistake of ours must not cost a camera for good
                cause = cause_of(error) if isinstance(error, DeviceError) else Cause.FAILED
                if cause is Cause.FAILED:
                    _LOG.exception("%s", self.spec.path)
                if self._ready.is_set() and self._clock() - started > HEALTHY_S:
                    self._backoff.well()
                self._lost()
                self._now(cause, str(error))
                wait_s = self._backoff.wait_s(cause, hold_s=self._hold_s())
                self._again_at = self._clock() + wait_s
                await asyncio.sleep(wait_s)
            finally:
                self._lost()

    async def _session(self) -> None:
        """Hold one session until nobody wants it.

        Raises:
            DeviceError: it could not be had, or broke off.
        """
        self._video_at = self._video_at or self._clock()
        session = self.session = await open_session(self.spec.target, self._guard, self._media)
        try:
            description = await session.describe()
            await session.setup()
            self.description, self.channels = description, session.channels
            video = description.video
            self._pictures = Pictures(
                codec=video.codec,
                payload_type=video.payload_type,
                clock_hz=video.clock_hz,
                media=session.channels[0].media,
                control=session.channels[0].control,
                others=frozenset(channel for pair in session.channels[1:] for channel in pair[:2]),
                ssrc=session.channels[0].ssrc,
                limit=self.spec.group_bytes,
            )
            self._video_at = self._clock()
            await session.play()
            await self._hold(session)
        except DeviceError:
            self._broke_off_at = self._clock()
            self._session_s = session.timeout_s if session.channels else 0.0
            raise
        finally:
            self.session = None
            await session.close()

    async def _hold(self, session: RtspSession) -> None:
        keeping = asyncio.create_task(session.keep_alive())
        unwanted = asyncio.create_task(self._idle.wait())
        watched: set[asyncio.Future[Any]] = {keeping, unwanted, session.connection.ended}
        try:
            while True:
                left_s = self.spec.stall_s - (self._clock() - self._video_at)
                if left_s <= 0:
                    raise StalledError(
                        f"sends no picture for {self.spec.stall_s:g} s, and the connection stands"
                    )
                await asyncio.wait(watched, timeout=max(left_s, 0.05), return_when=asyncio.FIRST_COMPLETED)
                if session.connection.ended.done():
                    raise session.connection.ended.result()
                if keeping.done():
                    keeping.result()
                if unwanted.done():
                    return
        finally:
            for task in (keeping, unwanted):
                task.cancel()
            await asyncio.gather(keeping, unwanted, return_exceptions=True)

    def _media(self, frames: Frames) -> None:
        """Hand a run of frames to every reader: the hot path."""
        pictures = self._pictures
        if pictures is None:
            return
        before, jumps = pictures.pictures, pictures.jumps
        data, key = pictures.take(frames)
        self.counters.bytes += len(data)
        if pictures.pictures != before:
            self._video_at = self._clock()
            if not self._ready.is_set():
                self._begin()
        if not data:
            return
        if pictures.jumps != jumps:
            # A reader would squeeze an hour of pictures into one moment (R3): it comes back and begins anew.
            self.counters.jumps += 1
            self._end_readers("the camera's timestamps leapt")
        for reader, begun in tuple(self.readers.items()):
            if begun:
                reader.send(data)
            elif key:
                self.readers[reader] = True
                for chunk in tuple(pictures.group.chunks):
                    reader.send(chunk)

    def _begin(self) -> None:
        self.counters.sessions += 1
        self._ready.set()
        self._now(None, "")
        _LOG.info("%s: pictures come in", self.spec.path)

    def _now(self, cause: Cause | None, reason: str) -> None:
        if cause is not None:
            self.counters.failures[cause] = self.counters.failures.get(cause, 0) + 1
        if cause != self.cause or reason != self.reason:
            if cause is not None:
                _LOG.warning("%s: %s: %s", self.spec.path, cause, reason)
            self.since = time.time()
        self.cause, self.reason = cause, reason

    def _lost(self) -> None:
        """The session is over: count it, and end its readers so that they come anew."""
        if self._pictures is not None:
            self.counters.packets += self._pictures.packets
            self.counters.pictures += self._pictures.pictures
            self.counters.useless += self._pictures.useless
        self._ready.clear()
        self._pictures = None
        self.description = None
        self._end_readers("the camera's stream ended")

    def _end_readers(self, reason: str) -> None:
        readers, self.readers = tuple(self.readers), {}
        for reader in readers:
            reader.end(reason)

    def _hold_s(self) -> float:
        """Return for how many seconds the camera may still keep our last session (R9)."""
        return max(0.0, self._session_s - (self._clock() - self._broke_off_at))
