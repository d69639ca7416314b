"""Accounts: operations of the device service (ONVIF Core 8.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args

from nanxi.devices.driver import Secret
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.state import Level, User
from nanxi.devices.values import Element, children, escape, text

_LEVELS = {level.lower(): level for level in get_args(Level)}


@dataclass(frozen=True, slots=True)
class GetUsers(Request[tuple[User, ...]]):
    """List the accounts; passwords are never in it."""

    service = Service.DEVICE
    operation = "GetUsers"

    def decode(self, reply: Element) -> tuple[User, ...]:
        """Return the accounts; an unknown level counts as Extended."""
        return tuple(
            User(name, cast("Level", _LEVELS.get(text(entry, "UserLevel").lower(), "Extended")))
            for entry in children(reply, "User")
            if (name := text(entry, "Username"))
        )


@dataclass(frozen=True, slots=True)
class _WriteUser(Request[None]):
    name: str
    password: Secret
    level: Level

    service = Service.DEVICE
    repeatable = False

    def secrets(self) -> tuple[Secret, ...]:
        """Return the new password."""
        return (self.password,)

    def content(self) -> str:
        """Return the arguments."""
        return (
            f"<tds:User><tt:Username>{escape(self.name)}</tt:Username>"
            f"<tt:Password>{escape(self.password.value)}</tt:Password>"
            f"<tt:UserLevel>{self.level}</tt:UserLevel></tds:User>"
        )

    def decode(self, reply: Element) -> None:
        """The reply is empty."""


@dataclass(frozen=True, slots=True)
class CreateUsers(_WriteUser):
    """Create one account."""

    operation = "CreateUsers"


@dataclass(frozen=True, slots=True)
class SetUser(_WriteUser):
    """Change password and level of one account."""

    operation = "SetUser"
