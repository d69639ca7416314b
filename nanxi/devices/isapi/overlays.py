"""What is written into the picture of a device's own inputs: time, the input's name, further texts."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.devices.errors import FaultError
from nanxi.devices.isapi.document import item, set_text
from nanxi.devices.state import Osd, Signal
from nanxi.devices.values import Element, boolean, child, children, integer, text

INPUTS, INPUTS_ROOT, INPUT = "System/Video/inputs/channels", "VideoInputChannelList", "VideoInputChannel"
ROOT = "VideoOverlay"

#: What a recorder writes of an input without a signal, instead of a picture's size.
_NO_VIDEO = "NO VIDEO"

TIME, NAME = "time", "name"


def overlay_path(channel: int) -> str:
    """Return the resource of a channel's overlays."""
    return f"{INPUTS}/{channel}/overlays"


def read_channels(root: Element) -> tuple[int, ...]:
    """Return the numbers of the device's own inputs."""
    return tuple(number for entry in children(root, INPUT) if (number := integer(entry, "id")))


def read_signals(root: Element) -> tuple[Signal, ...] | None:
    """Return which inputs see a picture; None where the device does not tell, as cameras do not."""
    found = tuple(
        Signal(number, text(entry, "resDesc").upper() != _NO_VIDEO)
        for entry in children(root, INPUT)
        if (number := integer(entry, "id")) and text(entry, "resDesc")
    )
    return found or None


def read_overlays(root: Element, inputs: Element, channel: int) -> Iterator[Osd]:
    """Yield what is shown; the name of an input is another document's."""
    source = str(channel)
    if boolean(root, "DateTimeOverlay", "enabled"):
        yield Osd(TIME, source, "DateAndTime", "", channel=channel)
    if boolean(root, "channelNameOverlay", "enabled"):
        yield Osd(NAME, source, "Plain", text(item(inputs, INPUT, channel), "name"), channel=channel)
    for entry in children(child(root, "TextOverlayList"), "TextOverlay"):
        shown = text(entry, "displayText")
        if boolean(entry, "enabled") and shown:
            yield Osd(f"text{text(entry, 'id')}", source, "Plain", shown, channel=channel)


def write_name(inputs: Element, channel: int, name: str) -> Element:
    """Set an input's name; return the entry that changed.

    Raises:
        FaultError: there is no such input.
    """
    entry = item(inputs, INPUT, channel)
    if entry is None:
        raise FaultError(f"the device has no video input {channel}")
    set_text(entry, name, "name")
    return entry


def show(root: Element, *, time: bool, name: bool) -> None:
    """Switch the time line and the name on, those that are wanted."""
    if time:
        set_text(root, True, "DateTimeOverlay", "enabled")
    if name:
        set_text(root, True, "channelNameOverlay", "enabled")
