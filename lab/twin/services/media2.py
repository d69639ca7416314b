"""Media service, version 2 (ONVIF Media 2 Service Specification): the only one that shows H.265."""

from __future__ import annotations

from typing import Any

from lxml import etree

from lab.twin.auth.access import Access
from lab.twin.markup import Content, Xml, el
from lab.twin.profile import CodecOptions, MediaProfile
from lab.twin.services.capabilities import SERVICE_CAPABILITIES
from lab.twin.services.encoders import change_encoder, number, options_of
from lab.twin.services.media_parts import (
    asked_encoder,
    asked_profile,
    encoder_of,
    multicast,
    snapshot_uri,
    source_configuration,
    source_with,
    stream_uri,
    uses,
)
from lab.twin.services.table import Call, operation
from lab.twin.settings import Encoder
from lab.twin.soap import Fault, invalid_value, node, nodes, text

_UNICAST = ("RtspUnicast", "RTSP", "RtspOverHttp")


@operation("tr2:GetServiceCapabilities", Access.PRE_AUTH)
def get_service_capabilities(call: Call) -> Content:
    """Tell what the service can do."""
    return SERVICE_CAPABILITIES["tr2"](call.twin.profile)


@operation("tr2:GetProfiles", Access.READ_MEDIA)
def get_profiles(call: Call) -> Content:
    """Tell media profiles, with the configurations of the types that the request names (Media2 5.2.2)."""
    types = {(item.text or "").strip() for item in nodes(call.request, "tr2:Type")}
    profiles = call.twin.profile.hardware.profiles
    if text(call.request, "tr2:Token"):
        profiles = (asked_profile(call, "tr2:Token"),)
    return [_profile(call, profile, types) for profile in profiles]


@operation("tr2:GetVideoSourceConfigurations", Access.READ_MEDIA)
def get_video_source_configurations(call: Call) -> Content:
    """Tell the configurations of the video inputs."""
    wanted = text(call.request, "tr2:ConfigurationToken")
    if text(call.request, "tr2:ProfileToken"):
        wanted = asked_profile(call, "tr2:ProfileToken").source_configuration
    sources = [
        item for item in call.twin.profile.hardware.sources if wanted in (None, "", item.configuration)
    ]
    if not sources:
        raise invalid_value("ter:NoConfig", "The requested configuration does not exist")
    return [source_configuration("tr2:Configurations", call, source) for source in sources]


@operation("tr2:GetVideoEncoderConfigurations", Access.READ_MEDIA)
def get_video_encoder_configurations(call: Call) -> Content:
    """Tell the encoders."""
    return [_encoder("tr2:Configurations", call, encoder) for encoder in _asked_encoders(call)]


@operation("tr2:GetVideoEncoderConfigurationOptions", Access.READ_MEDIA)
def get_video_encoder_configuration_options(call: Call) -> Content:
    """Tell what an encoder can do, one element a codec; without tokens, what the first one can."""
    quality = call.twin.profile.hardware.quality
    encoder = (_asked_encoders(call) or call.settings.encoders)[0]
    return [_options(codec, options, quality) for codec, options in options_of(call, encoder).items()]


@operation("tr2:SetVideoEncoderConfiguration", Access.ACTUATE)
def set_video_encoder_configuration(call: Call) -> Content:
    """Change an encoder."""
    wanted = node(call.request, "tr2:Configuration")
    encoder = None if wanted is None else encoder_of(call, wanted.get("token"))
    if wanted is None or encoder is None:
        raise invalid_value("ter:NoConfig", "The requested configuration does not exist")
    change_encoder(call, encoder, _read(wanted), adapt_bitrate=True)
    return None


@operation("tr2:GetStreamUri", Access.READ_MEDIA)
def get_stream_uri(call: Call) -> Content:
    """Tell where the stream is."""
    if text(call.request, "tr2:Protocol") not in _UNICAST:
        raise Fault(
            "Sender", "ter:InvalidArgVal", "ter:InvalidStreamSetup", reason="only unicast is supported"
        )
    return el("tr2:Uri", stream_uri(call, asked_profile(call, "tr2:ProfileToken")))


