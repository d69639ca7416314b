"""Overlays: a time line and the register's place name."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.devices.state import Aspect, CameraState, Change, DeclaredCamera

TIME_KINDS = frozenset({"DateAndTime", "Time"})
PLAIN = "Plain"


def plan_osd(declared: DeclaredCamera, actual: CameraState) -> Iterator[Change]:
    """Yield a missing time line, a wrong or missing place name, and texts that nobody declared."""
    if Aspect.OSD in actual.unsupported:
        yield Change(
            Aspect.OSD,
            "osd",
            "",
            declared.place,
            applicable=False,
            reason="the camera offers no overlays through ONVIF; set them in its web page",
        )
    if actual.osds is None:
        return
    if not any(osd.kind in TIME_KINDS for osd in actual.osds):
        yield Change(Aspect.OSD, "osd.time", "", "DateAndTime")
    texts = [osd.text for osd in actual.osds if osd.kind == PLAIN]
    if declared.place in texts:
        texts.remove(declared.place)
    else:
        # The works' own text ("Camera 01", "IPdome") becomes the place name.
        before = texts.pop(0) if texts else ""
        yield Change(Aspect.OSD, "osd.place", before, declared.place)
    for text in filter(None, texts):
        yield Change(
            Aspect.OSD, "osd.text", text, "", applicable=False, reason="the text is not in the register"
        )
