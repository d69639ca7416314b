"""A session with one stream: described, set up over TCP, played, kept alive and torn down."""

from __future__ import annotations

import asyncio
import contextlib
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address

from nanxi.devices.driver import Credential
from nanxi.devices.errors import (
    DeviceError,
    FaultError,
    HostileError,
    LockedError,
    NotSupportedError,
    RefusedError,
)
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.http.digest import Challenge, choose
from nanxi.devices.rtsp import sdp
from nanxi.devices.rtsp.connection import Connection, connect
from nanxi.devices.rtsp.errors import BusyError, DowngradeError, EndedError
from nanxi.devices.rtsp.message import Response
from nanxi.devices.rtsp.transport import Channels, channels_of
from nanxi.devices.rtsp.wire import Frames

_AGENT = "nanxi"
_TEARDOWN_S = 1.0
_SESSION_ID = re.compile(r"[\x21-\x2b\x2d-\x3a\x3c-\x7e]{1,256}$")
#: Seconds. A camera's own timeout is taken within these: 0 would make us hammer it, 10^20 would never ask.
_SHORTEST, _LONGEST, _USUAL = 10.0, 120.0, 60.0


@dataclass(frozen=True, slots=True)
class StreamTarget:
    """Where a stream is and who asks. Address, port and path come from the register.

    ``allow_basic``: the register lets this model have its password in clear, because it knows nothing else.
    """

    host: str
    address: IPv4Address
    port: int
    path: str
    credential: Credential | None = None
    allow_basic: bool = False


