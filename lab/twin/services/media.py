"""Media service, version 1 (ONVIF Media Service Specification). It knows no H.265 (O11)."""

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
from lab.twin.soap import Fault, invalid_value, node, text


@operation("trt:GetServiceCapabilities", Access.PRE_AUTH)
def get_service_capabilities(call: Call) -> Content:
    """Tell what the service can do."""
    return SERVICE_CAPABILITIES["trt"](call.twin.profile)


@operation("trt:GetProfiles", Access.READ_MEDIA)
def get_profiles(call: Call) -> Content:
    """Tell every media profile."""
    return [_profile("trt:Profiles", call, profile) for profile in call.twin.profile.hardware.profiles]


@operation("trt:GetProfile", Access.READ_MEDIA)
def get_profile(call: Call) -> Content:
    """Tell one media profile."""
    return _profile("trt:Profile", call, asked_profile(call, "trt:ProfileToken"))


@operation("trt:GetVideoSources", Access.READ_MEDIA)
def get_video_sources(call: Call) -> Content:
    """Tell the video inputs; an analog one without a signal has no frames."""
    return [
        el(
            "trt:VideoSources",
            el("tt:Framerate", 0 if source.token in call.settings.signal_lost else source.fps),
            _resolution("tt:Resolution", (source.width, source.height)),
            token=source.token,
        )
        for source in call.twin.profile.hardware.sources
    ]


@operation("trt:GetVideoSourceConfigurations", Access.READ_MEDIA)
def get_video_source_configurations(call: Call) -> Content:
    """Tell the configurations of the video inputs."""
    return [
        source_configuration("trt:Configurations", call, source)
        for source in call.twin.profile.hardware.sources
    ]


@operation("trt:GetVideoEncoderConfigurations", Access.READ_MEDIA)
def get_video_encoder_configurations(call: Call) -> Content:
    """Tell the encoders, those that run H.265 left out."""
    return [
        _encoder("trt:Configurations", call, encoder)
        for encoder in call.settings.encoders
        if encoder.codec != "H265"
    ]


@operation("trt:GetVideoEncoderConfiguration", Access.READ_MEDIA)
def get_video_encoder_configuration(call: Call) -> Content:
    """Tell one encoder."""
    encoder = asked_encoder(call, "trt:ConfigurationToken")
    if encoder.codec == "H265":
        raise invalid_value("ter:NoConfig", "The requested configuration does not exist")
    return _encoder("trt:Configuration", call, encoder)


@operation("trt:GetVideoEncoderConfigurationOptions", Access.READ_MEDIA)
def get_video_encoder_configuration_options(call: Call) -> Content:
    """Tell what an encoder can do; without tokens, what the first one can."""
    encoder = call.settings.encoders[0]
    if text(call.request, "trt:ConfigurationToken"):
        encoder = asked_encoder(call, "trt:ConfigurationToken")
    elif text(call.request, "trt:ProfileToken"):
        encoder = encoder_of(call, asked_profile(call, "trt:ProfileToken").encoder) or encoder
    options = options_of(call, encoder)
    low, high = call.twin.profile.hardware.quality
    h264 = options.get("H264")
    return el(
        "trt:Options",
        _range("tt:QualityRange", (int(low), int(high))),
        _jpeg_options(options["JPEG"]) if "JPEG" in options else None,
        el("tt:H264", _h264_options(h264)) if h264 else None,
        el("tt:Extension", el("tt:H264", _h264_options(h264), _range("tt:BitrateRange", h264.bitrate_kbps)))
        if h264
        else None,
    )


@operation("trt:SetVideoEncoderConfiguration", Access.ACTUATE)
def set_video_encoder_configuration(call: Call) -> Content:
    """Change an encoder."""
    wanted = node(call.request, "trt:Configuration")
    if wanted is None:
        raise invalid_value("ter:NoConfig", "The configuration is missing")
    encoder = encoder_of(call, wanted.get("token"))
    if encoder is None:
        raise invalid_value("ter:NoConfig", "The requested configuration does not exist")
    change_encoder(call, encoder, _read(wanted), adapt_bitrate=False)
    return None


