"""Prober ``rtsp``: one call-up."""

from __future__ import annotations

from exporters.probe import Task, Verdict
from exporters.rtsp import emit
from exporters.rtsp.source import forget, honest, source
from nanxi.devices.errors import DeviceError, FaultError
from nanxi.devices.rtsp.call_up import CallUp, call_up
from nanxi.devices.rtsp.errors import BusyError


async def probe_rtsp(task: Task) -> Verdict:
    """Call the camera up and tell the three timers."""
    module, services = task.module, task.services
    try:
        where = await source(services, task.device, module)
    except DeviceError as error:
        if module.which == "recorded_here":  # whoever wants its picture here gets none: a call-up that failed
            return _told(task, CallUp(error=error), "gate")
        raise
    task.log(f"calling up {where.target.path.partition('?')[0]} via {where.via}")
    found = await call_up(
        where.target, services.guard, key_frame_s=module.key_frame_s, sample_s=module.sample_s
    )
    if found.error is not None:
        found.error = await honest(services, where, found.error)
    if where.via == "device" and isinstance(found.error, FaultError) and found.error.subcode == "404":
        forget(services, task.device.host)
    return _told(task, found, where.via)


def _told(task: Task, found: CallUp, via: str) -> Verdict:
    """Tell how it went; a busy camera is neither up nor down."""
    emit.call_up(task.samples, found, via)
    if found.error is None:
        return Verdict.OK
    if isinstance(found.error, BusyError):
        task.log(str(found.error))
        return Verdict.BUSY
    raise found.error
