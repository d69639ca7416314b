"""Read what the device's own video inputs show."""

from __future__ import annotations

from nanxi.devices.isapi import overlays
from nanxi.devices.isapi.reader import Reader
from nanxi.devices.state import Aspect, Osd, Signal


async def read_osds(reader: Reader) -> tuple[Osd, ...] | None:
    """Return the overlays of every input."""
    names = await reader.ask(Aspect.OSD, overlays.INPUTS, overlays.INPUTS_ROOT)
    if names is None:
        return None
    found: list[Osd] = []
    for channel in overlays.read_channels(names):
        shown = await reader.ask(Aspect.OSD, overlays.overlay_path(channel), overlays.ROOT)
        if shown is None:
            return None
        found.extend(overlays.read_overlays(shown, names, channel))
    return tuple(found)


async def read_signals(reader: Reader) -> tuple[Signal, ...] | None:
    """Return which inputs have a picture; None of a device without inputs of its own."""
    names = await reader.ask(None, overlays.INPUTS, overlays.INPUTS_ROOT)
    return None if names is None else overlays.read_signals(names)
