"""Platform: registration by GB/T 28181 at the platform of the device's network."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState

_FIELDS = ("server_id", "domain", "address", "port", "device_code", "keepalive_s", "expiry_s")


def plan_platform(declared: DeclaredDevice, actual: DeviceState) -> Iterator[Change]:
    """Yield what differs, channel by channel for the codes.

    Where the plan names no platform, the device's own setting is nobody's business here. A device that is set up
    and does not register is a finding: server, network or password.
    """
    wanted = declared.platform
    if wanted is None:
        return
    if Aspect.PLATFORM in actual.unsupported:
        yield Change(
            Aspect.PLATFORM,
            "platform",
            "",
            wanted.server_id,
            applicable=False,
            reason="this protocol cannot set GB/T 28181 up; use another driver, or the device's web page",
        )
    if actual.platform is None:
        return
    found = actual.platform.access
    if not actual.platform.enabled:
        yield Change(Aspect.PLATFORM, "platform.enabled", "false", "true")
    for field in _FIELDS:
        before, after = str(getattr(found, field)), str(getattr(wanted, field))
        if before != after:
            yield Change(Aspect.PLATFORM, f"platform.{field}", before, after)
    for channel, code in wanted.channel_codes.items():
        if (present := found.channel_codes.get(channel, "")) != code:
            yield Change(Aspect.PLATFORM, f"platform.channels.{channel}", present, code)
    if actual.platform.enabled and actual.platform.registered is False:
        reason = "set up, but the platform does not have it: server, network or password"
        yield Change(Aspect.PLATFORM, "platform.registered", "false", "true", applicable=False, reason=reason)
