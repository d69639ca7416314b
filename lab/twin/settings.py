"""What can be configured on a device: the state that a twin keeps over restarts, section by section.

A profile holds one ``Settings`` as the factory left it. All twins of a profile share it; a twin keeps only the
sections that were changed (5,286 twins fit in one process).
"""

from __future__ import annotations

from functools import cache
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from lab.twin.recorder import Disk, Job, Receiver, Recording, Replay
from lab.twin.strict import Strict


class Clock(Strict):
    """The clock. The device shows reference + offset + drift; NTP that works brings both to zero."""

    source: Literal["NTP", "Manual"] = "Manual"
    timezone: str = "GMT0"
    daylight_saving: bool = False
    offset_s: float = Field(default=0.0, description="device minus reference, in seconds, at the anchor")
    drift_ppm: float = Field(default=0.0, description="how much faster than real time the crystal runs")
    anchored_at: float | None = Field(
        default=None, description="UNIX time of the offset; None: the fleet's start"
    )


class Hostname(Strict):
    """Host name, tds:GetHostname."""

    name: str | None = "localhost"
    from_dhcp: bool = False


class Dns(Strict):
    """Name servers, tds:GetDNS."""

    from_dhcp: bool = False
    search: tuple[str, ...] = ()
    manual: tuple[str, ...] = ()
    dhcp: tuple[str, ...] = Field(default=(), description="servers that the DHCP server offers")


class Ntp(Strict):
    """Time servers, tds:GetNTP; a server is an IPv4 address or a DNS name."""

    from_dhcp: bool = False
    manual: tuple[str, ...] = ()
    dhcp: tuple[str, ...] = Field(default=(), description="servers that the DHCP server offers")


class Network(Strict):
    """The one Ethernet port. None stands for what the installer gave this device: the register's address."""

    interface: str = "eth0"
    enabled: bool = True
    mtu: int = 1500
    dhcp: bool = False
    address: IPv4Address | None = None
    prefix_length: int | None = None
    gateways: tuple[str, ...] | None = None
    ipv6_gateway: str | None = Field(default=None, description="told beside the others; Hikvision: ::")


class Protocol(Strict):
    """A network protocol, tds:GetNetworkProtocols."""

    name: Literal["HTTP", "HTTPS", "RTSP"]
    enabled: bool = True
    ports: tuple[int, ...]


class User(Strict):
    """An ONVIF account."""

    name: str
    password: str = Field(repr=False)
    level: Literal["Administrator", "Operator", "User", "Anonymous", "Extended"] = "Administrator"


class Discovery(Strict):
    """WS-Discovery."""

    mode: Literal["Discoverable", "NonDiscoverable"] = "Discoverable"


class Scope(Strict):
    """One scope, tds:GetScopes."""

    item: str
    fixed: bool = True


class Encoder(Strict):
    """One video encoder configuration, seen through Media and Media2."""

    token: str
    name: str
    codec: Literal["H264", "H265", "JPEG"] = "H264"
    width: int
    height: int
    quality: float = 4.0
    fps: float
    interval: int = 1
    bitrate_kbps: int
    constant_bitrate: bool = False
    gop: int | None = None
    codec_profile: str | None = None
    session_timeout: str = "PT60S"


class Osd(Strict):
    """One text overlay, trt:GetOSDs."""

    token: str
    source_configuration: str
    position: Literal["UpperLeft", "UpperRight", "LowerLeft", "LowerRight", "Custom"] = "UpperLeft"
    x: float | None = None
    y: float | None = None
    kind: Literal["Plain", "Date", "Time", "DateAndTime"] = "Plain"
    text: str | None = None
    date_format: str | None = None
    time_format: str | None = None
    font_size: int | None = None


class Imaging(Strict):
    """Picture settings of the one video source, timg:GetImagingSettings."""

    brightness: float = 50.0
    saturation: float = 50.0
    contrast: float = 50.0
    sharpness: float = 50.0
    ir_cut: Literal["ON", "OFF", "AUTO"] = "AUTO"


class Settings(Strict):
    """All sections."""

    clock: Clock = Clock()
    hostname: Hostname = Hostname()
    dns: Dns = Dns()
    ntp: Ntp = Ntp()
    network: Network = Network()
    protocols: tuple[Protocol, ...] = ()
    users: tuple[User, ...] = ()
    discovery: Discovery = Discovery()
    scopes: tuple[Scope, ...] = ()
    encoders: tuple[Encoder, ...] = ()
    osds: tuple[Osd, ...] = ()
    imaging: Imaging = Imaging()
    isapi: dict[str, str] = Field(default={}, description="ISAPI documents that were written, by resource")
    signal_lost: tuple[str, ...] = Field(
        default=(), description="video sources whose cable brings no picture"
    )
    receivers: tuple[Receiver, ...] = ()
    recordings: tuple[Recording, ...] = ()
    jobs: tuple[Job, ...] = ()
    replay: Replay = Replay()
    disks: tuple[Disk, ...] = ()


SECTIONS: tuple[str, ...] = tuple(Settings.model_fields)
Section = Annotated[str, "a field of Settings"]


@cache
def adapter(section: Section) -> TypeAdapter[Any]:
    """Return what reads and writes one section as JSON.

    Raises:
        KeyError: there is no such section.
    """
    kind: Any = Settings.model_fields[section].annotation
    return TypeAdapter(kind)
