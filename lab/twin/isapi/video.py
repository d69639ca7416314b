"""A device's own inputs: streams, names and overlays, the same that ONVIF's media services show."""

from __future__ import annotations

from typing import Any, cast

from lab.twin.isapi.bindings import bind
from lab.twin.isapi.documents import kept
from lab.twin.isapi.replies import Problem
from lab.twin.isapi.tree import Element, put, text
from lab.twin.settings import Encoder, Osd
from lab.twin.twin import Twin

_TOLD = {"H264": "H.264", "H265": "H.265", "JPEG": "MJPEG"}
_CODECS = {told: codec for codec, told in _TOLD.items()}


def encoder_of(twin: Twin, stream: int) -> Encoder | None:
    """Return the encoder of a stream; 201 is the first of channel 2, and a channel has two."""
    channel, number = divmod(stream, 100)
    index = 2 * (channel - 1) + number - 1
    encoders = twin.settings.encoders
    return encoders[index] if number in (1, 2) and 0 <= index < len(encoders) else None


def show_streams(twin: Twin, root: Element, _channel: int) -> None:
    """Tell the encoders; rates are in hundredths."""
    for item in root.findall("StreamingChannel"):
        if encoder := encoder_of(twin, int(text(item, "id"))):
            for path, value in {
                "videoCodecType": _TOLD[encoder.codec],
                "videoResolutionWidth": encoder.width,
                "videoResolutionHeight": encoder.height,
                "videoQualityControlType": "CBR" if encoder.constant_bitrate else "VBR",
                "constantBitRate": encoder.bitrate_kbps,
                "vbrUpperCap": encoder.bitrate_kbps,
                "maxFrameRate": round(encoder.fps * 100),
                "GovLength": encoder.gop or round(encoder.fps),
            }.items():
                put(item, f"Video/{path}", value)


def take_streams(twin: Twin, root: Element, _channel: int) -> None:
    """Set the encoders within what the hardware can do."""
    changed = {encoder.token: encoder for encoder in twin.settings.encoders}
    for item in root.findall("StreamingChannel"):
        encoder, video = encoder_of(twin, int(text(item, "id"))), item.find("Video")
        if encoder is None or video is None:
            continue
        changed[encoder.token] = _wanted(twin, encoder, video)
    twin.change("encoders", tuple(changed.values()))


def _wanted(twin: Twin, encoder: Encoder, video: Element) -> Encoder:
    constant = text(video, "videoQualityControlType").upper() == "CBR"
    try:
        numbers: dict[str, Any] = {
            "width": int(text(video, "videoResolutionWidth")),
            "height": int(text(video, "videoResolutionHeight")),
            "bitrate_kbps": int(text(video, "constantBitRate" if constant else "vbrUpperCap")),
            "fps": int(text(video, "maxFrameRate")) / 100,
            "gop": int(text(video, "GovLength")),
        }
    except ValueError:
        raise Problem("badParameters", "Video") from None
    codec = _CODECS.get(text(video, "videoCodecType"))
    if codec == encoder.codec and all(getattr(encoder, name) == value for name, value in numbers.items()):
        return encoder.model_copy(update={"constant_bitrate": constant})
    options = twin.profile.hardware.encoders[encoder.token].get(codec or "")
    if options is None or (numbers["width"], numbers["height"]) not in options.resolutions:
        raise Problem("badParameters", "videoCodecType or resolution")
    for field, span in (("bitrate_kbps", options.bitrate_kbps), ("fps", options.fps), ("gop", options.gop)):
        if span and not span[0] <= numbers[field] <= span[1]:
            if twin.traits.set.out_of_range == "fault":
                raise Problem("badParameters", field)
            numbers[field] = min(max(numbers[field], span[0]), span[1])
    return encoder.model_copy(update={**numbers, "codec": codec, "constant_bitrate": constant})


def show_inputs(twin: Twin, root: Element, _channel: int) -> None:
    """Tell each input's name and what picture comes in."""
    sources = twin.profile.hardware.sources
    for number, item in enumerate(root.findall("VideoInputChannel"), 1):
        source = sources[number - 1]
        if (name := _name(twin, number)) is not None:
            put(item, "name", name.text)
        lost = source.token in twin.settings.signal_lost
        put(item, "resDesc", "NO VIDEO" if lost else f"{source.width}*{source.height}P{source.fps:g}")


def take_inputs(twin: Twin, root: Element, _channel: int) -> None:
    """Set the names; one that is shown in the picture is an overlay's text."""
    for number, item in enumerate(root.findall("VideoInputChannel"), 1):
        name = text(item, "name")
        if len(name.encode()) > twin.profile.hardware.osd_text_length:
            raise Problem("badParameters", "name")
        if (shown := _name(twin, number)) is not None:
            _replace(twin, shown, shown.model_copy(update={"text": name}))


def show_overlays(twin: Twin, root: Element, channel: int) -> None:
    """Tell whether time, name and further texts are in the picture."""
    put(root, "DateTimeOverlay/enabled", _time(twin, channel) is not None)
    texts = [osd for osd in _osds(twin, channel) if osd.kind == "Plain"]
    put(root, "channelNameOverlay/enabled", bool(texts))
    for item, osd in zip(root.findall("TextOverlayList/TextOverlay"), texts[1:], strict=False):
        put(item, "enabled", True)
        put(item, "displayText", osd.text or "")


def take_overlays(twin: Twin, root: Element, channel: int) -> None:
    """Show or hide time and name; further texts are the document's own unless ONVIF made them."""
    wanted = text(root, "DateTimeOverlay/enabled") == "true"
    shown = _time(twin, channel)
    if wanted and shown is None:
        _replace(twin, None, _new(twin, channel, kind="DateAndTime"))
    elif not wanted and shown is not None:
        _replace(twin, shown, None)
    wanted, name = text(root, "channelNameOverlay/enabled") == "true", _name(twin, channel)
    if wanted and name is None:
        inputs = kept(twin, "System/Video/inputs/channels")
        assert inputs is not None
        text_shown = text(inputs, f"VideoInputChannel[{channel}]/name")
        _replace(twin, None, _new(twin, channel, kind="Plain", text=text_shown))
    elif not wanted and name is not None:
        _replace(twin, name, None)


def _source(twin: Twin, channel: int) -> str:
    return twin.profile.hardware.sources[channel - 1].configuration


def _osds(twin: Twin, channel: int) -> list[Osd]:
    source = _source(twin, channel)
    return [osd for osd in twin.settings.osds if osd.source_configuration == source]


def _time(twin: Twin, channel: int) -> Osd | None:
    return next((osd for osd in _osds(twin, channel) if osd.kind in ("DateAndTime", "Time")), None)


def _name(twin: Twin, channel: int) -> Osd | None:
    return next((osd for osd in _osds(twin, channel) if osd.kind == "Plain"), None)


def _new(twin: Twin, channel: int, **fields: str) -> Osd:
    token = f"OsdToken_{channel}_{fields['kind']}"
    return Osd.model_validate({"token": token, "source_configuration": _source(twin, channel), **fields})


def _replace(twin: Twin, old: Osd | None, new: Osd | None) -> None:
    osds = [(new if osd is old else osd) for osd in twin.settings.osds]
    if old is None:
        osds.append(new)
    twin.change("osds", tuple(cast("list[Osd]", [osd for osd in osds if osd is not None])))


bind("Streaming/channels", show_streams, take_streams)
bind("System/Video/inputs/channels", show_inputs, take_inputs)
bind(r"System/Video/inputs/channels/(\d+)/overlays", show_overlays, take_overlays)
