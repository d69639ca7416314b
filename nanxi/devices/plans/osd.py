"""Overlays: a time line and the register's place name on every channel."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.devices.plans.channels import prefix
from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState, Osd

TIME_KINDS = frozenset({"DateAndTime", "Time"})
PLAIN = "Plain"

_UNSUPPORTED = "the camera offers no overlays through this protocol; set them in its web page"
_UNKNOWN = "the text is not in the register"


def plan_osd(declared: DeclaredDevice, actual: DeviceState) -> Iterator[Change]:
    """Yield a missing time line, a wrong or missing place name, and texts that nobody declared."""
    for channel in declared.channels:
        field = prefix(declared, channel, "osd")
        if Aspect.OSD in actual.unsupported:
            yield Change(Aspect.OSD, field, "", channel.place, applicable=False, reason=_UNSUPPORTED)
        if actual.osds is not None:
            own = [osd for osd in actual.osds if osd.channel == channel.number]
            yield from _compare(field, channel.place, own)


def _compare(field: str, place: str, osds: list[Osd]) -> Iterator[Change]:
    if not any(osd.kind in TIME_KINDS for osd in osds):
        yield Change(Aspect.OSD, f"{field}.time", "", "DateAndTime")
    texts = [osd.text for osd in osds if osd.kind == PLAIN]
    if place in texts:
        texts.remove(place)
    else:
        # The works' own text ("Camera 01", "IPdome") becomes the place name.
        before = texts.pop(0) if texts else ""
        yield Change(Aspect.OSD, f"{field}.place", before, place)
    for text in filter(None, texts):
        yield Change(Aspect.OSD, f"{field}.text", text, "", applicable=False, reason=_UNKNOWN)
