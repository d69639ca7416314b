"""The segments of a code against unit, kind, class and network (GB/T 28181 annex D)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from nanxi.register.checks.rule import View, rule
from nanxi.register.codes import Expected, expected, faults
from nanxi.register.model import Camera, Device, Host


@rule("code")
def code_fits(view: View) -> Iterator[tuple[Device, str, str, str]]:
    """Every segment of a device's code says what the register and the plan say."""
    edition = view.plan.county.edition
    cache: dict[Hashable, Expected] = {}
    for device in view.devices:
        key = _what_decides(device)
        wanted = cache.get(key)
        if wanted is None:
            wanted = cache[key] = expected(device, view.plan)
        for fault in faults(device.code, wanted, edition):
            yield device, "code", fault.problem, fault.remedy


def _what_decides(device: Device) -> Hashable:
    """Return what :func:`expected` looks at: a county of 5,286 cameras has a few dozen such combinations."""
    if isinstance(device, Camera):
        return device.unit, device.network, device.point_class, bool(device.encoder)
    role = device.role if isinstance(device, Host) else ""
    return device.unit, device.network, device.kind, role
