"""ISAPI's side of accounts (``nanxi.devices.accounts``)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nanxi.devices.driver import Credential, Secret
from nanxi.devices.errors import FaultError, NotSupportedError
from nanxi.devices.isapi import identity, users
from nanxi.devices.isapi.client import Client
from nanxi.devices.state import Level, User
from nanxi.devices.values import text


class IsapiAccounts:
    """Accounts through a signed-in client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def users(self) -> tuple[User, ...]:
        """Return the accounts."""
        return users.read_users(await self._client.get(users.PATH, users.ROOT))

    async def write_user(self, name: str, password: Secret, level: Level, *, known: bool) -> None:
        """Set password and level of an account, or create it.

        The body goes out as it is over HTTP, so the password in use is added only for a device that refuses without.
        """
        credential = self._client.credential
        root = await self._client.get(users.PATH, users.ROOT)
        entry = users.find(root, name)
        if entry is None and known:
            raise FaultError(f"the account {name!r} has gone meanwhile")
        send, path = self._client.put, f"{users.PATH}/{text(entry, 'id')}"
        if entry is None:
            send, path, entry = self._client.post, users.PATH, users.new_user(root, name)
        users.write_user(entry, password, level)
        try:
            await send(path, entry, (password,))
        except FaultError as error:
            if credential is None or isinstance(error, NotSupportedError):
                raise
            users.vouch(entry, credential.password)
            await send(path, entry, (password,))

    async def prove(self, credential: Credential) -> Callable[[], None]:
        """Sign in with another credential."""
        other = self._client.sibling(credential)
        await other.get(identity.PATH, identity.ROOT)
        return partial(self._client.adopt, other)
