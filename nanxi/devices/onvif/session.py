"""The ONVIF driver: an open conversation with one device (see ``nanxi.devices.driver.Session``)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TypeVar

from nanxi.devices.accounts import Accounts
from nanxi.devices.driver import Credential, Target
from nanxi.devices.errors import FaultError, NotSupportedError, RefusedError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.http.transport import Transport
from nanxi.devices.onvif.accounts import OnvifAccounts
from nanxi.devices.onvif.client import Client
from nanxi.devices.onvif.device import GetDeviceInformation
from nanxi.devices.onvif.encoder import keep_roles
from nanxi.devices.onvif.inputs_write import InputWriter
from nanxi.devices.onvif.read import read_state, read_stream_path
from nanxi.devices.onvif.reader import Reader
from nanxi.devices.onvif.request import Request
from nanxi.devices.onvif.write import WRITERS
from nanxi.devices.signin import sign_in
from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState

T = TypeVar("T")


class OnvifSession:
    """A signed-in device."""

    def __init__(self, target: Target, guard: LockoutGuard, transport: Transport) -> None:
        self._transport = transport
        self._client = Client(transport, target.auth)
        self._reader = Reader(self._client, str(target.address))
        self._reader.input_logins = tuple(target.input_passwords.values())
        self._accounts = Accounts(OnvifAccounts(self._client), target, guard)
        self._inputs = InputWriter(self._reader, target, partial(main_stream_path, guard=guard))
        self._target = target
        self._guard = guard

    async def sign_in(self) -> None:
        """Read the clock, then find the credential that the device takes.

        Raises:
            DeviceError: the device cannot be reached, or refuses every credential, or is locked.
        """
        if self._target.auth == "text":
            self._client.notes.append(
                "sends the password in clear, as the register allows for this camera (O5)"
            )
        self._reader.first_clock = await self._client.synchronise()
        try:
            await sign_in(self._target, self._guard, self._try)
        except NotSupportedError as error:
            raise FaultError(f"reachable, but ONVIF is missing or switched off: {error}") from None
        self._client.trusted = True

    async def _try(self, credential: Credential) -> None:
        self._client.credential = credential
        self._reader.first_identity = await self._client.call(GetDeviceInformation())

    async def read(self, aspects: frozenset[Aspect]) -> DeviceState:
        """Return the actual state of the aspects."""
        async with self._watched():
            state = await read_state(self._reader, aspects)
        if state.encoders is not None:
            if self._reader.encoders:
                state = replace(state, encoders=keep_roles(state.encoders, self._reader.encoders))
            self._reader.encoders = state.encoders or ()
        return state

    async def read_limits(self, state: DeviceState) -> DeviceState:
        """Return ``state`` with what the encoders can do."""
        if state.encoders is None:
            return state
        return replace(state, encoders=await self._reader.read_limits(state.encoders))

    async def apply(self, declared: DeclaredDevice, changes: Sequence[Change]) -> dict[Aspect, str]:
        """Make the changes, aspect by aspect in the order of the plan."""
        problems: dict[Aspect, str] = {}
        for aspect in dict.fromkeys(change.aspect for change in changes):
            own = [change for change in changes if change.aspect is aspect]
            try:
                async with self._watched():
                    if aspect is Aspect.USERS:
                        await self._accounts.write(declared, own)
                    elif aspect is Aspect.CHANNELS:
                        await self._inputs.write_inputs(declared, own)
                    elif aspect is Aspect.RECORDING:
                        await self._inputs.write_recording(declared, own)
                    else:
                        await WRITERS[aspect](self._reader, declared, own)
            except FaultError as error:
                problems[aspect] = str(error)
        return problems

    async def stream_path(self, channel: int) -> str:
        """Return path and query of a channel's main stream; empty when the device tells none of use.

        Raises:
            FaultError: the device has no such channel, or does not tell.
        """
        async with self._watched():
            return await read_stream_path(self._reader, channel)

    async def ask(self, request: Request[T]) -> T:
        """Call one operation, after finding out where its service is."""
        await self._reader.locate_services()
        async with self._watched():
            return await self._client.call(request)

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        """Tell the guard when a password that worked is refused: somebody changed it meanwhile."""
        try:
            yield
        except RefusedError:
            if self._client.credential is None:
                raise
            async with self._guard.attempt(self._target.host, self._client.credential):
                raise

    async def close(self) -> None:
        """Close the connection."""
        await self._transport.close()


async def open_session(target: Target, guard: LockoutGuard) -> OnvifSession:
    """Open a signed-in session; nothing is sent when the guard holds every credential.

    Raises:
        DeviceError: see ``OnvifSession.sign_in``.
    """
    guard.check(target.host, target.credentials)
    transport = Transport(target.address, target.http_port)
    session = OnvifSession(target, guard, transport)
    try:
        await session.sign_in()
    except BaseException:
        await transport.close()
        raise
    return session


async def main_stream_path(target: Target, channel: int, *, guard: LockoutGuard) -> str:
    """Ask a device where the main stream of a channel is; see ``OnvifSession.stream_path``.

    Raises:
        DeviceError: the device cannot be reached, refuses us, or does not tell.
    """
    session = await open_session(target, guard)
    try:
        return await session.stream_path(channel)
    finally:
        await session.close()
