"""The lock-out guard (D7, C2): what every component on this host knows about refused passwords.

Cameras lock an account, or the client's address, after a few wrong passwords (O7: Hikvision for 30 minutes). So a
refused credential is not tried again until it changes or a person clears it, and never more than two logins fail
per device in 30 minutes, whoever tries.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nanxi.devices.driver import Credential


@dataclass(frozen=True, slots=True)
class GuardState:
    """What the guard holds about one device; no secret is in it."""

    host: str
    refused: tuple[tuple[str, str], ...]  # (user, origin) of every refused credential
    failures: tuple[datetime, ...]  # failed logins of the last 30 minutes, UTC
    attempts_left: int | None  # as the device said last
    locked_until: datetime | None  # the device said that it is locked


class LockoutGuard:
    """File-backed breaker in the folder ``path``, shared by all processes of one host."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.asynccontextmanager
    async def attempt(self, host: str, credential: Credential) -> AsyncIterator[None]:
        """Hold the device while ``credential`` is tried in the body; a RefusedError in it is remembered.

        Raises:
            LockedError: this credential was refused before, or the budget is spent, or the device is locked.
        """
        raise NotImplementedError
        yield

    def forget(self, host: str, credential: Credential) -> None:
        """The device now has this password because we set it: a former refusal means nothing any more."""
        raise NotImplementedError

    def states(self) -> list[GuardState]:
        """Return what is held, sorted by host, for people and for the exporter."""
        raise NotImplementedError

    def clear(self, host: str) -> bool:
        """Forget everything about ``host`` because a person says so; return whether there was anything."""
        raise NotImplementedError
