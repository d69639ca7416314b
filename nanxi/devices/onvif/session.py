"""The ONVIF driver: an open conversation with one device (see ``nanxi.devices.driver.Session``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from nanxi.devices.accounts import Accounts
from nanxi.devices.driver import Credential, Target
from nanxi.devices.errors import FaultError, NotSupportedError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.http.session import HttpSession
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
from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState, Role

T = TypeVar("T")

_OTHERWISE = "the camera's separate ONVIF user is missing"  # O6


class OnvifSession(HttpSession):
    """A signed-in device."""

    def __init__(self, target: Target, guard: LockoutGuard, transport: Transport) -> None:
        super().__init__(target, guard, transport)
        self._client = Client(transport, target.auth)
        self._reader = Reader(self._client, str(target.address))
        self._reader.input_logins = tuple(target.input_passwords.values())
        self._accounts = Accounts(OnvifAccounts(self._client), target, guard)
        self._inputs = InputWriter(self._reader, target, partial(main_stream_path, guard=guard))

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
            await sign_in(self._target, self._guard, self._try, _OTHERWISE)
        except NotSupportedError as error:
            raise FaultError(f"reachable, but ONVIF is missing or switched off: {error}") from None
        self._client.trusted = True

    async def _try(self, credential: Credential) -> None:
        self._client.credential = credential
        self._reader.first_identity = await self._client.call(GetDeviceInformation())

    async def read(self, aspects: frozenset[Aspect]) -> DeviceState:
        """Return the actual state of the aspects."""
        async with self.watched():
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

    async def write(self, aspect: Aspect, declared: DeclaredDevice, changes: Sequence[Change]) -> None:
        """Make the changes of one aspect."""
        if aspect is Aspect.USERS:
            await self._accounts.write(declared, changes)
        elif aspect is Aspect.CHANNELS:
            await self._inputs.write_inputs(declared, changes)
        elif aspect is Aspect.RECORDING:
            await self._inputs.write_recording(declared, changes)
        else:
            await WRITERS[aspect](self._reader, declared, changes)

    def signed_in_with(self) -> Credential | None:
        """Return the credential that is in use."""
        return self._client.credential

    async def stream_path(self, channel: int, role: Role = "main") -> str:
        """Return path and query of a channel's stream; empty when the device tells none of use.

        Raises:
            FaultError: the device has no such channel, or does not tell.
        """
        async with self.watched():
            return await read_stream_path(self._reader, channel, role)

    async def ask(self, request: Request[T]) -> T:
        """Call one operation, after finding out where its service is."""
        await self._reader.locate_services()
        async with self.watched():
            return await self._client.call(request)


async def main_stream_path(target: Target, channel: int, *, guard: LockoutGuard) -> str:
    """Ask a device where the main stream of a channel is; see ``OnvifSession.stream_path``.

    Raises:
        DeviceError: the device cannot be reached, refuses us, or does not tell.
    """
    session = await OnvifSession.open(target, guard)
    try:
        return await session.stream_path(channel)
    finally:
        await session.close()
