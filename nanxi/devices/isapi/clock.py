"""Clock, zone and time servers: System/time and System/time/ntpServers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from ipaddress import ip_address
from typing import Literal

from nanxi.devices.isapi.document import add_text, set_text
from nanxi.devices.timezone import parse
from nanxi.devices.values import Element, child, children, text

TIME, TIME_ROOT = "System/time", "Time"
SERVERS, SERVERS_ROOT, SERVER = "System/time/ntpServers", "NTPServerList", "NTPServer"

_UNSET = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - how firmware writes "no address"


@dataclass(frozen=True, slots=True)
class SystemTime:
    """The device's clock. ``utc`` is None when its local time cannot be read or placed in a zone."""

    utc: datetime | None
    source: Literal["ntp", "manual"]
    timezone: str
    daylight_saving: bool


def read_time(root: Element) -> SystemTime:
    """Return the clock; local time without an offset is that of the device's own zone."""
    zone = text(root, "timeZone")
    meant = parse(zone)
    return SystemTime(
        utc=_utc(text(root, "localTime"), zone),
        source="ntp" if text(root, "timeMode").upper() == "NTP" else "manual",
        timezone=zone,
        daylight_saving=bool(meant and meant.summer_time),
    )


def write_time(root: Element, zone: str, now: datetime | None = None) -> None:
    """Set the zone, and the time itself when ``now`` is given (UTC; then the mode is manual)."""
    set_text(root, "NTP" if now is None else "manual", "timeMode")
    set_text(root, zone, "timeZone")
    local = (now or datetime.now(UTC)).astimezone(_fixed(zone))
    # Some firmware refuses an offset that it did not write itself.
    told = text(root, "localTime")
    shown = local.isoformat(timespec="seconds") if _offset_of(told) else local.strftime("%Y-%m-%dT%H:%M:%S")
    add_text(root, "localTime", shown, after="timeMode")


def read_servers(root: Element) -> tuple[str, ...]:
    """Return the time servers that are set, in order."""
    found = (text(entry, "ipAddress") or text(entry, "hostName") for entry in children(root, SERVER))
    return tuple(server for server in found if server not in _UNSET)


def places(root: Element) -> int:
    """Return how many servers the device can hold: it lists a place for each, mostly one."""
    return max(1, sum(1 for _ in children(root, SERVER)))


def write_servers(root: Element, servers: Sequence[str]) -> list[Element]:
    """Set as many of the servers as the device has places for; return the places that were written."""
    written = []
    for entry, server in zip(children(root, SERVER), servers, strict=False):
        numeric = _is_address(server)
        old, new = ("hostName", "ipAddress") if numeric else ("ipAddress", "hostName")
        if (stale := child(entry, old)) is not None:
            entry.remove(stale)
        add_text(entry, new, server, after="addressingFormatType")
        set_text(entry, "ipaddress" if numeric else "hostname", "addressingFormatType")
        written.append(entry)
    return written


def _utc(local: str, zone: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(local)
        if moment.tzinfo is None:
            if parse(zone) is None:
                return None
            moment = moment.replace(tzinfo=_fixed(zone))
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if 1970 <= moment.year <= 2200 else None


def _fixed(zone: str) -> timezone:
    meant = parse(zone)
    return timezone(timedelta(seconds=meant.east_s)) if meant and abs(meant.east_s) < 86400 else UTC


def _offset_of(local: str) -> bool:
    try:
        return datetime.fromisoformat(local).tzinfo is not None
    except ValueError:
        return False


def _is_address(server: str) -> bool:
    try:
        ip_address(server)
    except ValueError:
        return False
    return True
