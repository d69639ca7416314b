"""Take a factory-new device in, in the place of a broken one: is it the right one, then make it as declared."""

from __future__ import annotations

from dataclasses import replace

import uvloop

from nanxi.devices.assess import Job
from nanxi.devices.converge import converge
from nanxi.devices.errors import RefusedError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.registry import opened, outcome_of
from nanxi.devices.state import Aspect
from nanxi.estate import Estate
from nanxi.maintenance.swap import stranger

_WHO = frozenset({Aspect.IDENTITY, Aspect.NETWORK})

_NOT_NEW = (
    "the device is not as it left the works, for it refuses the maker's passwords: set it back, or look whether it"
    " is the right one"
)


def run_take_in(
    estate: Estate, job: Job, *, guard: LockoutGuard, resumed: bool, deadline_s: float = 120.0
) -> Outcome:
    """Prove that the new device answers, then converge it.

    Args:
        estate: with the new device's row.
        job: of the new device.
        guard: what the old device refused is forgotten first.
        resumed: a run before this one may have given it the vault's password already.
        deadline_s: for all of it.

    Returns:
        What ``converge`` returns; FAILED or REFUSED before anything was written, when it is not the right device.
    """
    guard.clear(job.declared.host)
    return uvloop.run(outcome_of(job, deadline_s, _take_in(estate, job, guard, resumed=resumed)))


async def _take_in(estate: Estate, job: Job, guard: LockoutGuard, *, resumed: bool) -> Outcome:
    host = job.declared.host
    factory = tuple(one for one in job.target.credentials if one.origin == "factory")
    vault = tuple(one for one in job.target.credentials if one.origin != "factory")
    if not (factory or resumed):
        reason = f"factory.json names no account that {job.declared.vendor} ships its devices with"
        return Outcome(host, Verdict.FAILED, reason)
    first = replace(job, target=replace(job.target, credentials=(*factory, *(vault if resumed else ()))))
    try:
        async with opened(first, guard) as session:
            state = await session.read(_WHO)
    except RefusedError:
        return Outcome(host, Verdict.REFUSED, _NOT_NEW)
    if problem := stranger(estate, estate.devices[host], state):
        return Outcome(host, Verdict.FAILED, problem, (), state)
    if state.credential == "vault":
        return await converge(job, guard=guard)
    # The maker's first: the vault's password would cost a login of the lock-out budget.
    return await converge(
        replace(job, target=replace(job.target, credentials=(*factory, *vault))), guard=guard
    )
