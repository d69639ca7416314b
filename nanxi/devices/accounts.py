"""Replace the factory password and create the declared accounts, without ever losing a device; for every protocol.

The new password is in the vault before the first packet, and a change is believed only after signing in with it.
When the answer to a change is lost, the new password is tried once; if the device refuses it, the session goes on
with the old one. Both are known, so whatever the device took, somebody can get in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from nanxi.devices.driver import Credential, Secret, Target
from nanxi.devices.errors import DeviceError, FaultError, HostileError, RefusedError, UnreachableError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.state import Account, Change, DeclaredDevice, Level, User

_RETRY_S = (1.0, 2.0)  # some cameras restart their web server when an account changes


class AccountPort(Protocol):
    """What a protocol must be able to do with accounts. Every method raises DeviceError."""

    async def users(self) -> tuple[User, ...]:
        """Return the accounts."""
        ...

    async def write_user(self, name: str, password: Secret, level: Level, *, known: bool) -> None:
        """Set password and level of an account, or create it; never sent twice."""
        ...

    async def prove(self, credential: Credential) -> Callable[[], None]:
        """Sign in with another credential; return what makes the session go on with it."""
        ...


class Accounts:
    """Writes the accounts of one device through a signed-in session."""

    def __init__(self, port: AccountPort, target: Target, guard: LockoutGuard) -> None:
        self._port = port
        self._target = target
        self._guard = guard

    async def write(self, declared: DeclaredDevice, changes: Sequence[Change]) -> None:
        """Make the changes of aspect users.

        Raises:
            FaultError: the device refused, or took a password and does not honour it.
            UnreachableError: the device did not come back.
        """
        fields = {change.field for change in changes}
        present = {user.name: user for user in await self._port.users()}
        admin = declared.accounts[0]
        if f"users.{admin.name}.password" in fields:
            await self._take_over(admin, present)
        for account in declared.accounts:
            if {f"users.{account.name}", f"users.{account.name}.level"} & fields:
                await self._write_account(account, known=account.name in present)

    async def _take_over(self, admin: Account, present: Mapping[str, User]) -> None:
        """Move to the declared administrator with the vault's password; no factory account keeps its own.

        Axis has root instead of admin, Dahua 888888 beside it.
        """
        new = self._credential(admin)
        await self._change(admin, new, known=admin.name in present)
        factory = {item.user for item in self._target.credentials if item.origin == "factory"} - {admin.name}
        for name in sorted(factory & present.keys()):
            await self._port.write_user(name, new.password, present[name].level, known=True)

    async def _change(self, admin: Account, new: Credential, *, known: bool) -> None:
        """Send a password change and find out what the device made of it."""
        lost: DeviceError | None = None
        try:
            await self._port.write_user(admin.name, new.password, admin.level, known=known)
        except (UnreachableError, HostileError) as error:
            lost = error
        # A former refusal of this password said that it was not set yet; it may be now.
        self._guard.forget(self._target.host, new)
        adopt = await self._accepts(new)
        if adopt is not None:
            adopt()
            return
        if lost is None:
            raise FaultError(f"the device said OK to the new password of {new.user!r} and refuses it")
        raise FaultError(f"the password of {new.user!r} was not changed: the device {lost}")

    async def _write_account(self, account: Account, *, known: bool) -> None:
        new = self._credential(account)
        await self._port.write_user(account.name, new.password, account.level, known=known)
        self._guard.forget(self._target.host, new)
        if await self._accepts(new) is None:
            raise FaultError(f"the device said OK to the account {account.name!r} and refuses its password")

    def _credential(self, account: Account) -> Credential:
        password = self._target.passwords.get(account.name)
        if password is None:
            raise FaultError(f"the vault has no password for {account.name!r}; nothing was changed")
        return Credential(account.name, password)

    async def _accepts(self, credential: Credential) -> Callable[[], None] | None:
        """Sign in with ``credential``; return how to go on with it, None when the device refuses it."""
        for pause in (*_RETRY_S, None):
            try:
                async with self._guard.attempt(self._target.host, credential):
                    return await self._port.prove(credential)
            except RefusedError:
                return None
            except UnreachableError:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
        return None