class RtspSession:
    """One session; made by ``open_session``."""

    def __init__(self, target: StreamTarget, guard: LockoutGuard, connection: Connection) -> None:
        self.connection = connection
        self.timeout_s = _USUAL
        self.description: sdp.Description | None = None
        self.channels: tuple[Channels, ...] = ()  # of the tracks, in the description's order
        self._target = target
        self._guard = guard
        self._base = f"rtsp://{target.address}:{target.port}"
        self._url = f"{self._base}{target.path}"
        self._content_base = ""
        self._challenge: Challenge | None = None
        self._basic = False
        self._proven = False  # the password was taken in this session
        self._id = ""
        self._methods: frozenset[str] = frozenset()

    async def describe(self) -> sdp.Description:
        """Sign in and return what the stream is.

        Raises:
            RefusedError: the password was refused; the guard knows it now.
            LockedError: the guard held it back, or the camera says that it is locked.
            DowngradeError: the camera wants it in clear.
            FaultError: the camera says no: 404, 453, ...
            HostileError: the description is none.
        """
        accept = {"Accept": "application/sdp"}
        response = await self._plain("DESCRIBE", self._url, accept)
        if response.status == 401:
            credential = self._credential()
            self._choose(response)
            async with self._guard.attempt(self._target.host, credential):
                response = await self._ask("DESCRIBE", self._url, accept)
                _check("DESCRIBE", response)
            self._proven = True
        _check("DESCRIBE", response)
        self.description = sdp.parse(response.message.body)
        self._content_base = response.message.get("content-base")
        return self.description

    async def setup(self) -> None:
        """Set up every track of the description inside this connection.

        Raises:
            DeviceError: as ``describe``; BusyError when the camera has no session left.
        """
        if self.description is None:
            await self.describe()
        assert self.description is not None
        found: list[Channels] = []
        for number, track in enumerate(self.description.tracks):
            path = sdp.resolve(track.control, self._content_base, self._target.path)
            wanted = Channels(2 * number, 2 * number + 1)
            headers = {"Transport": f"RTP/AVP/TCP;unicast;interleaved={wanted.media}-{wanted.control}"}
            async with self._watched():
                response = await self._ask("SETUP", f"{self._base}{path}", headers)
                _check("SETUP", response)
            self._name(response)
            found.append(channels_of(response.message.get("transport"), wanted))
        if len({channel for pair in found for channel in pair[:2]}) != 2 * len(found):
            raise HostileError("gave two tracks the same channel")
        self.channels = tuple(found)

    async def play(self) -> None:
        """Let media flow; it goes to the connection's receiver from here on.

        Raises:
            DeviceError: as ``describe``.
        """
        async with self._watched():
            _check("PLAY", await self._ask("PLAY", self._url, {"Range": "npt=0.000-"}))

    async def keep_alive(self) -> None:
        """Ask for nothing every half of the session's timeout, until that fails.

        Raises:
            DeviceError: the camera no longer answers, or the session is over.
        """
        while True:
            await asyncio.sleep(min(30.0, self.timeout_s / 2))
            # GET_PARAMETER is what RFC 2326 means for this; a camera that does not name it may end the session at it.
            if not self._methods:
                await self._learn()
            method = "GET_PARAMETER" if "GET_PARAMETER" in self._methods else "OPTIONS"
            async with self._watched():
                response = await self._ask(method, self._url, {})
            if response.status == 454:  # Session Not Found
                raise EndedError("forgot the session")

    async def close(self) -> None:
        """Tell the camera that it may forget the session, and hang up; never raises."""
        try:
            if self._id and not self.connection.ended.done():
                with contextlib.suppress(DeviceError, TimeoutError):
                    async with asyncio.timeout(_TEARDOWN_S):
                        await self._ask("TEARDOWN", self._url, {})
        finally:
            self.connection.end(EndedError("closed by us"))

    async def _learn(self) -> None:
        async with self._watched():
            response = await self._ask("OPTIONS", self._url, {})
        public = response.message.get("public")
        self._methods = frozenset(word.strip().upper() for word in public.split(",")[:32]) | {"OPTIONS"}

    async def _ask(self, method: str, url: str, headers: dict[str, str]) -> Response:
        """Send a request, signed when the camera asked for it before."""
        response = await self._plain(method, url, headers)
        if response.status != 401:
            return response
        used, fresh = self._challenge, choose(response.message.all("www-authenticate"))
        renewed = used is not None and fresh is not None and used.nonce != fresh.nonce
        if renewed and fresh is not None and (fresh.stale or self._proven):
            self._challenge = fresh  # a new nonce for a password that was right; asked once, not in a circle
            response = await self._plain(method, url, headers)
        elif used is None and not self._basic:
            self._credential()
            self._choose(response)
            response = await self._plain(method, url, headers)
        if response.status == 401:
            raise RefusedError(f"refused the password at {method} ({response.status})")
        return response

    async def _plain(self, method: str, url: str, headers: dict[str, str]) -> Response:
        sent = {"User-Agent": _AGENT, **headers}
        if self._id:
            sent["Session"] = self._id
        if self._challenge or self._basic:
            sent["Authorization"] = self._authorization(method, url)
        return await self.connection.exchange(method, url, sent)

    def _authorization(self, method: str, url: str) -> str:
        credential = self._credential()
        if self._challenge:
            return self._challenge.answer(credential, method, url)
        return "Basic " + b64encode(f"{credential.user}:{credential.password.value}".encode()).decode()

    def _choose(self, response: Response) -> None:
        offers = response.message.all("www-authenticate")
        self._challenge = choose(offers)
        if self._challenge is not None:
            return
        self._basic = self._target.allow_basic and any(offer.lower().startswith("basic") for offer in offers)
        if not self._basic:
            raise DowngradeError("wants the password in a way that it is not given (no Digest that we know)")

    def _credential(self) -> Credential:
        if self._target.credential is None:
            raise DowngradeError("wants a password, and there is none for it")
        return self._target.credential

    def _name(self, response: Response) -> None:
        name, *parameters = (part.strip() for part in response.message.get("session").split(";"))
        if not _SESSION_ID.match(name) or (self._id and name != self._id):
            raise HostileError("gave the session no name that can be used")
        self._id = name
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.lower() == "timeout" and value.isascii() and value.isdigit():
                self.timeout_s = min(max(float(value[:9]), _SHORTEST), _LONGEST)
                return

    @contextlib.asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        """Tell the guard when a password that worked is refused: somebody changed it meanwhile."""
        try:
            yield
        except (RefusedError, LockedError):
            async with self._guard.attempt(self._target.host, self._credential()):
                raise


async def open_session(
    target: StreamTarget, guard: LockoutGuard, media: Callable[[Frames], None]
) -> RtspSession:
    """Connect; nothing is sent when the guard holds the credential.

    Raises:
        LockedError: the guard holds it.
        UnreachableError: no connection.
    """
    if target.credential is not None:
        guard.check(target.host, [target.credential])
    return RtspSession(target, guard, await connect(target.address, target.port, media))


def _check(method: str, response: Response) -> None:
    """Turn a refusal into a typed error.

    Raises:
        DeviceError: the status is not 2xx.
    """
    status = response.status
    said = f"{status} {response.reason}".strip()
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise HostileError(f"redirects {method} ({status}); a camera's address comes from the register")
    if status == 401:
        raise RefusedError(f"refused the password at {method}")
    if status in (453, 503):
        raise BusyError(f"has no session left: {method} answered {said}", str(status))
    if status == 461:
        raise NotSupportedError(f"does not send media over TCP: {method} answered {said}", "461")
    if 400 <= status < 600:
        raise FaultError(f"{method} answered {said}", str(status))
    raise HostileError(f"{method} answered a status that does not exist: {status}")