@operation("trt:GetStreamUri", Access.READ_MEDIA)
def get_stream_uri(call: Call) -> Content:
    """Tell where the stream is."""
    stream = text(call.request, "trt:StreamSetup/tt:Stream")
    if stream != "RTP-Unicast":
        raise Fault(
            "Sender", "ter:InvalidArgVal", "ter:InvalidStreamSetup", reason="only RTP-Unicast is supported"
        )
    return _media_uri(stream_uri(call, asked_profile(call, "trt:ProfileToken")))


@operation("trt:GetSnapshotUri", Access.READ_MEDIA)
def get_snapshot_uri(call: Call) -> Content:
    """Tell where a still picture is."""
    return _media_uri(snapshot_uri(call, asked_profile(call, "trt:ProfileToken")))


def _profile(tag: str, call: Call, profile: MediaProfile) -> Xml:
    encoder = encoder_of(call, profile.encoder)
    return el(
        tag,
        el("tt:Name", profile.name),
        source_configuration(
            "tt:VideoSourceConfiguration", call, source_with(call, profile.source_configuration)
        ),
        _encoder("tt:VideoEncoderConfiguration", call, encoder)
        if encoder and encoder.codec != "H265"
        else None,
        token=profile.token,
        fixed=True,
    )


def _encoder(tag: str, call: Call, encoder: Encoder) -> Xml:
    omits = call.twin.traits.set.omits
    rate = el(
        "tt:RateControl",
        el("tt:FrameRateLimit", int(encoder.fps)),
        el("tt:EncodingInterval", encoder.interval),
        el("tt:BitrateLimit", encoder.bitrate_kbps),
    )
    h264 = el(
        "tt:H264",
        None if "gop" in omits else el("tt:GovLength", encoder.gop or 0),
        el("tt:H264Profile", encoder.codec_profile or "Main"),
    )
    return el(
        tag,
        el("tt:Name", encoder.name),
        el("tt:UseCount", uses(call, encoder=encoder.token)),
        el("tt:Encoding", encoder.codec),
        _resolution("tt:Resolution", (encoder.width, encoder.height)),
        el("tt:Quality", encoder.quality),
        rate,
        h264 if encoder.codec == "H264" else None,
        None if "multicast" in omits else multicast(),
        el("tt:SessionTimeout", encoder.session_timeout),
        token=encoder.token,
    )


def _read(wanted: etree._Element) -> dict[str, Any]:
    return {
        "name": text(wanted, "tt:Name"),
        "codec": text(wanted, "tt:Encoding"),
        "width": number(wanted, "tt:Resolution/tt:Width"),
        "height": number(wanted, "tt:Resolution/tt:Height"),
        "quality": number(wanted, "tt:Quality"),
        "fps": number(wanted, "tt:RateControl/tt:FrameRateLimit"),
        "interval": number(wanted, "tt:RateControl/tt:EncodingInterval"),
        "bitrate_kbps": number(wanted, "tt:RateControl/tt:BitrateLimit"),
        "gop": number(wanted, "tt:H264/tt:GovLength"),
        "codec_profile": text(wanted, "tt:H264/tt:H264Profile"),
        "session_timeout": text(wanted, "tt:SessionTimeout"),
    }


def _h264_options(options: CodecOptions) -> Content:
    return (
        [_resolution("tt:ResolutionsAvailable", size) for size in options.resolutions],
        _range("tt:GovLengthRange", options.gop or (1, 1)),
        _range("tt:FrameRateRange", options.fps),
        _range("tt:EncodingIntervalRange", (1, 1)),
        [el("tt:H264ProfilesSupported", name) for name in options.codec_profiles],
    )


def _jpeg_options(options: CodecOptions) -> Xml:
    return el(
        "tt:JPEG",
        [_resolution("tt:ResolutionsAvailable", size) for size in options.resolutions],
        _range("tt:FrameRateRange", options.fps),
        _range("tt:EncodingIntervalRange", (1, 1)),
    )


def _resolution(tag: str, size: tuple[int, int]) -> Xml:
    return el(tag, el("tt:Width", size[0]), el("tt:Height", size[1]))


def _range(tag: str, limits: tuple[int, int]) -> Xml:
    return el(tag, el("tt:Min", limits[0]), el("tt:Max", limits[1]))


def _media_uri(uri: str) -> Xml:
    return el(
        "trt:MediaUri",
        el("tt:Uri", uri),
        el("tt:InvalidAfterConnect", False),
        el("tt:InvalidAfterReboot", False),
        el("tt:Timeout", "PT0S"),
    )
