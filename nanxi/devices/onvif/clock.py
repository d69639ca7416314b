"""Clock operations of the device service: date and time, zone, NTP (ONVIF Core 8.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from nanxi.devices.onvif.address import hosts_of, network_host
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.values import Element, boolean, child, escape, flag, integer, text


@dataclass(frozen=True, slots=True)
class SystemTime:
    """The device's clock. ``utc`` is None when the device sends none or nonsense (0000-00-00, O13)."""

    utc: datetime | None
    source: Literal["ntp", "manual"]
    timezone: str
    daylight_saving: bool


@dataclass(frozen=True, slots=True)
class GetSystemDateAndTime(Request[SystemTime]):
    """PRE_AUTH by the specification; Axis wants it signed (O2)."""

    service = Service.DEVICE
    operation = "GetSystemDateAndTime"

    def decode(self, reply: Element) -> SystemTime:
        """Return the clock; only UTC counts, LocalDateTime is missing or wrong on many devices (O13)."""
        clock = child(reply, "SystemDateAndTime")
        return SystemTime(
            utc=_utc(child(clock, "UTCDateTime")),
            source="ntp" if text(clock, "DateTimeType").upper() == "NTP" else "manual",
            timezone=text(clock, "TimeZone", "TZ"),
            daylight_saving=boolean(clock, "DaylightSavings") or False,
        )


@dataclass(frozen=True, slots=True)
class SetSystemDateAndTime(Request[None]):
    """Set source and zone, and the time itself when ``utc`` is given (then the source is Manual)."""

    service = Service.DEVICE
    operation = "SetSystemDateAndTime"
    timezone: str
    utc: datetime | None = None

    def content(self) -> str:
        """Return the arguments."""
        source = "NTP" if self.utc is None else "Manual"
        zone = f"<tds:TimeZone><tt:TZ>{escape(self.timezone)}</tt:TZ></tds:TimeZone>"
        head = (
            f"<tds:DateTimeType>{source}</tds:DateTimeType><tds:DaylightSavings>false</tds:DaylightSavings>"
        )
        if self.utc is None:
            return head + zone
        time = (
            f"<tt:Time><tt:Hour>{self.utc.hour}</tt:Hour><tt:Minute>{self.utc.minute}</tt:Minute>"
            f"<tt:Second>{self.utc.second}</tt:Second></tt:Time>"
        )
        date = (
            f"<tt:Date><tt:Year>{self.utc.year}</tt:Year><tt:Month>{self.utc.month}</tt:Month>"
            f"<tt:Day>{self.utc.day}</tt:Day></tt:Date>"
        )
        return f"{head}{zone}<tds:UTCDateTime>{time}{date}</tds:UTCDateTime>"

    def decode(self, reply: Element) -> None:
        """The reply is empty."""


@dataclass(frozen=True, slots=True)
class NtpInformation:
    """Where the device gets its time servers from, and the manual ones."""

    from_dhcp: bool
    servers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GetNTP(Request[NtpInformation]):
    """Read the NTP settings."""

    service = Service.DEVICE
    operation = "GetNTP"

    def decode(self, reply: Element) -> NtpInformation:
        """Return the settings; an empty manual list is empty, whatever DHCP gave."""
        information = child(reply, "NTPInformation")
        return NtpInformation(
            from_dhcp=boolean(information, "FromDHCP") or False,
            servers=hosts_of(information, "NTPManual"),
        )


@dataclass(frozen=True, slots=True)
class SetNTP(Request[None]):
    """Set manual servers; FromDHCP is always false, otherwise they are ignored (O16)."""

    service = Service.DEVICE
    operation = "SetNTP"
    servers: tuple[str, ...]

    def content(self) -> str:
        """Return the arguments."""
        servers = "".join(f"<tds:NTPManual>{network_host(server)}</tds:NTPManual>" for server in self.servers)
        return f"<tds:FromDHCP>{flag(False)}</tds:FromDHCP>{servers}"

    def decode(self, reply: Element) -> None:
        """The reply is empty."""


def _utc(element: Element | None) -> datetime | None:
    date, time = child(element, "Date"), child(element, "Time")
    parts = [integer(date, name) for name in ("Year", "Month", "Day")]
    parts += [integer(time, name) for name in ("Hour", "Minute", "Second")]
    try:
        year, month, day, hour, minute, second = (int(part) for part in parts if part is not None)
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)  # 60: a leap second
    except ValueError:
        return None
    return moment if 1970 <= moment.year <= 2200 else None
