"""The Media service, ver10: profiles and encoders of cameras without Media2 (ONVIF Media 5)."""

from __future__ import annotations

from dataclasses import dataclass

from nanxi.devices.onvif.echo import Draft
from nanxi.devices.onvif.encoder import MEDIA1_ORDER, Profile, read_encoder
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.state import CodecLimits, Encoder
from nanxi.devices.values import Element, attribute, child, children, escape, flag, integer, text

_GOP_ORDER = {"H264": ("GovLength", "H264Profile")}
_RATE_ORDER = {"RateControl": ("FrameRateLimit", "EncodingInterval", "BitrateLimit")}


@dataclass(frozen=True, slots=True)
class GetProfiles(Request[tuple[Profile, ...]]):
    """All profiles with their configurations, in one call."""

    service = Service.MEDIA
    operation = "GetProfiles"

    def decode(self, reply: Element) -> tuple[Profile, ...]:
        """Return the profiles; H.265 encoders are missing here (O11)."""
        return tuple(
            read_profile(entry, entry, "VideoSourceConfiguration", "VideoEncoderConfiguration")
            for entry in children(reply, "Profiles")
        )


@dataclass(frozen=True, slots=True)
class GetVideoEncoderConfigurationOptions(Request[tuple[CodecLimits, ...]]):
    """What an encoder can do."""

    service = Service.MEDIA
    operation = "GetVideoEncoderConfigurationOptions"
    token: str

    def content(self) -> str:
        """Return the arguments."""
        return f"<trt:ConfigurationToken>{escape(self.token)}</trt:ConfigurationToken>"

    def decode(self, reply: Element) -> tuple[CodecLimits, ...]:
        """Return the limits by codec; bit rates stand in an extension (ONVIF Media 5.3)."""
        options = child(reply, "Options")
        extension = child(options, "Extension")
        found = []
        for codec in ("JPEG", "MPEG4", "H264"):
            if (entry := child(options, codec)) is not None:
                rates = child(extension, codec)
                found.append(
                    CodecLimits(
                        codec=codec,
                        resolutions=frozenset(
                            (integer(size, "Width") or 0, integer(size, "Height") or 0)
                            for size in children(entry, "ResolutionsAvailable")
                        ),
                        fps_range=span(child(entry, "FrameRateRange")),
                        bitrate_kbps=span(child(rates, "BitrateRange")),
                        gop=span(child(entry, "GovLengthRange")),
                    )
                )
        return tuple(found)


@dataclass(frozen=True, slots=True)
class GetVideoEncoderConfiguration(Request[Element]):
    """One configuration as it is, to be given back changed."""

    service = Service.MEDIA
    operation = "GetVideoEncoderConfiguration"
    token: str

    def content(self) -> str:
        """Return the arguments."""
        return f"<trt:ConfigurationToken>{escape(self.token)}</trt:ConfigurationToken>"

    def decode(self, reply: Element) -> Element:
        """Return the element."""
        found = child(reply, "Configuration")
        return reply if found is None else found


@dataclass(frozen=True, slots=True)
class SetVideoEncoderConfiguration(Request[None]):
    """Set an encoder to what is wanted; ``current`` is what GetVideoEncoderConfiguration gave."""

    service = Service.MEDIA
    operation = "SetVideoEncoderConfiguration"
    current: Element
    wanted: Encoder

    def content(self) -> str:
        """Return the arguments."""
        draft, wanted = Draft(self.current), self.wanted
        draft.set(wanted.codec, "Encoding")
        draft.set(str(wanted.width), "Resolution", "Width")
        draft.set(str(wanted.height), "Resolution", "Height")
        draft.set(f"{wanted.fps:g}", "RateControl", "FrameRateLimit", order=_RATE_ORDER)
        if child(draft.root, "RateControl", "EncodingInterval") is None:
            draft.set("1", "RateControl", "EncodingInterval", order=_RATE_ORDER)
        draft.set(str(wanted.bitrate_kbps), "RateControl", "BitrateLimit", order=_RATE_ORDER)
        if wanted.codec == "H264":
            draft.drop("MPEG4")
            if wanted.gop is not None:
                draft.set(str(wanted.gop), "H264", "GovLength", order=_GOP_ORDER)
            if child(draft.root, "H264", "H264Profile") is None:
                draft.set("Main", "H264", "H264Profile", order=_GOP_ORDER)
        if child(draft.root, "Quality") is None:
            draft.set("5", "Quality")
        if child(draft.root, "Multicast") is None:  # some devices leave out what the schema wants back
            draft.set("IPv4", "Multicast", "Address", "Type")
            draft.set("0.0.0.0", "Multicast", "Address", "IPv4Address")  # noqa: S104 - "not set"
            draft.set("0", "Multicast", "Port")
            draft.set("1", "Multicast", "TTL")
            draft.set("false", "Multicast", "AutoStart")
        if child(draft.root, "SessionTimeout") is None:
            draft.set("PT60S", "SessionTimeout")
        persist = f"<trt:ForcePersistence>{flag(True)}</trt:ForcePersistence>"
        return draft.element("trt:Configuration", MEDIA1_ORDER) + persist

    def decode(self, reply: Element) -> None:
        """The reply is empty."""


def read_profile(entry: Element, configurations: Element | None, source: str, encoder: str) -> Profile:
    """Read a profile of either media service; the names of its parts differ."""
    token = attribute(entry, "token")
    video_source = child(configurations, source)
    source_token = text(video_source, "SourceToken")
    video_encoder = child(configurations, encoder)
    return Profile(
        token=token,
        name=text(entry, "Name"),
        source=source_token,
        source_configuration="" if video_source is None else attribute(video_source, "token"),
        encoder=None if video_encoder is None else read_encoder(video_encoder, token, source_token),
    )


def span(element: Element | None) -> tuple[int, int] | None:
    """Read a tt:IntRange."""
    low, high = integer(element, "Min"), integer(element, "Max")
    return None if low is None or high is None else (low, high)
