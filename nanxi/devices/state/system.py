"""The typed state of a camera, the same for every protocol.

A driver's ``read`` fills :class:`CameraState` from a device; ``declared`` builds :class:`DeclaredCamera` from the
register and the plan; ``plan`` compares the two. ``None`` in an actual state means that the aspect was not read or
that the device does not offer it (then its name is in ``unsupported``); it never means "empty".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Address
from typing import Literal


class Aspect(StrEnum):
    """What can be read, planned and applied on its own; also the tags of the playbook."""

    IDENTITY = "identity"
    CLOCK = "clock"  # source, servers, zone, drift
    HOSTNAME = "hostname"
    DNS = "dns"
    NETWORK = "network"  # checked; changed only when asked explicitly
    USERS = "users"
    ENCODERS = "encoders"
    OSD = "osd"
    SERVICES = "services"  # discovery mode and unused protocols


ALL_ASPECTS = frozenset(Aspect)


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


@dataclass(frozen=True, slots=True)
class CodecLimits:
    """What an encoder can do with one codec; an empty set or None means that the device does not say."""

    codec: str
    resolutions: frozenset[tuple[int, int]] = frozenset()
    fps: frozenset[float] = frozenset()
    fps_range: tuple[float, float] | None = None
    bitrate_kbps: tuple[int, int] | None = None
    gop: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Encoder:
    """One video encoder configuration and the profile that uses it."""

    role: Literal["main", "sub", "other"]
    profile_token: str
    token: str  # of the encoder configuration
    source_token: str  # of the video source
    codec: str  # H264, H265, JPEG, MPEG4
    width: int
    height: int
    fps: float
    bitrate_kbps: int
    gop: int | None
    limits: tuple[CodecLimits, ...] | None = None  # read only when something differs


@dataclass(frozen=True, slots=True)
class Osd:
    """One text overlay. ``kind`` Plain, Date, Time, DateAndTime; ``text`` for Plain only."""

    token: str
    source_token: str  # of the video source configuration
    kind: str
    text: str
    position: str = ""


#: Protocol name (HTTP, HTTPS, RTSP) -> (enabled, ports).
Protocols = dict[str, tuple[bool, tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class Services:
    """Discovery mode and protocols that are switched on, with their ports."""

    discoverable: bool | None
    protocols: Protocols | None


@dataclass(frozen=True, slots=True)
class CameraState:
    """What a device says of itself, aspect by aspect."""

    identity: Identity | None = None
    clock: Clock | None = None
    hostname: str | None = None
    dns: Dns | None = None
    network: NetworkState | None = None
    users: tuple[User, ...] | None = None
    encoders: tuple[Encoder, ...] | None = None
    osds: tuple[Osd, ...] | None = None
    services: Services | None = None
    user: str = ""  # the account that signed in, and the origin of its password: vault or factory
    credential: str = ""
    unsupported: frozenset[Aspect] = frozenset()
    notes: tuple[
        str, ...
    ] = ()  # findings on the way: advertised another address (O10), drift at sign-in (O1), ...


@dataclass(frozen=True, slots=True)
class Account:
    """A declared account. The password is never part of a declaration: it is looked up in the vault by ``name``."""

    name: str
    level: Literal["Administrator", "Operator", "User"]


@dataclass(frozen=True, slots=True)
class DeclaredStream:
    """What one encoder must deliver, and how the declaration tells main from sub."""

    role: Literal["main", "sub"]
    codec: Literal["H264", "H265"]
    width: int
    height: int
    fps: int
    bitrate_kbps: int
    gop: int


@dataclass(frozen=True, slots=True)
class DeclaredCamera:
    """What register and plan demand of one camera."""

    host: str
    code: str
    address: IPv4Address
    http_port: int
    rtsp_port: int
    vendor: str
    model: str
    mac: str
    serial_number: str
    hostname: str
    timezone: str
    ntp_servers: tuple[str, ...]
    dns_servers: tuple[str, ...]
    prefix_length: int
    gateway: str
    clock_warn_s: float
    clock_fail_s: float
    accounts: tuple[Account, ...]
    streams: tuple[DeclaredStream, ...]
    place: str
    discoverable: bool = False
    protocols: dict[str, bool] = field(default_factory=lambda: {"HTTP": True, "RTSP": True})


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between declared and actual state.

    It never holds a secret. A change that is not ``applicable`` is a finding only: the device cannot do it, or
    nobody asked for it (network addresses).
    """

    aspect: Aspect
    field: str  # dotted, for example encoders.main.bitrate_kbps
    before: str
    after: str
    applicable: bool = True
    reason: str = ""
