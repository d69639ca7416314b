"""Video encoder configurations: what Media1 and Media2 say, in the terms of the typed state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from nanxi.devices.onvif.values import Element, attribute, child, decimal, integer, text, to_float
from nanxi.devices.state import Encoder

#: Elements of tt:VideoEncoderConfiguration, in the order of the schema (onvif.xsd).
MEDIA1_ORDER = (
    "Name", "UseCount", "Encoding", "Resolution", "Quality", "RateControl", "MPEG4", "H264", "Multicast",
    "SessionTimeout",
)  # fmt: skip
#: Elements of tt:VideoEncoder2Configuration.
MEDIA2_ORDER = ("Name", "UseCount", "Encoding", "Resolution", "RateControl", "Multicast", "Quality")

_VIDEO = ("H264", "H265")


@dataclass(frozen=True, slots=True)
class Profile:
    """A media profile; a Bosch has 16, of which 7 have no encoder."""

    token: str
    name: str
    source_configuration: str
    encoder: Encoder | None


def read_encoder(configuration: Element, profile: str, source: str) -> Encoder:
    """Read a configuration of either media service; a missing number is 0, so that it never equals a declared one."""
    gop = to_float(attribute(configuration, "GovLength"))  # Media2
    if gop is None:
        gop = decimal(configuration, "H264", "GovLength")
    if gop is None:
        gop = decimal(configuration, "MPEG4", "GovLength")
    rate = child(configuration, "RateControl")
    return Encoder(
        role="other",
        profile_token=profile,
        token=attribute(configuration, "token"),
        source_token=source,
        codec=_codec(text(configuration, "Encoding")),
        width=integer(configuration, "Resolution", "Width") or 0,
        height=integer(configuration, "Resolution", "Height") or 0,
        fps=decimal(rate, "FrameRateLimit") or 0.0,
        bitrate_kbps=integer(rate, "BitrateLimit") or 0,
        gop=None if gop is None else int(gop),
    )


def _codec(name: str) -> str:
    """Media2 names encodings as IANA does; some firmware writes H.265 or video/H265."""
    return name.rpartition("/")[2].upper().replace(".", "").replace("HEVC", "H265")


def assign_roles(profiles: Iterable[Profile]) -> tuple[Encoder, ...]:
    """Return each encoder once, with its role: the finest picture is main, the coarsest of the others sub.

    Only the first video source counts: the other lenses of a multi-sensor camera are devices of their own. JPEG
    encoders are chosen only when there is nothing else (Axis lists a JPEG profile of full size first).
    """
    encoders: dict[str, Encoder] = {}
    for profile in profiles:
        if profile.encoder is not None:
            encoders.setdefault(profile.encoder.token, profile.encoder)
    found = list(encoders.values())
    if not found:
        return ()
    candidates = [encoder for encoder in found if encoder.source_token == found[0].source_token]
    main = max(_preferred(candidates), key=_area)  # max and min keep the device's order among equals
    rest = [encoder for encoder in candidates if encoder is not main]
    sub = min(_preferred(rest), key=_area) if rest else None
    return tuple(
        replace(encoder, role="main" if encoder is main else "sub" if encoder is sub else "other")
        for encoder in found
    )


def keep_roles(encoders: Sequence[Encoder], before: Sequence[Encoder]) -> tuple[Encoder, ...]:
    """Return the encoders with the roles they had: a new resolution must not swap main and sub while reading back."""
    roles = {encoder.token: encoder.role for encoder in before}
    if {encoder.token for encoder in encoders} != set(roles):
        return tuple(encoders)
    return tuple(replace(encoder, role=roles[encoder.token]) for encoder in encoders)


def _preferred(encoders: list[Encoder]) -> list[Encoder]:
    return [encoder for encoder in encoders if encoder.codec in _VIDEO] or encoders


def _area(encoder: Encoder) -> int:
    return encoder.width * encoder.height
