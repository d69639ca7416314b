"""Probers ``onvif`` and ``drift``: one signed-in reading of a device by the driver that the register names."""

from __future__ import annotations

import asyncio

from exporters.onvif import emit
from exporters.probe import Task, Verdict
from nanxi.devices.assess import Job, assess
from nanxi.devices.consent import NO_CONSENT
from nanxi.devices.errors import DeviceError, LockedError, RefusedError, UnreachableError
from nanxi.devices.registry import opened
from nanxi.devices.state import Change, DeviceState


async def probe_onvif(task: Task) -> Verdict:
    """Read what the module wants and tell it; no difference is looked for."""
    job = task.services.job(task.device.host)
    try:
        state, _ = await _read(task, job)
    except (TimeoutError, asyncio.CancelledError):  # the deadline, as it arrives in here
        emit.access(task.samples, reachable=False, authenticated=None)
        raise
    except DeviceError as error:
        emit.access(task.samples, *_access(error))
        raise
    emit.access(task.samples, reachable=True, authenticated=True)
    emit.state(task.samples, state)
    return Verdict.OK


async def probe_drift(task: Task) -> Verdict:
    """Read every aspect and compare it with what is declared, as the playbooks' survey does."""
    state, changes = await _read(task, task.services.job(task.device.host))
    emit.drift(task.samples, changes)
    for note in state.notes:
        task.log(note)
    return Verdict.OK


async def _read(task: Task, job: Job) -> tuple[DeviceState, tuple[Change, ...]]:
    task.log(f"reading {', '.join(sorted(task.module.wanted))} by {job.driver}")
    async with opened(job, task.services.guard) as session:
        return await assess(session, job, task.module.wanted, NO_CONSENT)


def _access(error: DeviceError) -> tuple[bool | None, bool | None]:
    """Return whether the device was reached and whether it let us in, None where the error does not tell."""
    if isinstance(error, LockedError) and not error.by_device:
        return None, None  # the guard held it: nothing was sent
    if isinstance(error, UnreachableError):
        return False, None
    return True, False if isinstance(error, RefusedError | LockedError) else None
