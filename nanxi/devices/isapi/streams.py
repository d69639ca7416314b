"""Encoders: Streaming/channels. Stream 101 is the main one of channel 1, 302 the sub of channel 3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nanxi.devices.isapi.document import set_if_there, set_text
from nanxi.devices.state import CodecLimits, Encoder, Role
from nanxi.devices.values import Element, attribute, child, children, integer, text, to_float

PATH, ROOT, ITEM = "Streaming/channels", "StreamingChannelList", "StreamingChannel"

_CODECS = {"H.264": "H264", "H.265": "H265", "MJPEG": "JPEG", "MPEG4": "MPEG4"}
_WORDS = {codec: word for word, codec in _CODECS.items()}
_ROLES: dict[int, Role] = {1: "main", 2: "sub"}
_FULL_RATE = 0  # as many frames as the input gives


def capabilities_path(encoder: Encoder) -> str:
    """Return the resource that tells what an encoder can do."""
    return f"{PATH}/{encoder.token}/capabilities"


def read_encoders(root: Element) -> tuple[Encoder, ...]:
    """Return the encoders; a third stream is nobody's main or sub."""
    return tuple(_encoders(root))


def _encoders(root: Element) -> Iterator[Encoder]:
    for entry in children(root, ITEM):
        number, video = integer(entry, "id"), child(entry, "Video")
        if number is None or number < 101 or video is None:
            continue
        channel, stream = divmod(number, 100)
        gop = integer(video, "GovLength")
        yield Encoder(
            role=_ROLES.get(stream, "other"),
            profile_token=str(number),
            token=str(number),
            source_token=text(video, "videoInputChannelID") or str(channel),
            codec=_codec(text(video, "videoCodecType")),
            width=integer(video, "videoResolutionWidth") or 0,
            height=integer(video, "videoResolutionHeight") or 0,
            fps=(integer(video, "maxFrameRate") or _FULL_RATE) / 100,
            bitrate_kbps=integer(video, _rate_element(video)) or 0,
            gop=gop,
            channel=channel,
        )


def write_encoder(entry: Element, wanted: Encoder) -> None:
    """Set what the declaration knows; transport, sound and smart coding stay.

    Raises:
        FaultError: the stream has no such setting.
    """
    set_text(entry, _WORDS.get(wanted.codec, wanted.codec), "Video", "videoCodecType")
    set_text(entry, wanted.width, "Video", "videoResolutionWidth")
    set_text(entry, wanted.height, "Video", "videoResolutionHeight")
    set_text(entry, wanted.bitrate_kbps, "Video", _rate_element(child(entry, "Video")))
    set_text(entry, round(wanted.fps * 100), "Video", "maxFrameRate")
    if wanted.gop is not None:
        set_text(entry, wanted.gop, "Video", "GovLength")
        if wanted.fps:  # the same in milliseconds; firmware that has both follows either
            set_if_there(entry, round(1000 * wanted.gop / wanted.fps), "Video", "keyFrameInterval")


def read_limits(encoder: Encoder, root: Element) -> Encoder:
    """Return the encoder with what its capabilities offer; sizes are two lists that belong together."""
    video = child(root, "Video")
    widths, heights = (_options(video, f"videoResolution{side}") for side in ("Width", "Height"))
    limits = CodecLimits(
        codec="",
        resolutions=frozenset((int(w), int(h)) for w, h in zip(widths, heights, strict=False)),
        fps=frozenset(rate / 100 for rate in _options(video, "maxFrameRate") if rate),
        bitrate_kbps=_span(video, _rate_element(video)),
        gop=_span(video, "GovLength"),
    )
    words = _raw_options(video, "videoCodecType")
    codecs = dict.fromkeys(codec for word in words if (codec := _codec(word)))
    return replace(encoder, limits=tuple(replace(limits, codec=codec) for codec in codecs))


def _rate_element(video: Element | None) -> str:
    constant = text(video, "videoQualityControlType").upper() == "CBR"
    return "constantBitRate" if constant else "vbrUpperCap"


def _codec(word: str) -> str:
    return _CODECS.get(word.upper(), word.upper().replace(".", ""))


def _raw_options(video: Element | None, name: str) -> list[str]:
    element = child(video, name)
    return (
        []
        if element is None
        else [one.strip() for one in attribute(element, "opt").split(",") if one.strip()]
    )


def _options(video: Element | None, name: str) -> list[float]:
    return [value for one in _raw_options(video, name) if (value := to_float(one)) is not None]


def _span(video: Element | None, name: str) -> tuple[int, int] | None:
    element = child(video, name)
    if element is None:
        return None
    low, high = to_float(attribute(element, "min")), to_float(attribute(element, "max"))
    return None if low is None or high is None else (int(low), int(high))
