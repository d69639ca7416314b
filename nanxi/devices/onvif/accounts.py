"""Replace the factory password and create the declared accounts, without ever losing a camera.

The new password is in the vault before the first packet, and a change is believed only after signing in with it.
When the answer to a change is lost, the new password is tried once; if the camera refuses it, the session goes on
with the old one. Both are known, so whatever the camera took, somebody can get in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from nanxi.devices.driver import Credential, Target
from nanxi.devices.errors import DeviceError, FaultError, HostileError, RefusedError, UnreachableError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.onvif.client import Client
from nanxi.devices.onvif.device import GetDeviceInformation
from nanxi.devices.onvif.request import Request
from nanxi.devices.onvif.users import CreateUsers, GetUsers, SetUser
from nanxi.devices.state import Account, Change, DeclaredDevice, User

_RETRY_S = (1.0, 2.0)  # some cameras restart their web server when an account changes


class Accounts:
    """Writes the accounts of one device through a signed-in client."""

    def __init__(self, client: Client, target: Target, guard: LockoutGuard) -> None:
        self._client = client
        self._target = target
        self._guard = guard

    async def write(self, declared: DeclaredDevice, changes: Sequence[Change]) -> None:
        """Make the changes of aspect users.

        Raises:
            FaultError: the device refused, or took a password and does not honour it.
            UnreachableError: the device did not come back.
        """
        fields = {change.field for change in changes}
        present = {user.name: user for user in await self._client.call(GetUsers())}
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
        write = SetUser if admin.name in present else CreateUsers
        await self._change(write(admin.name, new.password, admin.level), new)
        factory = {item.user for item in self._target.credentials if item.origin == "factory"} - {admin.name}
        for name in sorted(factory & present.keys()):
            await self._client.call(SetUser(name, new.password, present[name].level))

    async def _change(self, request: Request[None], new: Credential) -> None:
        """Send a password change and find out what the device made of it."""
        lost: DeviceError | None = None
        try:
            await self._client.call(request)
        except (UnreachableError, HostileError) as error:
            lost = error
        # A former refusal of this password said that it was not set yet; it may be now.
        self._guard.forget(self._target.host, new)
        if await self._proves(new):
            return
        if lost is None:
            raise FaultError(f"the camera said OK to the new password of {new.user!r} and refuses it")
        raise FaultError(f"the password of {new.user!r} was not changed: the camera {lost}")

    async def _write_account(self, account: Account, *, known: bool) -> None:
        new = self._credential(account)
        write = SetUser if known else CreateUsers
        await self._client.call(write(account.name, new.password, account.level))
        self._guard.forget(self._target.host, new)
        if not await self._accepts(self._client.sibling(new), new):
            raise FaultError(f"the camera said OK to the account {account.name!r} and refuses its password")

    def _credential(self, account: Account) -> Credential:
        password = self._target.passwords.get(account.name)
        if password is None:
            raise FaultError(f"the vault has no password for {account.name!r}; nothing was changed")
        return Credential(account.name, password)

    async def _proves(self, credential: Credential) -> bool:
        """Sign in with ``credential`` and go on with it if the device accepts it."""
        other = self._client.sibling(credential)
        accepted = await self._accepts(other, credential)
        if accepted:
            self._client.adopt(other)
        return accepted

    async def _accepts(self, client: Client, credential: Credential) -> bool:
        for pause in (*_RETRY_S, None):
            try:
                async with self._guard.attempt(self._target.host, credential):
                    await client.call(GetDeviceInformation())
            except RefusedError:
                return False
            except UnreachableError:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
            else:
                return True
        return False
