"""Prober ``rtsp``: one call-up."""

from __future__ import annotations

from exporters.probe import Task, Verdict
from exporters.rtsp import emit
from exporters.rtsp.source import forget, source
from nanxi.devices.errors import FaultError
from nanxi.devices.rtsp.call_up import call_up
from nanxi.devices.rtsp.errors import BusyError


async def probe_rtsp(task: Task) -> Verdict:
    """Call the camera up and tell the three timers."""
    where = await source(task.services, task.device)
    task.log(f"calling up {where.target.path.partition('?')[0]} via {where.via}")
    found = await call_up(
        where.target, task.services.guard, key_frame_s=task.module.key_frame_s, sample_s=task.module.sample_s
    )
    emit.call_up(task.samples, found, where.via)
    if found.error is None:
        return Verdict.OK
    if isinstance(found.error, BusyError):
        task.log(str(found.error))
        return Verdict.BUSY
    if isinstance(found.error, FaultError) and found.error.subcode == "404":
        forget(task.services, task.device.host)
    raise found.error
