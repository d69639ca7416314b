"""What stands behind an HTTP port: ask what anybody may ask, and give no password.

GetSystemDateAndTime and GetServices are PRE_AUTH (ONVIF Core 5.9.4.3); ISAPI answers nobody, but challenges.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from nanxi.devices.errors import DeviceError, HostileError
from nanxi.devices.http.connection import Reply
from nanxi.devices.http.digest import choose
from nanxi.devices.http.transport import Transport
from nanxi.devices.onvif import soap
from nanxi.devices.onvif.clock import GetSystemDateAndTime
from nanxi.devices.onvif.device import GetServices
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.values import local_name, plain
from nanxi.discovery.model import Speaks

_LOG = logging.getLogger(__name__)

_ISAPI = "/ISAPI/System/deviceInfo"
#: What no device has: a web server that asks for a password here asks for one everywhere.
_NOWHERE = "/0"

#: Seconds for all questions together.
_PATIENCE_S = 15.0
_NOTHING = Reply(status=0, body=b"", date="", challenges=(), clock=0.0)


@dataclass(frozen=True, slots=True)
class Face:
    """What a web server shows to a stranger; it speaks nothing where no answer came.

    ``problem`` is what it did that no device may do.
    """

    speaks: frozenset[Speaks]
    services: frozenset[Service] = frozenset()
    realm: str = ""  # of its HTTP Digest challenge; some makers put the model there
    problem: str = ""

    @property
    def is_device(self) -> bool:
        """Whether it is one of the protocols that we know."""
        return bool(self.speaks - {Speaks.HTTP})


async def is_open(address: IPv4Address, port: int, patience_s: float) -> bool:
    """Return whether something accepts connections there within ``patience_s`` seconds."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(patience_s):
            transport, _ = await loop.create_connection(asyncio.Protocol, str(address), port)
    except OSError:  # TimeoutError is one
        return False
    transport.abort()
    return True


async def look(address: IPv4Address, port: int) -> Face:
    """Return what the web server at an address shows. Never raises: one odd device does not end a search."""
    stranger = _Stranger(Transport(address, port))
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await _look(stranger)
    except TimeoutError:
        speaks = frozenset({Speaks.HTTP} if stranger.is_answered else ())
        return Face(speaks, problem=f"was not done answering after {_PATIENCE_S:g} s")
    except Exception as error:  # noqa: BLE001 - whatever a hostile reply makes us trip over ends here, named
        _LOG.exception("%s: unexpected error", address)
        return Face(frozenset({Speaks.HTTP}), problem=f"an error of Nanxi's own: {type(error).__name__}")
    finally:
        await stranger.close()


async def _look(stranger: _Stranger) -> Face:
    first = await stranger.post(GetSystemDateAndTime())
    if not stranger.is_answered:
        return Face(frozenset())
    speaks: set[Speaks] = set()
    services: frozenset[Service] = frozenset()
    if _is_soap(first):
        speaks.add(Speaks.ONVIF)
        services = _services(await stranger.post(GetServices()))
    nowhere, isapi = await stranger.get(_NOWHERE), await stranger.get(_ISAPI)
    if nowhere.status != 401:
        if first.status == 401:  # asks for a password even to tell the time (O2), and not in SOAP (O4)
            speaks.add(Speaks.ONVIF)
        if isapi.status == 401 or b"<DeviceInfo" in isapi.body:
            speaks.add(Speaks.ISAPI)
    challenge = choose([*isapi.challenges, *first.challenges])
    return Face(
        speaks=frozenset(speaks or {Speaks.HTTP}),
        services=services,
        realm="" if challenge is None else plain(challenge.realm),
        problem=stranger.problem,
    )


class _Stranger:
    """Asks without a password; a bad answer is no answer, and the first one is remembered."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.problem = ""
        self.is_answered = False

    async def post(self, request: Request[Any]) -> Reply:
        action = f"{request.service.namespace}/{request.operation}"
        headers = {"Content-Type": f'application/soap+xml; charset=utf-8; action="{action}"'}
        return await self._send("POST", request.service.default_path, soap.envelope(request.body()), headers)

    async def get(self, path: str) -> Reply:
        return await self._send("GET", path, b"", {})

    async def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        try:
            reply = await self._transport.send(method, path, body, headers)
        except DeviceError as error:
            await self._transport.close()
            self.is_answered |= isinstance(error, HostileError)
            if method == "POST":  # to a GET many web servers answer with a redirect to their login page
                self.problem = self.problem or str(error)
            return _NOTHING
        self.is_answered = True
        return reply

    async def close(self) -> None:
        await self._transport.close()


def _is_soap(reply: Reply) -> bool:
    try:
        soap.open_body(reply.body)
    except HostileError:
        return False
    return True


def _services(reply: Reply) -> frozenset[Service]:
    try:
        content = soap.open_body(reply.body)
    except HostileError:
        return frozenset()
    if isinstance(content, soap.Fault) or local_name(content) != "GetServicesResponse":
        return frozenset()
    return frozenset(GetServices().decode(content))
