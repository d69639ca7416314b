"""Prometheus targets from the register: HTTP service discovery and files (``file_sd``).

A target is a device's host name, never its address: the exporter looks the address up itself. Devices in repair, planned
and retired ones are no targets, so nothing of them is "down"; that percentages stay honest, nanxi_device_due is 0 for those
in repair and nanxi_register_devices counts every state.
"""

from __future__ import annotations

from collections.abc import Iterable

from exporters.config import ModuleConfig
from exporters.fleet.poller import polled
from exporters.probe import identity
from exporters.signals import IDENTITY
from nanxi.estate import Estate
from nanxi.inventory import tier_of
from nanxi.register.model import Device

Group = dict[str, list[str] | dict[str, str]]


def labels(device: Device, estate: Estate) -> dict[str, str]:
    """Return the labels of a device's series; they are the same that the exporter sets."""
    return {
        **dict(zip(IDENTITY, identity(device), strict=True)),
        "tier": str(tier_of(device, estate)),
        "code": device.code,
        "vendor": device.vendor,
        "state": device.state.value,
    }


def targets(devices: Iterable[Device], estate: Estate, name: str, module: ModuleConfig) -> list[Group]:
    """Return the target groups of one module: one group a device, sorted by host name."""
    return [
        {"targets": [one.host], "labels": {**labels(one, estate), "__param_module": name}}
        for one in sorted(polled(devices, module), key=lambda one: one.host)
    ]
