"""What a stream's encoder can do: the stream's own document, with options instead of values."""

from __future__ import annotations

from itertools import chain

from lab.twin.isapi.replies import Problem
from lab.twin.isapi.resources import told
from lab.twin.isapi.tree import Element
from lab.twin.isapi.video import encoder_of
from lab.twin.twin import Twin

_CODECS = {"H264": "H.264", "H265": "H.265", "JPEG": "MJPEG"}


def of_stream(twin: Twin, stream: int) -> Element:
    """Return Streaming/channels/<stream>/capabilities.

    Raises:
        Problem: there is no such stream.
    """
    root, encoder = told(twin, f"Streaming/channels/{stream}"), encoder_of(twin, stream)
    if root is None or encoder is None:
        raise Problem("notSupport")
    options = twin.profile.hardware.encoders[encoder.token]
    # One list of options for all codecs, as the firmware gives it.
    sizes = list(dict.fromkeys(chain.from_iterable(option.resolutions for option in options.values())))
    one = next(iter(options.values()))
    rates = [str(rate * 100) for rate in range(one.fps[1], one.fps[0] - 1, -1)]
    _options(root, "videoCodecType", [_CODECS[codec] for codec in options])
    _options(root, "videoResolutionWidth", [str(width) for width, _ in sizes])
    _options(root, "videoResolutionHeight", [str(height) for _, height in sizes])
    _options(root, "maxFrameRate", rates)
    _options(root, "videoQualityControlType", ["CBR", "VBR"])
    for path in ("constantBitRate", "vbrUpperCap"):
        _span(root, path, one.bitrate_kbps)
    if one.gop:
        _span(root, "GovLength", one.gop)
    return root


def _options(root: Element, path: str, values: list[str]) -> None:
    if (element := root.find(f"Video/{path}")) is not None:
        element.set("opt", ",".join(values))


def _span(root: Element, path: str, span: tuple[int, int]) -> None:
    if (element := root.find(f"Video/{path}")) is not None:
        element.set("min", str(span[0]))
        element.set("max", str(span[1]))
