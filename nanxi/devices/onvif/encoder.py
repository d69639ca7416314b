"""Video encoder configurations: what Media1 and Media2 say, in the terms of the typed state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from nanxi.devices.onvif.sources import channel_of
from nanxi.devices.state import Encoder, Role
from nanxi.devices.values import Element, attribute, child, decimal, integer, text, to_float

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
    source: str  # token of the video source
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


def assign_roles(profiles: Iterable[Profile], sources: Sequence[str]) -> tuple[Encoder, ...]:
    """Return each encoder once, with its channel and role.

    Of each channel, the finest picture is main and the coarsest of the others sub. JPEG encoders are chosen
    only when there is nothing else (Axis lists a JPEG profile of full size first).

    Args:
        profiles: as the device lists them.
        sources: tokens of the video sources in the order of the channels.
    """
    encoders: dict[str, Encoder] = {}
    for profile in profiles:
        if profile.encoder is not None:
            encoders.setdefault(profile.encoder.token, profile.encoder)
    by_channel: dict[int, list[Encoder]] = {}
    for encoder in encoders.values():
        by_channel.setdefault(channel_of(encoder.source_token, sources), []).append(encoder)
    roles: dict[str, Role] = {}
    for channel, candidates in by_channel.items():
        if channel:
            main = max(_preferred(candidates), key=_area)  # max and min keep the device's order among equals
            rest = [encoder for encoder in candidates if encoder is not main]
            roles |= {min(_preferred(rest), key=_area).token: "sub"} if rest else {}
            roles[main.token] = "main"
    return tuple(
        replace(encoder, role=roles.get(encoder.token, "other"), channel=channel)
        for channel, candidates in by_channel.items()
        for encoder in candidates
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
