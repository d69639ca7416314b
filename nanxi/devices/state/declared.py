"""What register and plan demand of one device."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Literal

from nanxi.devices.state.access import Platform
from nanxi.register.model import Kind


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
class DeclaredChannel:
    """One camera of the register: the camera itself is its own channel 1, an encoder has one for each analog camera."""

    number: int
    host: str
    code: str
    place: str
    streams: tuple[DeclaredStream, ...]


@dataclass(frozen=True, slots=True)
class DeclaredInput:
    """One camera of the register that an NVR takes in.

    ``device`` is what the NVR contacts at ``address``: the camera itself, or the encoder that an analog camera hangs
    on (then ``device_channel`` is the channel there). Its password is the target's (``Target.input_passwords``).
    """

    channel: int
    host: str
    code: str
    name: str
    address: IPv4Address
    rtsp_port: int
    http_port: int
    recording: bool
    retention_days: int
    device: str
    device_channel: int = 1
    vendor: str = "generic"


@dataclass(frozen=True, slots=True)
class DeclaredDevice:
    """What register and plan demand of one device. Its kind says which aspects it has."""

    kind: Kind
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
    channels: tuple[DeclaredChannel, ...] = ()
    inputs: tuple[DeclaredInput, ...] = ()
    platform: Platform | None = None
    discoverable: bool = False
    protocols: dict[str, bool] = field(default_factory=lambda: {"HTTP": True, "RTSP": True})
