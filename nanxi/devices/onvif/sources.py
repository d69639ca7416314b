"""Video sources: which channel of the device is which, and whether it has a picture (ONVIF Media 5.2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.values import Element, attribute, children, decimal


@dataclass(frozen=True, slots=True)
class VideoSource:
    """One input. A lost signal shows as no frames a second; a device that tells no rate is believed to have one."""

    token: str
    present: bool


@dataclass(frozen=True, slots=True)
class GetVideoSources(Request[tuple[VideoSource, ...]]):
    """List the inputs; their order is the order of the channels. Media2 has no such operation."""

    service = Service.MEDIA
    operation = "GetVideoSources"

    def decode(self, reply: Element) -> tuple[VideoSource, ...]:
        """Return the inputs in the device's order."""
        return tuple(
            VideoSource(attribute(entry, "token"), decimal(entry, "Framerate") != 0)
            for entry in children(reply, "VideoSources")
        )


def order_of(seen: Iterable[str], listed: Sequence[VideoSource]) -> tuple[str, ...]:
    """Return the tokens of all sources in the order of the channels.

    Args:
        seen: tokens as the profiles name them, in order; empty ones name nothing.
        listed: the sources as the device lists them, empty where it has a single one or does not tell.
    """
    return tuple(dict.fromkeys([*(source.token for source in listed), *filter(None, seen)]))


def channel_of(token: str, order: Sequence[str]) -> int:
    """Return the channel of a source, from 1; a device with one source has one channel, whatever token it writes.

    Returns:
        0 for a token that no source of a device with several has.
    """
    if len(order) <= 1:
        return 1
    return order.index(token) + 1 if token in order else 0
