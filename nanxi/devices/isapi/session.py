"""The ISAPI driver: an open conversation with one device (see ``nanxi.devices.driver.Session``)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from nanxi.devices.accounts import Accounts
from nanxi.devices.driver import Credential, Target
from nanxi.devices.errors import FaultError, NotSupportedError, RefusedError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.http.transport import Transport
from nanxi.devices.isapi import identity, streams
from nanxi.devices.isapi.accounts import IsapiAccounts
from nanxi.devices.isapi.client import Client
from nanxi.devices.isapi.read import read_state
from nanxi.devices.isapi.reader import Reader
from nanxi.devices.isapi.write import WRITERS
from nanxi.devices.signin import sign_in
from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState, Encoder


class IsapiSession:
    """A signed-in device."""

    def __init__(self, target: Target, guard: LockoutGuard, transport: Transport) -> None:
        self._transport = transport
        self._client = Client(transport)
        self._reader = Reader(self._client)
        self._accounts = Accounts(IsapiAccounts(self._client), target, guard)
        self._target = target
        self._guard = guard

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
        async with self._watched():
            return await read_state(self._reader, aspects)

    async def read_limits(self, state: DeviceState) -> DeviceState:
        """Return ``state`` with what the encoders can do; main and sub only."""
        if state.encoders is None:
            return state
        async with self._watched():
            return replace(state, encoders=tuple([await self._limits(one) for one in state.encoders]))

    async def _limits(self, encoder: Encoder) -> Encoder:
        path = streams.capabilities_path(encoder)
        root = None if encoder.role == "other" else await self._reader.ask(None, path)
        return encoder if root is None else streams.read_limits(encoder, root)

    async def apply(self, declared: DeclaredDevice, changes: Sequence[Change]) -> dict[Aspect, str]:
        """Make the changes, aspect by aspect in the order of the plan."""
        problems: dict[Aspect, str] = {}
        for aspect in dict.fromkeys(change.aspect for change in changes):
            own = [change for change in changes if change.aspect is aspect]
            try:
                async with self._watched():
                    if aspect is Aspect.USERS:
                        await self._accounts.write(declared, own)
                    else:
                        await WRITERS[aspect](self._client, self._target, declared, own)
            except FaultError as error:
                problems[aspect] = str(error)
        return problems

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


async def open_session(target: Target, guard: LockoutGuard) -> IsapiSession:
    """Open a signed-in session; nothing is sent when the guard holds every credential.

    Raises:
        DeviceError: see ``IsapiSession.sign_in``.
    """
    guard.check(target.host, target.credentials)
    transport = Transport(target.address, target.http_port)
    session = IsapiSession(target, guard, transport)
    try:
        await session.sign_in()
    except BaseException:
        await transport.close()
        raise
    return session
