"""State against dates and driver, and where a camera stands."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.register.checks.rule import View, rule
from nanxi.register.datum import to_wgs84
from nanxi.register.model import Device, Kind, State

Found = Iterator[tuple[Device, str, str, str]]

_DRIVERS: dict[Kind, tuple[str, ...]] = {
    Kind.CAMERA: ("onvif", "isapi", "none"),
    Kind.ENCODER: ("onvif", "isapi", "none"),
    Kind.NVR: ("onvif", "isapi", "none"),
    Kind.SWITCH: ("switch", "none"),
    Kind.HOST: ("linux", "none"),
}


@rule("dates")
def dates(view: View) -> Found:
    """Dates follow the states: no use before installation, none after retirement."""
    for device in view.devices:
        start, end, state = device.installed_on, device.retired_on, device.state
        if state is State.PLANNED and start is not None:
            yield (
                device,
                "installed_on",
                "a planned device is not in use yet",
                "empty the cell or change the state",
            )
        if state is State.ACCEPTED and start is None:
            yield (
                device,
                "installed_on",
                "an accepted device has been in use since some day",
                "write that day",
            )
        if state is State.RETIRED and end is None:
            yield device, "retired_on", "a retired device left service on some day", "write that day"
        if state is not State.RETIRED and end is not None:
            yield (
                device,
                "retired_on",
                f"a device in state {state} is still there",
                "empty the cell, or retired",
            )
        if start is not None and end is not None and end < start:
            yield device, "retired_on", f"before the first day of use ({start})", "mend one of the two"


@rule("driver")
def driver(view: View) -> Found:
    """A driver speaks the protocol of its kind of device."""
    for device in view.devices:
        if device.driver not in _DRIVERS[device.kind]:
            remedy = f"one of {', '.join(_DRIVERS[device.kind])}"
            yield device, "driver", f"no driver for {device.kind}", remedy


@rule("coordinates")
def coordinates(view: View) -> Found:
    """Both or none; inside the county once converted to WGS-84. No box can tell GCJ-02 from WGS-84: ask for the datum."""
    box = view.plan.county.bounding_box
    for camera in view.cameras:
        longitude, latitude = camera.longitude, camera.latitude
        if longitude is None or latitude is None:
            if longitude is not None or latitude is not None:
                missing = "longitude" if longitude is None else "latitude"
                yield camera, missing, "half a coordinate", "longitude and latitude, or neither"
            continue
        east, north = to_wgs84(longitude, latitude, camera.datum)
        if not box.west <= east <= box.east:
            remedy = f"{box.west} to {box.east} degrees east (WGS-84)"
            yield camera, "longitude", "outside the county", remedy
        if not box.south <= north <= box.north:
            remedy = f"{box.south} to {box.north} degrees north (WGS-84)"
            yield camera, "latitude", "outside the county", remedy
