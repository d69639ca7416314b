"""Change an encoder within what the hardware can do; Media and Media2 differ only in how they write it."""

from __future__ import annotations

from typing import Any

from lxml import etree
from pydantic import ValidationError

from lab.twin.profile import CodecOptions
from lab.twin.services.table import Call
from lab.twin.settings import Encoder
from lab.twin.soap import Fault, invalid_value, text


def number(element: etree._Element, path: str) -> float | None:
    """Return the number at a path, None where it is absent.

    Raises:
        Fault: it is no number.
    """
    value = text(element, path)
    try:
        return None if value is None else float(value)
    except ValueError:
        raise invalid_value("ter:InvalidParameter", f"{path.rpartition(':')[2]} is not a number") from None


def options_of(call: Call, encoder: Encoder) -> dict[str, CodecOptions]:
    """Return what an encoder can do, by codec."""
    return call.twin.profile.hardware.encoders[encoder.token]


def change_encoder(call: Call, encoder: Encoder, wanted: dict[str, Any], *, adapt_bitrate: bool) -> None:
    """Write one encoder; fields that are None or absent stay.

    ``adapt_bitrate``: Media2 wants an out-of-range bitrate adapted, never refused (Media2 5.3.6).

    Raises:
        Fault: ter:ConfigModify, the hardware cannot do it and the firmware does not adapt.
    """
    wanted = {key: value for key, value in wanted.items() if value is not None}
    options = options_of(call, encoder).get(wanted.get("codec", ""))
    if options is None or (wanted.get("width"), wanted.get("height")) not in options.resolutions:
        raise _refusal("codec or resolution")
    clamps = call.twin.traits.set.out_of_range == "clamp"
    if "codec_profile" in wanted and wanted["codec_profile"] not in options.codec_profiles:
        raise _refusal("codec profile")
    ranges = {"fps": options.fps, "gop": options.gop, "quality": call.twin.profile.hardware.quality}
    for field, limits in ranges.items():
        if field in wanted and limits is not None:
            wanted[field] = _fit(wanted[field], limits, field, adapt=clamps)
    if "bitrate_kbps" in wanted:
        wanted["bitrate_kbps"] = _fit(
            wanted["bitrate_kbps"], options.bitrate_kbps, "bitrate", adapt=clamps or adapt_bitrate
        )
    if wanted["codec"] != encoder.codec and "codec_profile" not in wanted:
        wanted["codec_profile"] = next(iter(options.codec_profiles), None)
    try:
        changed = Encoder.model_validate({**encoder.model_dump(), **wanted})
    except ValidationError as error:  # half a frame, a bitrate with a fraction
        raise _refusal(str(error.errors()[0]["loc"][0])) from None
    call.twin.change(
        "encoders", tuple(changed if item.token == encoder.token else item for item in call.settings.encoders)
    )


def _fit(value: float, limits: tuple[float, float], field: str, *, adapt: bool) -> float:
    low, high = limits
    if low <= value <= high:
        return value
    if not adapt:
        raise _refusal(field)
    return min(max(value, low), high)


def _refusal(field: str) -> Fault:
    return invalid_value("ter:ConfigModify", f"The configuration parameters are not possible to set: {field}")
