"""Sign in to devices that a person has a password for, and read who they are.

Only at addresses of the register, with that row's own credentials, or with one credential that a person names for
devices that the register does not have (what the contractor before left). No address that a device tells is called,
and the lock-out guard counts every attempt.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from nanxi.devices.driver import Target
from nanxi.devices.errors import DeviceError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.registry import DRIVERS
from nanxi.devices.state import Aspect, DeviceState

_LOG = logging.getLogger(__name__)

_WANTED = frozenset({Aspect.IDENTITY, Aspect.NETWORK, Aspect.HOSTNAME, Aspect.OSD})
_DEADLINE_S = 15.0
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Errand:
    """A device to sign in to, and the driver that does it."""

    target: Target
    driver: str


async def identify(
    errands: Mapping[IPv4Address, Errand | str | None], guard: LockoutGuard
) -> dict[IPv4Address, DeviceState | str | None]:
    """Return what each device says of itself, or why it could not be asked; None where nobody has a password."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def one(errand: Errand | str | None) -> DeviceState | str | None:
        if not isinstance(errand, Errand):
            return errand
        async with slots:
            return await _identify(errand, guard)

    return dict(zip(errands, await asyncio.gather(*map(one, errands.values())), strict=True))


async def _identify(errand: Errand, guard: LockoutGuard) -> DeviceState | str:
    try:
        async with asyncio.timeout(_DEADLINE_S):
            session = await DRIVERS[errand.driver](errand.target, guard)
            try:
                return await session.read(_WANTED)
            finally:
                await session.close()
    except TimeoutError:
        return f"not done within {_DEADLINE_S:g} s"
    except DeviceError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - whatever a hostile reply makes us trip over ends here, named
        _LOG.exception("%s: unexpected error", errand.target.host)
        return f"an error of Nanxi's own: {type(error).__name__}"
