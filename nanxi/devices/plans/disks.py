"""Disks of an NVR: read only; a disk is changed by hand."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState, DiskStatus

#: Why a status that is not ``ok`` matters. ``full`` means that the recorder stopped instead of overwriting.
_REASONS: dict[DiskStatus, str] = {
    "full": "it is full and the recorder does not overwrite: switch overwriting on in its web page",
    "broken": "replace the disk; what lay on it may be lost",
    "missing": "the recorder had it once: look whether it was pulled or has died",
    "unformatted": "format it in the recorder's web page; that erases it",
}


def plan_disks(declared: DeclaredDevice, actual: DeviceState) -> Iterator[Change]:
    """Yield a finding for every disk that cannot be recorded on, and one for a recorder without any."""
    if actual.disks is None:
        return
    if not actual.disks and declared.inputs:
        reason = "the recorder has no disk: nothing is recorded"
        yield Change(Aspect.DISKS, "disks", "none", "ok", applicable=False, reason=reason)
    for disk in actual.disks:
        if reason := _REASONS.get(disk.status, ""):
            yield Change(
                Aspect.DISKS, f"disks.{disk.id}.status", disk.status, "ok", applicable=False, reason=reason
            )
