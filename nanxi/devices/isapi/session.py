"""The ISAPI driver: an open conversation with one device (see ``nanxi.devices.driver.Session``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nanxi.devices.accounts import Accounts
from nanxi.devices.driver import Credential, Target
from nanxi.devices.errors import FaultError, NotSupportedError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.http.session import HttpSession
from nanxi.devices.http.transport import Transport
from nanxi.devices.isapi import identity, streams
from nanxi.devices.isapi.accounts import IsapiAccounts
from nanxi.devices.isapi.client import Client
from nanxi.devices.isapi.read import read_state
from nanxi.devices.isapi.reader import Reader
from nanxi.devices.isapi.write import WRITERS
from nanxi.devices.signin import sign_in
from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState, Encoder


class IsapiSession(HttpSession):
    """A signed-in device."""

    def __init__(self, target: Target, guard: LockoutGuard, transport: Transport) -> None:
        super().__init__(target, guard, transport)
        self._client = Client(transport)
        self._reader = Reader(self._client)
        self._accounts = Accounts(IsapiAccounts(self._client), target, guard)

    async def sign_in(self) -> None:
        """Find the credential that the device takes.

        Raises:
            DeviceError: the device cannot be reached, or refuses every credential, or is locked.
        """
        try:
            await sign_in(self._target, self._guard, self._try)
        except NotSupportedError as error:
            raise FaultError(f"reachable, but ISAPI is missing or switched off: {error}") from None
        self._client.trusted = True

    async def _try(self, credential: Credential) -> None:
        self._client.use(credential)
        self._reader.seed(identity.PATH, await self._client.get(identity.PATH, identity.ROOT))

    async def read(self, aspects: frozenset[Aspect]) -> DeviceState:
        """Return the actual state of the aspects."""
        async with self.watched():
            return await read_state(self._reader, aspects)

    async def read_limits(self, state: DeviceState) -> DeviceState:
        """Return ``state`` with what the encoders can do; main and sub only."""
        if state.encoders is None:
            return state
        async with self.watched():
            return replace(state, encoders=tuple([await self._limits(one) for one in state.encoders]))

    async def _limits(self, encoder: Encoder) -> Encoder:
        path = streams.capabilities_path(encoder)
        root = None if encoder.role == "other" else await self._reader.ask(None, path)
        return encoder if root is None else streams.read_limits(encoder, root)

    async def write(self, aspect: Aspect, declared: DeclaredDevice, changes: Sequence[Change]) -> None:
        """Make the changes of one aspect."""
        if aspect is Aspect.USERS:
            await self._accounts.write(declared, changes)
        else:
            await WRITERS[aspect](self._client, self._target, declared, changes)

    def signed_in_with(self) -> Credential | None:
        """Return the credential that is in use."""
        return self._client.credential
