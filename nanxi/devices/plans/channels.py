"""How changes name channels, and what channels of the device the declaration is about."""

from __future__ import annotations

from nanxi.devices.state import DeclaredChannel, DeclaredDevice


def prefix(declared: DeclaredDevice, channel: DeclaredChannel, aspect: str) -> str:
    """Return the first part of a field's name: ``osd`` on a device of one channel, ``osd.3`` on one of more."""
    return aspect if len(declared.channels) == 1 and channel.number == 1 else f"{aspect}.{channel.number}"
