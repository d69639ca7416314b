"""What every device has: identity, clock, names, network, accounts, services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the device says it is."""

    manufacturer: str
    model: str
    firmware: str
    serial_number: str
    hardware_id: str = ""
    mac: str = ""  # XX-XX-XX-XX-XX-XX, empty when the device does not tell


@dataclass(frozen=True, slots=True)
class Clock:
    """The device's clock. ``offset_s`` is device minus reference, in seconds, None when it could not be read."""

    utc: datetime | None
    offset_s: float | None
    source: Literal["ntp", "manual"]
    timezone: str  # as the device writes it
    daylight_saving: bool
    ntp_from_dhcp: bool | None
    ntp_servers: tuple[str, ...] | None  # the manual servers, in order
    ntp_places: int | None = None  # how many servers the device can hold; None: as many as anybody wants


@dataclass(frozen=True, slots=True)
class Dns:
    """Name servers; ``servers`` are the manual ones."""

    from_dhcp: bool
    servers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkState:
    """The first enabled interface, as the device says."""

    address: str
    prefix_length: int
    dhcp: bool
    gateway: str
    mac: str


#: An account's rights, in ONVIF's words.
Level = Literal["Administrator", "Operator", "User", "Anonymous", "Extended"]


@dataclass(frozen=True, slots=True)
class User:
    """An account."""

    name: str
    level: Level


#: Protocol name (HTTP, HTTPS, RTSP) -> (enabled, ports).
Protocols = dict[str, tuple[bool, tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class Services:
    """Discovery mode and protocols that are switched on, with their ports."""

    discoverable: bool | None
    protocols: Protocols | None
