"""The SNMP agent of a recorder twin: its disks as the twin has them now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lab.snmp.agent import Value
from lab.snmp.objects import objects_of, profile_of
from nanxi.estate import Estate
from nanxi.register.model import Nvr

_DAHUA_DISK, _DAHUA_CHANNEL = "1.3.6.1.4.1.1004849.2.4.1.1", "1.3.6.1.4.1.1004849.2.10.1.1.1.1"
_DAHUA_CHANNELS, _HIKVISION_DISKS = "1.3.6.1.4.1.1004849.2.1.2.1.0", "1.3.6.1.4.1.50001.1.240.0"
_HIKVISION_DISK = "1.3.6.1.4.1.50001.1.241.1"
#: The firmware's words and numbers for what the twin calls its disks; a missing one has no row with Dahua.
_DAHUA_WORDS = {"ok": "Running", "full": "Running", "broken": "Error", "unformatted": "Uninitialized"}
_HIKVISION_NUMBERS = {"ok": 0, "full": 0, "unformatted": 1, "broken": 2, "missing": 6}
_MIB_PER_GB = 1000**3 / 2**20


def objects_now(device: Nvr, estate: Estate, disks: Iterable[Mapping[str, Any]]) -> dict[str, Value]:
    """Return all objects of a recorder's agent; ``disks`` as ``get section=disks`` of the twin's control tells them."""
    tables = (_DAHUA_DISK, _DAHUA_CHANNEL, _HIKVISION_DISK)
    fixed = {
        oid: value
        for oid, value in objects_of(device, estate).items()
        if not oid.startswith(tuple(f"{table}." for table in tables))
    }
    if profile_of(device) == "hikvision-nvr":
        return fixed | _hikvision(list(disks))
    return fixed | {_DAHUA_CHANNELS: device.channels} | _dahua(disks)


def _dahua(disks: Iterable[Mapping[str, Any]]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for disk in disks:
        if word := _DAHUA_WORDS.get(disk["status"]):
            number, size = disk["number"], disk["capacity_gb"]
            found |= {
                f"{_DAHUA_DISK}.5.{number}": word,
                f"{_DAHUA_DISK}.6.{number}": round(100 * (size - disk["free_gb"]) / size),
                f"{_DAHUA_DISK}.7.{number}": round(size * 1000**3 / 2**30),
            }
    return found


def _hikvision(disks: list[Mapping[str, Any]]) -> dict[str, Value]:
    found: dict[str, Value] = {_HIKVISION_DISKS: len(disks)}
    for disk in disks:
        number = disk["number"]
        found |= {
            f"{_HIKVISION_DISK}.3.{number}.0": _HIKVISION_NUMBERS[disk["status"]],
            f"{_HIKVISION_DISK}.4.{number}.0": round(disk["free_gb"] * _MIB_PER_GB),
            f"{_HIKVISION_DISK}.5.{number}.0": round(disk["capacity_gb"] * _MIB_PER_GB),
        }
    return found
