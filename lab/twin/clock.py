"""The device's clock as a pure function of its settings and of real time."""

from __future__ import annotations

from datetime import UTC, datetime

from lab.twin.settings import Clock, Ntp
from lab.twin.traits import ClockTraits


def ntp_works(clock: Clock, ntp: Ntp, traits: ClockTraits) -> bool:
    """Return whether the clock is disciplined: by the servers set by hand, or by those that DHCP offers (O16)."""
    if clock.source != "NTP":
        return False
    return bool(ntp.dhcp) and traits.dhcp_ntp_answers if ntp.from_dhcp else bool(ntp.manual)


def device_time(clock: Clock, ntp: Ntp, traits: ClockTraits, reference: float, started: float) -> float:
    """Return the UNIX time that the device shows at the real time ``reference``.

    ``started`` is when the fleet started: the anchor of a factory clock that nobody has set yet.
    """
    anchor = started if clock.anchored_at is None else clock.anchored_at
    elapsed = reference - anchor
    if ntp_works(clock, ntp, traits) and elapsed >= traits.ntp_settles_s:
        return reference
    return reference + clock.offset_s + elapsed * clock.drift_ppm / 1e6


def as_utc(seconds: float) -> datetime:
    """Return a UNIX time as an aware datetime."""
    return datetime.fromtimestamp(seconds, UTC)
