"""Disks: ContentMgmt/Storage. Sizes are told in MiB."""

from __future__ import annotations

from collections.abc import Iterable

from nanxi.devices.isapi.tracks import Track
from nanxi.devices.state import Disk, DiskStatus
from nanxi.devices.values import Element, child, children, decimal, text

PATH, ROOT = "ContentMgmt/Storage", "storage"

_GB_PER_MIB = 1024 * 1024 / 1e9
#: What the firmware says of a disk. A word that is not here is nothing to rely on: broken.
_STATUS: dict[str, DiskStatus] = {
    "ok": "ok",
    "normal": "ok",
    "idle": "ok",
    "sleeping": "ok",
    "full": "full",
    "unformatted": "unformatted",
    "uninitialized": "unformatted",
    "formatting": "unformatted",
    "notexist": "missing",
    "offline": "missing",
}


def read_disks(root: Element, tracks: Iterable[Track]) -> tuple[Disk, ...]:
    """Return disks and network volumes.

    A recorder that writes over its oldest files has nothing free for most of its life, and says so: only one that
    does not write over them is full.
    """
    stops = any(track.loops is False for track in tracks)
    found = []
    for entry in (*children(child(root, "hddList"), "hdd"), *children(child(root, "nasList"), "nas")):
        free = (decimal(entry, "freeSpace") or 0.0) * _GB_PER_MIB
        status = _STATUS.get(text(entry, "status").lower(), "broken")
        if status == "ok" and stops and not free:
            status = "full"
        capacity = (decimal(entry, "capacity") or 0.0) * _GB_PER_MIB
        found.append(Disk(text(entry, "id"), status, round(capacity, 1), round(free, 1)))
    return tuple(found)