@operation("tr2:GetSnapshotUri", Access.READ_MEDIA)
def get_snapshot_uri(call: Call) -> Content:
    """Tell where a still picture is."""
    return el("tr2:Uri", snapshot_uri(call, asked_profile(call, "tr2:ProfileToken")))


def _asked_encoders(call: Call) -> tuple[Encoder, ...]:
    if text(call.request, "tr2:ConfigurationToken"):
        return (asked_encoder(call, "tr2:ConfigurationToken"),)
    if text(call.request, "tr2:ProfileToken"):
        found = encoder_of(call, asked_profile(call, "tr2:ProfileToken").encoder)
        return () if found is None else (found,)
    return call.settings.encoders


def _profile(call: Call, profile: MediaProfile, types: set[str]) -> Xml:
    encoder = encoder_of(call, profile.encoder)
    source = source_with(call, profile.source_configuration)
    shown = [
        source_configuration("tr2:VideoSource", call, source) if types & {"All", "VideoSource"} else None,
        _encoder("tr2:VideoEncoder", call, encoder) if encoder and types & {"All", "VideoEncoder"} else None,
    ]
    configurations = el("tr2:Configurations", shown) if any(shown) else None
    return el("tr2:Profiles", el("tr2:Name", profile.name), configurations, token=profile.token, fixed=True)


def _encoder(tag: str, call: Call, encoder: Encoder) -> Xml:
    omits = call.twin.traits.set.omits
    rate = el(
        "tt:RateControl",
        el("tt:FrameRateLimit", encoder.fps),
        el("tt:BitrateLimit", encoder.bitrate_kbps),
        ConstantBitRate=encoder.constant_bitrate,
    )
    return el(
        tag,
        el("tt:Name", encoder.name),
        el("tt:UseCount", uses(call, encoder=encoder.token)),
        el("tt:Encoding", encoder.codec),
        el("tt:Resolution", el("tt:Width", encoder.width), el("tt:Height", encoder.height)),
        rate,
        None if "multicast" in omits else multicast(),
        el("tt:Quality", encoder.quality),
        token=encoder.token,
        GovLength=None if "gop" in omits else encoder.gop,
        Profile=encoder.codec_profile,
    )


def _options(codec: str, options: CodecOptions, quality: tuple[float, float]) -> Xml:
    slowest, fastest = options.fps
    return el(
        "tr2:Options",
        el("tt:Encoding", codec),
        el("tt:QualityRange", el("tt:Min", quality[0]), el("tt:Max", quality[1])),
        [
            el("tt:ResolutionsAvailable", el("tt:Width", width), el("tt:Height", height))
            for width, height in options.resolutions
        ],
        el("tt:BitrateRange", el("tt:Min", options.bitrate_kbps[0]), el("tt:Max", options.bitrate_kbps[1])),
        GovLengthRange=f"{options.gop[0]} {options.gop[1]}" if options.gop else None,
        FrameRatesSupported=" ".join(str(rate) for rate in range(fastest, slowest - 1, -1)),
        ProfilesSupported=" ".join(options.codec_profiles) or None,
        ConstantBitRateSupported=True,
    )


def _read(wanted: etree._Element) -> dict[str, Any]:
    rate = node(wanted, "tt:RateControl")
    constant = None if rate is None else rate.get("ConstantBitRate")
    return {
        "name": text(wanted, "tt:Name"),
        "codec": text(wanted, "tt:Encoding"),
        "width": number(wanted, "tt:Resolution/tt:Width"),
        "height": number(wanted, "tt:Resolution/tt:Height"),
        "quality": number(wanted, "tt:Quality"),
        "fps": number(wanted, "tt:RateControl/tt:FrameRateLimit"),
        "bitrate_kbps": number(wanted, "tt:RateControl/tt:BitrateLimit"),
        "constant_bitrate": None if constant is None else constant in ("true", "1"),
        "gop": _whole(wanted.get("GovLength")),
        "codec_profile": wanted.get("Profile"),
    }


def _whole(value: str | None) -> int | None:
    if value is None:
        return None
    if not value.isdecimal():
        raise invalid_value("ter:InvalidParameter", "GovLength is not a number")
    return int(value)
