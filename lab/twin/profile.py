"""A vendor's device as data: identity, hardware, factory settings and traits.

``profiles/<vendor>.yml`` may extend another profile; quirks (``quirks/<id>.yml``) and the fleet file's overrides are
laid over it. Mappings are merged key by key (over a list: into each of its items), everything else is replaced.
Encoders and recorders have as many channels as the register says: ``each_channel`` of their profile is written once
and laid on for every channel, with its number in place of ``{n}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, model_validator

from lab.twin.isapi.traits import IsapiTraits
from lab.twin.layers import merge, repeat
from lab.twin.rtsp.traits import RtspTraits
from lab.twin.settings import SECTIONS, Settings
from lab.twin.strict import Strict
from lab.twin.traits import Traits
from nanxi.register.model import Device, Encoder, Kind, Nvr

PROFILES = Path(__file__).parent / "profiles"
QUIRKS = Path(__file__).parent / "quirks"


class Identity(Strict):
    """tds:GetDeviceInformation; serial number and MAC are each device's own."""

    manufacturer: str
    model: str
    firmware: str
    hardware_id: str
    oui: str = Field(pattern=r"^([0-9A-F]{2}-){2}[0-9A-F]{2}$", description="first half of the MAC address")


class CodecOptions(Strict):
    """What an encoder can do with one codec."""

    resolutions: tuple[tuple[int, int], ...] = Field(min_length=1)
    fps: tuple[int, int]
    gop: tuple[int, int] | None = None
    bitrate_kbps: tuple[int, int]
    codec_profiles: tuple[str, ...] = ()


class Source(Strict):
    """A video source and the one configuration of it."""

    token: str
    configuration: str
    name: str = "VideoSource"
    width: int
    height: int
    fps: float


class MediaProfile(Strict):
    """A media profile: which source and encoder, and where its stream is."""

    token: str
    name: str
    source_configuration: str
    encoder: str | None = None
    stream: str = Field(description="path and query of the RTSP URI")
    also: tuple[str, ...] = Field(default=(), description="where else it is, by the maker's manual")
    snapshot: str = "/onvif/snapshot"


class Hardware(Strict):
    """What cannot be configured."""

    sources: tuple[Source, ...] = ()
    profiles: tuple[MediaProfile, ...] = ()
    quality: tuple[float, float] = (0.0, 10.0)
    encoders: dict[str, dict[str, CodecOptions]] = Field(
        default={}, description="encoder token -> codec -> options"
    )
    inputs: int = Field(default=0, ge=0, description="network cameras that a recorder takes in")
    max_osds: int = Field(default=8, description="of each video source")
    osd_text_length: int = 44

    @model_validator(mode="after")
    def _refers_to_itself(self) -> Hardware:
        configurations = {source.configuration for source in self.sources}
        for profile in self.profiles:
            if profile.source_configuration not in configurations:
                raise ValueError(
                    f"media profile {profile.token}: no source configuration {profile.source_configuration}"
                )
            if profile.encoder is not None and profile.encoder not in self.encoders:
                raise ValueError(f"media profile {profile.token}: no encoder {profile.encoder}")
        return self


class Profile(Strict):
    """One kind of device; shared by every twin of that kind."""

    title: str
    kind: Kind = Kind.CAMERA
    vendors: tuple[str, ...] = Field(
        default=(), description="names of the vendor in a register, case ignored"
    )
    identity: Identity
    hardware: Hardware
    factory: Settings
    web_users: dict[str, str] = Field(
        default={}, description="accounts of the web page and RTSP alone (O6)", repr=False
    )
    traits: Traits = Traits()
    rtsp: RtspTraits = RtspTraits()
    isapi: IsapiTraits = IsapiTraits()

    @model_validator(mode="after")
    def _knows_its_sections(self) -> Profile:
        if unknown := self.traits.set.ignores - set(SECTIONS):
            raise ValueError(f"traits.set.ignores: no such section: {', '.join(sorted(unknown))}")
        if self.traits.services.offers & {"trt", "tr2"} and not self.hardware.profiles:
            raise ValueError("hardware.profiles: a device with a media service has media profiles")
        return self


@dataclass(frozen=True, slots=True)
class Make:
    """What the register says a device is."""

    vendor: str
    kind: Kind = Kind.CAMERA
    channels: int = 1  # of an encoder or a recorder


def make_of(device: Device) -> Make:
    """Return what the register says a device is."""
    channels = device.channels if isinstance(device, Encoder | Nvr) else 1
    return Make(device.vendor, device.kind, channels)


class Quirk(Strict):
    """One entry of the quirk catalogue."""

    id: str = Field(pattern=r"^[A-Z]\d+$|^[a-z][a-z0-9-]*$")
    title: str
    seen_in: tuple[str, ...] = Field(min_length=1, description="threads and sources")
    shows: str = Field(description="what the twin does, and what a client should make of it")
    twin: dict[str, Any] = Field(default={}, description="laid over the profile")


@cache
def read_quirk(quirk: str) -> Quirk:
    """Return the quirk with that id.

    Raises:
        FileNotFoundError: there is none.
        pydantic.ValidationError: its file is wrong.
    """
    return Quirk.model_validate(yaml.safe_load((QUIRKS / f"{quirk}.yml").read_text("utf-8")))


@cache
def _read_profile(name: str) -> Mapping[str, Any]:
    data: dict[str, Any] = yaml.safe_load((PROFILES / f"{name}.yml").read_text("utf-8"))
    base = data.pop("extends", None)
    return merge(_read_profile(base), data) if base else data


@cache
def plain_profile(name: str, quirks: tuple[str, ...] = (), channels: int = 4) -> Profile:
    """Return a profile with quirks laid over it; one object per combination, shared by its twins."""
    return build_profile(name, quirks, {}, channels)


def build_profile(
    name: str, quirks: tuple[str, ...], overrides: Mapping[str, Any], channels: int = 4
) -> Profile:
    """Return a profile with quirks and one device's own overrides; ``channels`` matters to encoders and recorders.

    Raises:
        FileNotFoundError: no profile or quirk has that name.
        pydantic.ValidationError: the layers do not fit together.
    """
    data: Mapping[str, Any] = _with_channels(_read_profile(name), channels)
    for quirk in quirks:
        data = merge(data, read_quirk(quirk).twin)
    return Profile.model_validate(merge(data, overrides))


def _with_channels(data: Mapping[str, Any], channels: int) -> Mapping[str, Any]:
    """Return a profile's data with as many channels as the device has."""
    plain = {key: value for key, value in data.items() if key != "each_channel"}
    if data.get("kind") == Kind.NVR:
        plain = merge(plain, {"hardware": {"inputs": channels}})
    return repeat(plain, data.get("each_channel", {}), channels)


@cache
def profile_of_vendor(vendor: str, kind: Kind = Kind.CAMERA) -> str:
    """Return the profile of ``kind`` that claims a register's vendor, the kind's generic one where none does."""
    wanted, generic = vendor.casefold(), ""
    for file in sorted(PROFILES.glob("*.yml")):
        data = _read_profile(file.stem)
        if Kind(data.get("kind", Kind.CAMERA)) is kind:
            names = {name.casefold() for name in data["vendors"]}
            if wanted in names:
                return file.stem
            if "generic" in names:
                generic = file.stem
    return generic
