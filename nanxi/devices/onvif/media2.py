"""The Media service, ver20: the only one that knows H.265 (ONVIF Media 2, O11)."""

from __future__ import annotations

from dataclasses import dataclass

from nanxi.devices.onvif.echo import Draft
from nanxi.devices.onvif.encoder import MEDIA2_ORDER, Profile
from nanxi.devices.onvif.media import read_profile, span
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.state import CodecLimits, Encoder
from nanxi.devices.values import Element, attribute, child, children, escape, integer, text, to_float


@dataclass(frozen=True, slots=True)
class GetProfiles2(Request[tuple[Profile, ...]]):
    """All profiles with their video source and encoder; without Type the reply has no configurations."""

    service = Service.MEDIA2
    operation = "GetProfiles"

    def content(self) -> str:
        """Return the arguments."""
        return "<tr2:Type>VideoSource</tr2:Type><tr2:Type>VideoEncoder</tr2:Type>"

    def decode(self, reply: Element) -> tuple[Profile, ...]:
        """Return the profiles."""
        return tuple(
            read_profile(entry, child(entry, "Configurations"), "VideoSource", "VideoEncoder")
            for entry in children(reply, "Profiles")
        )


@dataclass(frozen=True, slots=True)
class GetVideoEncoderConfigurationOptions2(Request[tuple[CodecLimits, ...]]):
    """What an encoder can do, one entry a codec."""

    service = Service.MEDIA2
    operation = "GetVideoEncoderConfigurationOptions"
    token: str

    def content(self) -> str:
        """Return the arguments."""
        return f"<tr2:ConfigurationToken>{escape(self.token)}</tr2:ConfigurationToken>"

    def decode(self, reply: Element) -> tuple[CodecLimits, ...]:
        """Return the limits by codec."""
        return tuple(
            CodecLimits(
                codec=text(entry, "Encoding").rpartition("/")[2].upper(),
                resolutions=frozenset(
                    (integer(size, "Width") or 0, integer(size, "Height") or 0)
                    for size in children(entry, "ResolutionsAvailable")
                ),
                fps=frozenset(_numbers(attribute(entry, "FrameRatesSupported"))),
                bitrate_kbps=span(child(entry, "BitrateRange")),
                gop=_ends(_numbers(attribute(entry, "GovLengthRange"))),
            )
            for entry in children(reply, "Options")
        )


@dataclass(frozen=True, slots=True)
class GetVideoEncoderConfigurations2(Request[Element | None]):
    """One configuration as it is, to be given back changed; the service has no operation for just one."""

    service = Service.MEDIA2
    operation = "GetVideoEncoderConfigurations"
    token: str

    def content(self) -> str:
        """Return the arguments."""
        return f"<tr2:ConfigurationToken>{escape(self.token)}</tr2:ConfigurationToken>"

    def decode(self, reply: Element) -> Element | None:
        """Return the element; some devices ignore the token and list them all."""
        entries = children(reply, "Configurations")
        return next((entry for entry in entries if attribute(entry, "token") == self.token), None)


@dataclass(frozen=True, slots=True)
class SetVideoEncoderConfiguration2(Request[None]):
    """Set an encoder to what is wanted; ``current`` is what GetVideoEncoderConfigurations gave."""

    service = Service.MEDIA2
    operation = "SetVideoEncoderConfiguration"
    current: Element
    wanted: Encoder

    def content(self) -> str:
        """Return the arguments."""
        draft, wanted = Draft(self.current), self.wanted
        if text(draft.root, "Encoding") != wanted.codec:
            draft.drop_attribute("Profile")  # High of H.264 means nothing to H.265
        if wanted.gop is not None:
            draft.attribute("GovLength", str(wanted.gop))
        draft.set(wanted.codec, "Encoding")
        draft.set(str(wanted.width), "Resolution", "Width")
        draft.set(str(wanted.height), "Resolution", "Height")
        draft.set(f"{wanted.fps:g}", "RateControl", "FrameRateLimit")
        draft.set(str(wanted.bitrate_kbps), "RateControl", "BitrateLimit")
        if child(draft.root, "Quality") is None:
            draft.set("5", "Quality")
        return draft.element("tr2:Configuration", MEDIA2_ORDER)

    def decode(self, reply: Element) -> None:
        """The reply is empty."""


def _numbers(value: str) -> list[float]:
    return [number for part in value.split() if (number := to_float(part)) is not None]


def _ends(numbers: list[float]) -> tuple[int, int] | None:
    """GovLengthRange is a list of two: the smallest and the largest."""
    return (int(min(numbers)), int(max(numbers))) if numbers else None
