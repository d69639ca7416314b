"""ONVIF's side of accounts (``nanxi.devices.accounts``)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nanxi.devices.driver import Credential, Secret
from nanxi.devices.onvif.client import Client
from nanxi.devices.onvif.device import GetDeviceInformation
from nanxi.devices.onvif.users import CreateUsers, GetUsers, SetUser
from nanxi.devices.state import Level, User


class OnvifAccounts:
    """Accounts through a signed-in client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def users(self) -> tuple[User, ...]:
        """Return the accounts."""
        return await self._client.call(GetUsers())

    async def write_user(self, name: str, password: Secret, level: Level, *, known: bool) -> None:
        """Set password and level of an account, or create it."""
        write = SetUser if known else CreateUsers
        await self._client.call(write(name, password, level))

    async def prove(self, credential: Credential) -> Callable[[], None]:
        """Sign in with another credential."""
        other = self._client.sibling(credential)
        await other.call(GetDeviceInformation())
        return partial(self._client.adopt, other)
