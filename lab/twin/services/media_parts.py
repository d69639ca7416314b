"""What Media and Media2 have in common: the hardware's tokens, source configurations, URIs."""

from __future__ import annotations

from functools import cache

from lab.twin.markup import Xml, el
from lab.twin.profile import MediaProfile, Source
from lab.twin.services.device_identity import web_address
from lab.twin.services.table import Call
from lab.twin.settings import Encoder
from lab.twin.soap import Fault, invalid_value, text


def asked_profile(call: Call, path: str) -> MediaProfile:
    """Return the media profile that a request names.

    Raises:
        Fault: ter:NoProfile.
    """
    wanted = text(call.request, path)
    for profile in call.twin.profile.hardware.profiles:
        if profile.token == wanted:
            return profile
    raise invalid_value("ter:NoProfile", "The requested profile token does not exist")


def encoder_of(call: Call, token: str | None) -> Encoder | None:
    """Return the current state of an encoder."""
    return next((encoder for encoder in call.settings.encoders if encoder.token == token), None)


def asked_encoder(call: Call, path: str) -> Encoder:
    """Return the encoder that a request names.

    Raises:
        Fault: ter:NoConfig.
    """
    found = encoder_of(call, text(call.request, path))
    if found is None:
        raise invalid_value("ter:NoConfig", "The requested configuration does not exist")
    return found


def source_with(call: Call, configuration: str) -> Source:
    """Return the video source that a source configuration of the hardware belongs to."""
    return next(item for item in call.twin.profile.hardware.sources if item.configuration == configuration)


def uses(call: Call, *, encoder: str | None = None, source_configuration: str | None = None) -> int:
    """Return how many media profiles use a configuration."""
    return sum(
        1
        for profile in call.twin.profile.hardware.profiles
        if encoder in (None, profile.encoder) and source_configuration in (None, profile.source_configuration)
    )


def source_configuration(tag: str, call: Call, source: Source) -> Xml:
    """Return a tt:VideoSourceConfiguration."""
    return el(
        tag,
        el("tt:Name", source.name),
        el("tt:UseCount", uses(call, source_configuration=source.configuration)),
        el("tt:SourceToken", source.token),
        el("tt:Bounds", x=0, y=0, width=source.width, height=source.height),
        token=source.configuration,
    )


@cache
def multicast() -> Xml:
    """Return a tt:MulticastConfiguration that is switched off."""
    return el(
        "tt:Multicast",
        el("tt:Address", el("tt:Type", "IPv4"), el("tt:IPv4Address", "0.0.0.0")),  # noqa: S104 - no socket
        el("tt:Port", 0),
        el("tt:TTL", 1),
        el("tt:AutoStart", False),
    )


def stream_uri(call: Call, profile: MediaProfile) -> str:
    """Return the RTSP URI of a media profile.

    Raises:
        Fault: ter:IncompleteConfiguration, there is no encoder in it.
    """
    if profile.encoder is None:
        raise Fault(
            "Receiver",
            "ter:Action",
            "ter:IncompleteConfiguration",
            reason="The media profile has no video encoder",
        )
    return rtsp_address(call) + profile.stream


def rtsp_address(call: Call) -> str:
    """Return the root of the device's RTSP server, as the device advertises it."""
    port = call.twin.installation.rtsp_port
    return f"rtsp://{call.advertised_host}" + ("" if port == 554 else f":{port}")


def snapshot_uri(call: Call, profile: MediaProfile) -> str:
    """Return the HTTP URI of a media profile's snapshot."""
    return web_address(call) + profile.snapshot
