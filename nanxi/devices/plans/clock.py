"""Clock: from the county's own servers by NTP, in the declared zone, without summer time."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState
from nanxi.devices.timezone import equivalent


def plan_clock(declared: DeclaredDevice, actual: DeviceState) -> Iterator[Change]:
    """Yield what differs. Only UTC counts; LocalDateTime is wrong on many devices (O13)."""
    clock = actual.clock
    if clock is None:
        return
    if clock.source != "ntp":
        yield Change(Aspect.CLOCK, "clock.source", clock.source, "ntp")
    if clock.ntp_from_dhcp:  # then the device ignores its manual servers (O16)
        yield Change(Aspect.CLOCK, "clock.ntp_from_dhcp", "true", "false")
    wanted = declared.ntp_servers[: clock.ntp_places]  # the first ones, where a device has fewer places
    if clock.ntp_servers is not None and clock.ntp_servers != wanted:
        yield Change(Aspect.CLOCK, "clock.ntp_servers", " ".join(clock.ntp_servers), " ".join(wanted))
    if not equivalent(clock.timezone, declared.timezone):
        yield Change(Aspect.CLOCK, "clock.timezone", clock.timezone, declared.timezone)
    elif clock.daylight_saving:
        yield Change(Aspect.CLOCK, "clock.daylight_saving", "true", "false")
    yield from _offset(declared, clock.offset_s)


def _offset(declared: DeclaredDevice, offset_s: float | None) -> Iterator[Change]:
    """A clock that is far off is set at once; NTP pulls in the rest by itself."""
    if offset_s is None or abs(offset_s) <= declared.clock_warn_s:
        return
    far = abs(offset_s) > declared.clock_fail_s
    yield Change(
        Aspect.CLOCK,
        "clock.offset_s",
        f"{offset_s:+.1f}",
        "0",
        applicable=far,
        reason="" if far else "a small drift, left to NTP",
    )
