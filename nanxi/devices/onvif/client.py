"""Call operations of one device, signed the way the device wants it.

``auto`` learns how to sign in without spending a password twice: the first signed call goes out bare; a Digest
challenge is answered with Digest (O4), anything else that refuses it gets a UsernameToken.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import time
from typing import TypeVar
from urllib.parse import urlsplit

from nanxi.devices.driver import Auth, Credential
from nanxi.devices.errors import DeviceError, FaultError, RefusedError
from nanxi.devices.http.connection import Reply
from nanxi.devices.http.digest import Challenge, choose
from nanxi.devices.http.transport import Transport
from nanxi.devices.onvif import soap
from nanxi.devices.onvif.clock import GetSystemDateAndTime, SystemTime
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.onvif.understand import understand
from nanxi.devices.onvif.wsse import security_header

T = TypeVar("T")

#: Path and query that may stand in a request's first line; anything else stays as it was.
_PATH = re.compile(r"/[!-~]{0,500}")

#: A device's clock that moved this far, seconds, since it was read explains a refusal; cameras allow 5 to 20 (O1).
_DRIFT_S = 3.0

#: Years that a camera's clock can show; Python's own end within seconds of the last, where no token could be dated.
_EPOCH, _END = 1970, 9999


class Client:
    """One device. ``credential`` is None until sign-in."""

    def __init__(self, transport: Transport, auth: Auth = "auto") -> None:
        self._transport = transport
        self._paths = {service: service.default_path for service in Service}
        self.auth = auth
        self.credential: Credential | None = None
        self.trusted = False  # the credential has worked in this session
        self.offset_s = 0.0  # device clock minus ours
        self.services: frozenset[Service] = frozenset({Service.DEVICE})
        self.notes: list[str] = []
        self._challenge: Challenge | None = None
        self._refused_in_a_row = 0

    def sibling(self, credential: Credential) -> Client:
        """Return a client for another account of the same device, on the same connection."""
        other = Client(self._transport, self.auth)
        other.credential = credential
        other.offset_s = self.offset_s
        return other

    def adopt(self, other: Client) -> None:
        """Go on with the account of ``other``, which has proved itself."""
        self.credential = other.credential
        self.trusted = True
        self._challenge = other._challenge

    def locate(self, service: Service, advertised: str) -> str:
        """Take the path of an advertised XAddr; return the host it named. Host and port are never used (O10)."""
        try:
            parts = urlsplit(advertised)
            host = parts.hostname or ""
        except ValueError:
            return ""
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if _PATH.fullmatch(path):
            self._paths[service] = path
        self.services |= {service}
        return host

    async def synchronise(self) -> SystemTime | None:
        """Read the device's clock without signing and sign with it from now on (O1).

        Axis signs even this operation; then the HTTP Date header must do (O2).
        """
        request = GetSystemDateAndTime()
        reply = await self._send(request, "", {})
        clock = None
        try:
            clock = self._understand(request, reply)
        except (RefusedError, FaultError):
            clock = None
        utc = clock.utc if clock and clock.utc else _http_date(reply.date)
        if utc is not None and _EPOCH <= utc.year < _END:
            # Whole seconds: on average half a second has passed since the device's clock turned.
            self.offset_s = utc.timestamp() + 0.5 - reply.clock
        return clock

    async def call(self, request: Request[T]) -> T:
        """Call a signed operation.

        Raises:
            RefusedError: the credential was refused, or refused again after it had worked.
            DeviceError: anything else that went wrong.
        """
        try:
            result = await self._signed(request)
        except RefusedError as error:
            if not self.trusted:
                raise
            result = await self._once_more(request, error)
        self._refused_in_a_row = 0
        return result

    async def _once_more(self, request: Request[T], first: RefusedError) -> T:
        """Decide what a refusal means after the credential has worked.

        The device's clock may have drifted (O3): read it again, and try once more if it has. Otherwise the account
        may not use this one operation; a second refusal in a row means that the password has changed.
        """
        self._refused_in_a_row += 1
        if self._refused_in_a_row > 1:
            raise first
        signed_with = self.offset_s
        await self.synchronise()
        try:
            if abs(self.offset_s - signed_with) < _DRIFT_S:
                raise first
            return await self._signed(request)
        except RefusedError as error:
            raise FaultError(f"the account may not {request.operation}: {error}", "NotAuthorized") from None

    async def _signed(self, request: Request[T]) -> T:
        if self.auth == "auto":
            return await self._learn(request)
        if self.auth in ("digest", "both"):
            return await self._with_digest(request)
        return self._understand(request, await self._send(request, self._token(), {}))

    async def _learn(self, request: Request[T]) -> T:
        reply = await self._send(request, "", {})
        self._challenge = choose(reply.challenges)
        if reply.status == 401 and self._challenge:
            self.auth = "digest"
            return await self._with_digest(request)
        self.auth = "wsse"
        try:
            result = self._understand(request, reply)
        except DeviceError:
            return await self._signed(request)
        self.notes.append(f"answers {request.operation} without a password")
        return result

    async def _with_digest(self, request: Request[T]) -> T:
        spent = self._challenge is not None and self.credential is not None
        reply = await self._digest_send(request)
        fresh = choose(reply.challenges) if reply.status == 401 else None
        if fresh and (not spent or fresh.stale or self.trusted):
            # No nonce yet, or the device wants a new one (some want one for every request).
            self._challenge = fresh
            reply = await self._digest_send(request)
            if reply.status == 401 and self.trusted:  # a fresh nonce too: the password has changed meanwhile
                self._refused_in_a_row += 1
        return self._understand(request, reply)

    async def _digest_send(self, request: Request[T]) -> Reply:
        token = self._token() if self.auth == "both" else ""
        if self._challenge is None or self.credential is None:
            return await self._send(request, token, {})
        path = self._paths[request.service]
        answer = self._challenge.answer(self.credential, "POST", path)
        return await self._send(request, token, {"Authorization": answer})

    def _token(self) -> str:
        if self.credential is None:
            return ""
        now = datetime.fromtimestamp(time(), UTC) + timedelta(seconds=self.offset_s)
        return security_header(self.credential, now, clear=self.auth == "text")

    async def _send(self, request: Request[T], header: str, headers: dict[str, str]) -> Reply:
        action = f"{request.service.namespace}/{request.operation}"
        headers["Content-Type"] = f'application/soap+xml; charset=utf-8; action="{action}"'
        return await self._transport.send(
            "POST",
            self._paths[request.service],
            soap.envelope(request.body(), header),
            headers,
            repeatable=request.repeatable,
        )

    def _understand(self, request: Request[T], reply: Reply) -> T:
        secrets = (*request.secrets(), *((self.credential.password,) if self.credential else ()))
        return understand(request, reply, trusted=self.trusted, secrets=secrets)


def _http_date(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
