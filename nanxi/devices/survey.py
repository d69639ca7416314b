"""Read the whole fleet at once and say what differs (D3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nanxi.devices.driver import Target
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Outcome
from nanxi.devices.state import ALL_ASPECTS, Aspect, DeclaredCamera


@dataclass(frozen=True, slots=True)
class Job:
    """One device to read or to converge. ``driver`` is the register's driver column."""

    declared: DeclaredCamera
    target: Target
    driver: str = "onvif"


async def survey(
    jobs: Iterable[Job],
    *,
    guard: LockoutGuard,
    aspects: frozenset[Aspect] = ALL_ASPECTS,
    change_network: bool = False,
    concurrency: int = 100,
    device_deadline_s: float = 15.0,
    total_deadline_s: float | None = None,
    progress: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Read every device and return its outcome, in the order of ``jobs``; nothing is written to any device.

    Args:
        jobs: the devices.
        guard: the lock-out guard that all components of this host share.
        aspects: what to read and compare.
        change_network: compare network settings as something that a converge would change.
        concurrency: how many devices are read at once.
        device_deadline_s: seconds for one device.
        total_deadline_s: seconds for all; devices not read by then are UNREACHABLE with that reason.
        progress: called with each outcome as it comes.

    Returns:
        One outcome a job: DECLARED, DRIFTED (with the changes), or what went wrong.
    """
    raise NotImplementedError
