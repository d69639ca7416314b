"""A vendor's camera as data: identity, hardware, factory settings and traits.

``profiles/<vendor>.yml`` may extend another profile; quirks (``quirks/<id>.yml``) and the fleet file's overrides are
laid over it. Mappings are merged key by key (over a list: into each of its items), everything else is replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, model_validator

from lab.twin.rtsp.traits import RtspTraits
from lab.twin.settings import SECTIONS, Settings, Strict
from lab.twin.traits import Traits

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
    snapshot: str = "/onvif/snapshot"


class Hardware(Strict):
    """What cannot be configured."""

    sources: tuple[Source, ...] = Field(min_length=1)
    profiles: tuple[MediaProfile, ...] = Field(min_length=1)
    quality: tuple[float, float] = (0.0, 10.0)
    encoders: dict[str, dict[str, CodecOptions]] = Field(description="encoder token -> codec -> options")
    max_osds: int = 8
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
    """One kind of camera; shared by every twin of that kind."""

    title: str
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

    @model_validator(mode="after")
    def _knows_its_sections(self) -> Profile:
        if unknown := self.traits.set.ignores - set(SECTIONS):
            raise ValueError(f"traits.set.ignores: no such section: {', '.join(sorted(unknown))}")
        return self


class Quirk(Strict):
    """One entry of the quirk catalogue."""

    id: str = Field(pattern=r"^[A-Z]\d+$|^[a-z][a-z0-9-]*$")
    title: str
    seen_in: tuple[str, ...] = Field(min_length=1, description="threads and sources")
    shows: str = Field(description="what the twin does, and what a client should make of it")
    twin: dict[str, Any] = Field(default={}, description="laid over the profile")


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``over`` laid on it; a mapping over a list of mappings is laid on each of them."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        if not isinstance(value, Mapping):
            result[key] = value
        elif isinstance(old, Mapping):
            result[key] = merge(old, value)
        elif isinstance(old, list):
            result[key] = [merge(item, value) for item in old]
        else:
            result[key] = value
    return result


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
def plain_profile(name: str, quirks: tuple[str, ...] = ()) -> Profile:
    """Return a profile with quirks laid over it; one object per combination, shared by its twins."""
    return build_profile(name, quirks, {})


def build_profile(name: str, quirks: tuple[str, ...], overrides: Mapping[str, Any]) -> Profile:
    """Return a profile with quirks and one device's own overrides.

    Raises:
        FileNotFoundError: no profile or quirk has that name.
        pydantic.ValidationError: the layers do not fit together.
    """
    data: Mapping[str, Any] = _read_profile(name)
    for quirk in quirks:
        data = merge(data, read_quirk(quirk).twin)
    return Profile.model_validate(merge(data, overrides))


@cache
def profile_of_vendor(vendor: str) -> str:
    """Return the name of the profile that claims a register's vendor, ``generic`` where none does."""
    wanted = vendor.casefold()
    for file in sorted(PROFILES.glob("*.yml")):
        names = yaml.safe_load(file.read_text("utf-8")).get("vendors", ())
        if wanted in {name.casefold() for name in names}:
            return file.stem
    return "generic"
