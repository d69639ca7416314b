"""Make one device as declared: read, plan, apply, read back (D5)."""

from __future__ import annotations

from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Outcome
from nanxi.devices.state import ALL_ASPECTS, Aspect
from nanxi.devices.survey import Job


async def converge(
    job: Job,
    *,
    guard: LockoutGuard,
    aspects: frozenset[Aspect] = ALL_ASPECTS,
    check: bool = False,
    change_network: bool = False,
    deadline_s: float = 60.0,
) -> Outcome:
    """Make the device as declared and prove it by reading back.

    Returns:
        DECLARED (nothing to do), DRIFTED (``check`` and something to do), CHANGED, NOT_APPLIED (the reason names
        the fields that the device did not take), or what went wrong. Never raises a DeviceError.
    """
    raise NotImplementedError
