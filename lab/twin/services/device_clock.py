"""Device service: date, time and time servers (ONVIF Core 8.3.5 to 8.3.7 and 8.2.6)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from lxml import etree

from lab.twin.auth.access import Access
from lab.twin.clock import as_utc
from lab.twin.markup import Content, Xml, el
from lab.twin.services.hosts import network_host, read_hosts
from lab.twin.services.table import Call, operation
from lab.twin.settings import Ntp
from lab.twin.soap import Fault, flag, invalid_value, node, text

#: POSIX TZ (IEEE 1003.1, section 8.3): name, offset, and perhaps a daylight saving zone with its rules.
_NAME = r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)"
_OFFSET = r"([+-]?)(\d{1,3})(?::(\d{1,2})(?::(\d{1,2}))?)?"
POSIX = re.compile(rf"{_NAME}{_OFFSET}({_NAME}.*)?")


@operation("tds:GetSystemDateAndTime", Access.PRE_AUTH)
def get_system_date_and_time(call: Call) -> Content:
    """Tell the device's time."""
    clock, traits = call.settings.clock, call.twin.traits.clock
    utc = as_utc(call.twin.now())
    local = utc + utc_offset(clock.timezone)
    return el(
        "tds:SystemDateAndTime",
        el("tt:DateTimeType", clock.source),
        el("tt:DaylightSavings", clock.daylight_saving),
        el("tt:TimeZone", el("tt:TZ", clock.timezone)),
        _date_time("tt:UTCDateTime", utc),
        _date_time("tt:LocalDateTime", local) if traits.tells_local_time else None,
    )


@operation("tds:SetSystemDateAndTime", Access.WRITE_SYSTEM)
def set_system_date_and_time(call: Call) -> Content:
    """Set source, zone and, in manual mode, the time."""
    request, twin = call.request, call.twin
    source = text(request, "tds:DateTimeType")
    if source not in ("NTP", "Manual"):
        raise invalid_value("ter:InvalidDateTime", "DateTimeType is neither Manual nor NTP")
    changed = twin.settings.clock.model_copy(
        update={"source": source, **_zone(call, text(request, "tds:TimeZone/tt:TZ"))}
    )
    moment = node(request, "tds:UTCDateTime")
    twin.set_clock(changed, _read_date_time(moment) if source == "Manual" and moment is not None else None)
    return None


@operation("tds:GetNTP", Access.READ_SYSTEM)
def get_ntp(call: Call) -> Content:
    """Tell the time servers; only those in use, as devices do."""
    ntp = call.settings.ntp
    return el(
        "tds:NTPInformation",
        el("tt:FromDHCP", ntp.from_dhcp),
        [network_host("tt:NTPFromDHCP", host) for host in ntp.dhcp if ntp.from_dhcp],
        [network_host("tt:NTPManual", host) for host in ntp.manual],
    )


@operation("tds:SetNTP", Access.WRITE_SYSTEM)
def set_ntp(call: Call) -> Content:
    """Set the time servers. With DHCP the manual ones are kept, and not used (O16)."""
    from_dhcp = flag(call.request, "tds:FromDHCP")
    if from_dhcp is None:
        raise invalid_value("ter:InvalidParameter", "FromDHCP is missing")
    manual = read_hosts(call.request, "tds:NTPManual", bad_address="ter:InvalidIPv4Address")
    if not from_dhcp and not manual:
        raise invalid_value("ter:InvalidParameter", "no server given")
    call.twin.change("ntp", Ntp(from_dhcp=from_dhcp, manual=manual, dhcp=call.settings.ntp.dhcp))
    return None


def _zone(call: Call, zone: str | None) -> dict[str, object]:
    rule = call.twin.traits.clock.timezones
    if rule == "fixed" or zone is None:
        return {}
    match = POSIX.fullmatch(zone)
    if match is None or (rule == "no-dst" and match[5]):
        raise invalid_value("ter:InvalidTimeZone", "An invalid time zone was specified")
    wanted = flag(call.request, "tds:DaylightSavings")
    return {"timezone": zone, "daylight_saving": bool(wanted and match[5])}


def utc_offset(zone: str) -> timedelta:
    """Return how far local time is ahead of UTC; zero for a string that is no POSIX TZ."""
    # POSIX counts west of Greenwich as positive. Daylight saving is left out: no zone of a twin is in summer time.
    match = POSIX.fullmatch(zone)
    if match is None:
        return timedelta(0)
    size = timedelta(hours=int(match[2]), minutes=int(match[3] or 0), seconds=int(match[4] or 0))
    return size if match[1] == "-" else -size


def _date_time(tag: str, moment: datetime) -> Xml:
    return el(
        tag,
        el(
            "tt:Time",
            el("tt:Hour", moment.hour),
            el("tt:Minute", moment.minute),
            el("tt:Second", moment.second),
        ),
        el("tt:Date", el("tt:Year", moment.year), el("tt:Month", moment.month), el("tt:Day", moment.day)),
    )


def _read_date_time(element: etree._Element) -> float:
    paths = (
        "Date/tt:Year",
        "Date/tt:Month",
        "Date/tt:Day",
        "Time/tt:Hour",
        "Time/tt:Minute",
        "Time/tt:Second",
    )
    try:
        year, month, day, hour, minute, second = (int(text(element, f"tt:{path}") or "") for path in paths)
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC).timestamp()
    except ValueError:
        raise Fault(
            "Sender",
            "ter:InvalidArgVal",
            "ter:InvalidDateTime",
            reason="An invalid date or time was specified",
        ) from None
