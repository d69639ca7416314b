"""Make one device as declared: read, plan, apply, read back (D5)."""

from __future__ import annotations

import asyncio

from nanxi.devices.assess import Job, applicable, assess, difference
from nanxi.devices.consent import NO_CONSENT, Consent
from nanxi.devices.driver import Session
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.registry import opened, outcome_of
from nanxi.devices.state import ALL_ASPECTS, Aspect, Change, DeviceState

#: Pauses before reading back again, seconds: on some devices the read-back lags the write.
GRACE_S = (0.0, 0.5, 1.0, 2.0)

#: A write may undo another one (a new codec resets the bit rate of many cameras): apply once more, no more.
_ROUNDS = 2


async def converge(
    job: Job,
    *,
    guard: LockoutGuard,
    aspects: frozenset[Aspect] = ALL_ASPECTS,
    check: bool = False,
    consent: Consent = NO_CONSENT,
    deadline_s: float = 60.0,
) -> Outcome:
    """Make the device as declared and prove it by reading back.

    Returns:
        DECLARED (nothing to do), DRIFTED (``check`` and something to do), CHANGED, NOT_APPLIED (the reason names
        the fields that the device did not take), or what went wrong. Never raises a DeviceError.
    """
    work = _converge(job, guard, aspects, consent, check=check)
    return await outcome_of(job, deadline_s, work)


async def _converge(
    job: Job, guard: LockoutGuard, aspects: frozenset[Aspect], consent: Consent, *, check: bool
) -> Outcome:
    async with opened(job, guard) as session:
        state, changes = await assess(session, job, aspects, consent)
        wanted = applicable(changes)
        if check or not wanted:
            return difference(job, state, changes)
        problems: dict[Aspect, str] = {}
        left = wanted
        for _ in range(_ROUNDS):
            problems = await session.apply(job.declared, left)
            state, left = await _read_back(session, job, left, problems, consent)
            if not left or all(change.aspect in problems for change in left):
                break
        if left:
            return Outcome(job.declared.host, Verdict.NOT_APPLIED, _explain(left, problems), changes, state)
        return Outcome(job.declared.host, Verdict.CHANGED, "", changes, state)


async def _read_back(
    session: Session,
    job: Job,
    written: tuple[Change, ...],
    problems: dict[Aspect, str],
    consent: Consent,
) -> tuple[DeviceState, tuple[Change, ...]]:
    """Return the state and what still differs; wait a little only for fields that the device did not refuse."""
    aspects = frozenset(change.aspect for change in written)
    fields = {change.field for change in written}
    for pause in GRACE_S:
        await asyncio.sleep(pause)
        state, changes = await assess(session, job, aspects, consent)
        left = applicable(changes)
        if not any(change.field in fields and change.aspect not in problems for change in left):
            break
    return state, left


def _explain(left: tuple[Change, ...], problems: dict[Aspect, str]) -> str:
    """Name every field that was not applied, and what the device said against it."""
    fields = "; ".join(f"{change.field} is still {change.before!r}, not {change.after!r}" for change in left)
    said = [f"{aspect}: {problem}" for aspect, problem in problems.items()]
    return "; ".join([fields, *said]) if said else f"the device said OK and did not change it: {fields}"
