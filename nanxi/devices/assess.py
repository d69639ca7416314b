"""Read and compare one device: what survey and converge have in common."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nanxi.devices.consent import Consent
from nanxi.devices.declare import aspects_of
from nanxi.devices.driver import Session, Target
from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.plan import plan
from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState


@dataclass(frozen=True, slots=True)
class Job:
    """One device to read or to converge. ``driver`` is the register's driver column."""

    declared: DeclaredDevice
    target: Target
    driver: str = "onvif"


async def assess(
    session: Session, job: Job, aspects: frozenset[Aspect], consent: Consent
) -> tuple[DeviceState, tuple[Change, ...]]:
    """Return the device's state and every difference; limits are read only when an encoder differs.

    Aspects that the device's kind does not have are left out.

    Raises:
        DeviceError: reading failed.
    """
    aspects &= aspects_of(job.declared.kind)
    state = await session.read(aspects)
    changes = plan(job.declared, state, aspects, consent)
    if any(change.aspect is Aspect.ENCODERS for change in applicable(changes)):
        state = await session.read_limits(state)
        changes = plan(job.declared, state, aspects, consent)
    if not job.target.may_write:
        changes = tuple(_observed(change) for change in changes)
    return state, changes


def applicable(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return the changes that a converge would make."""
    return tuple(change for change in changes if change.applicable)


def difference(job: Job, state: DeviceState, changes: tuple[Change, ...]) -> Outcome:
    """Return DECLARED or DRIFTED; findings alone are no drift."""
    wanted = applicable(changes)
    reason = ", ".join(change.field for change in wanted)
    verdict = Verdict.DRIFTED if wanted else Verdict.DECLARED
    return Outcome(job.declared.host, verdict, reason, changes, state)


def _observed(change: Change) -> Change:
    if not change.applicable:
        return change
    return replace(change, applicable=False, reason="the register says that this device is only observed")
