"""Read the whole fleet at once and say what differs (D3)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from nanxi.devices.assess import Job, assess, difference
from nanxi.devices.consent import NO_CONSENT, Consent
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.registry import opened, outcome_of
from nanxi.devices.state import ALL_ASPECTS, Aspect

__all__ = ["Job", "survey"]


async def survey(
    jobs: Iterable[Job],
    *,
    guard: LockoutGuard,
    aspects: frozenset[Aspect] = ALL_ASPECTS,
    consent: Consent = NO_CONSENT,
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
        consent: what a converge would be allowed to change.
        concurrency: how many devices are read at once.
        device_deadline_s: seconds for one device.
        total_deadline_s: seconds for all; devices not read by then are UNREACHABLE with that reason.
        progress: called with each outcome as it comes.

    Returns:
        One outcome a job: DECLARED, DRIFTED (with the changes), or what went wrong.
    """
    queue = list(jobs)
    outcomes: dict[int, Outcome] = {}
    pending = iter(enumerate(queue))

    async def work() -> None:
        for index, job in pending:  # shared: each worker takes the next device
            reading = _read(job, guard, aspects, consent)
            outcomes[index] = await outcome_of(job, device_deadline_s, reading)
            if progress:
                progress(outcomes[index])

    try:
        async with asyncio.timeout(total_deadline_s), asyncio.TaskGroup() as group:
            for _ in range(min(concurrency, len(queue))):
                group.create_task(work())
    except TimeoutError:
        for index, job in enumerate(queue):
            if index not in outcomes:
                reason = f"not read: the survey's {total_deadline_s:g} s were over"
                outcomes[index] = Outcome(job.declared.host, Verdict.UNREACHABLE, reason)
    return [outcomes[index] for index in range(len(queue))]


async def _read(job: Job, guard: LockoutGuard, aspects: frozenset[Aspect], consent: Consent) -> Outcome:
    async with opened(job, guard) as session:
        state, changes = await assess(session, job, aspects, consent)
        return difference(job, state, changes)
