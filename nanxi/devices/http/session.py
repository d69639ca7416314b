"""What every session over HTTP has in common: opened under the guard, applied aspect by aspect, watched, closed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Self

from nanxi.devices.driver import Credential, Target
from nanxi.devices.errors import FaultError, RefusedError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.http.transport import Transport
from nanxi.devices.state import Aspect, Change, DeclaredDevice


class HttpSession(ABC):
    """A conversation with one device; a driver says how to sign in, to read, and to write one aspect."""

    def __init__(self, target: Target, guard: LockoutGuard, transport: Transport) -> None:
        self._target = target
        self._guard = guard
        self._transport = transport

    @classmethod
    async def open(cls, target: Target, guard: LockoutGuard) -> Self:
        """Open a signed-in session; nothing is sent when the guard holds every credential.

        Raises:
            DeviceError: see ``sign_in``.
        """
        guard.check(target.host, target.credentials)
        transport = Transport(target.address, target.http_port)
        session = cls(target, guard, transport)
        try:
            await session.sign_in()
        except BaseException:
            await transport.close()
            raise
        return session

    @abstractmethod
    async def sign_in(self) -> None:
        """Find the credential that the device takes.

        Raises:
            DeviceError: the device cannot be reached, or refuses every credential, or is locked.
        """

    @abstractmethod
    async def write(self, aspect: Aspect, declared: DeclaredDevice, changes: Sequence[Change]) -> None:
        """Make the changes of one aspect.

        Raises:
            FaultError: what the device said against it.
        """

    @abstractmethod
    def signed_in_with(self) -> Credential | None:
        """Return the credential that is in use."""

    async def apply(self, declared: DeclaredDevice, changes: Sequence[Change]) -> dict[Aspect, str]:
        """Make the changes, aspect by aspect in the order of the plan."""
        problems: dict[Aspect, str] = {}
        for aspect in dict.fromkeys(change.aspect for change in changes):
            own = [change for change in changes if change.aspect is aspect]
            try:
                async with self.watched():
                    await self.write(aspect, declared, own)
            except FaultError as error:
                problems[aspect] = str(error)
        return problems

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Tell the guard when a password that worked is refused: somebody changed it meanwhile."""
        try:
            yield
        except RefusedError:
            credential = self.signed_in_with()
            if credential is None:
                raise
            async with self._guard.attempt(self._target.host, credential):
                raise

    async def close(self) -> None:
        """Close the connection; never raises."""
        await self._transport.close()
