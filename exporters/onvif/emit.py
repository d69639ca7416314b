"""From a device's state to samples (pure).

nanxi_device_reachable{device="shangtang-cam0001",kind="cameras",unit="shangtang",class="3",network="public"} 1
nanxi_device_clock_offset_seconds{device="shangtang-cam0001",...} -0.4
nanxi_device_identity_hash{device="shangtang-cam0001",...,part="firmware"} 117093590311632
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from exporters.signals import Samples
from nanxi.devices.state import Change, DeviceState


def access(samples: Samples, reachable: bool | None, authenticated: bool | None) -> None:
    """Tell whether the device was reached and let us in; None says nothing."""
    samples.add("nanxi_device_reachable", reachable)
    samples.add("nanxi_device_authenticated", authenticated)


def state(samples: Samples, actual: DeviceState) -> None:
    """Tell clock, identity and profiles, as far as they were read."""
    if clock := actual.clock:
        samples.add("nanxi_device_clock_offset_seconds", clock.offset_s)
        samples.add("nanxi_device_clock_ntp", clock.source == "ntp")
    if identity := actual.identity:
        parts = {
            "firmware": identity.firmware,
            "model": identity.model,
            "serial_number": identity.serial_number,
            "mac": identity.mac,
        }
        samples.add("nanxi_device_identity_info", 1, manufacturer=identity.manufacturer, **parts)
        for part, text in parts.items():
            if text:
                samples.add("nanxi_device_identity_hash", fingerprint(text), part=part)
    if actual.encoders is not None:
        samples.add("nanxi_device_profiles", len(actual.encoders))


def drift(samples: Samples, changes: Sequence[Change]) -> None:
    """Tell how many fields of which aspect differ."""
    differing = Counter(change.aspect for change in changes if change.applicable)
    found = Counter(change.aspect for change in changes if not change.applicable)
    samples.add("nanxi_device_as_declared", not differing)
    for aspect, count in differing.items():
        samples.add("nanxi_device_drift", count, aspect=aspect.value)
    for aspect, count in found.items():
        samples.add("nanxi_device_findings", count, aspect=aspect.value)


def fingerprint(text: str) -> int:
    """Return 48 bits that stand for a text: whole numbers of that size survive a float."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
