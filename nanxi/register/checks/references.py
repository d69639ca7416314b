"""What a row says about other rows: encoder, recorder and switch exist, and a channel or port is used once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nanxi.county.model import PointClass
from nanxi.register.checks.rule import View, place, rule
from nanxi.register.model import Camera, Device, Encoder, Host, Nvr, State, Switch
from nanxi.register.ports import port

Found = Iterator[tuple[Device, str, str, str]]


@dataclass(frozen=True, slots=True)
class Link:
    """A pair of columns: the device that a row points at, and the channel or port there."""

    field: str
    channel: str
    model: type[Device]


ENCODER = Link("encoder", "channel", Encoder)
NVR = Link("nvr", "nvr_channel", Nvr)
SWITCH = Link("switch", "switch_port", Switch)


def _linked(view: View, link: Link) -> Iterator[tuple[Device, str]]:
    """Yield every live device that points somewhere by ``link``."""
    # Switches are referred to by every kind of device, encoders and recorders by cameras.
    devices = view.live if link is SWITCH else [device for device in view.live if isinstance(device, Camera)]
    for device in devices:
        if target := getattr(device, link.field):
            yield device, target


def on_board(camera: Device, found: Device | None) -> bool:
    """Return whether ``found`` is the host in the vehicle that has the camera, which is recorded there without channels."""
    return (
        isinstance(camera, Camera)
        and camera.point_class is PointClass.VEHICLE
        and isinstance(found, Host)
        and found.role == "mobile_recorder"
    )


@rule("vehicle")
def vehicle(view: View) -> Found:
    """A vehicle's camera that a host on board records belongs to the same unit and hangs on the same network as the host."""
    for camera in view.cameras:
        found = view.by_host.get(camera.nvr)
        if found is None or not on_board(camera, found):
            continue
        if found.unit != camera.unit:
            yield camera, "nvr", f"is a host of {found.unit}", "vehicle and cameras belong to one unit"
        elif found.network is not camera.network:
            yield (
                camera,
                "network",
                f"{found.host} is on {found.network}",
                "the network of the vehicle's host",
            )


@rule("reference")
def reference(view: View) -> Found:
    """The device that a row points at is in the register, of the right kind, and not retired."""
    for link in (ENCODER, NVR, SWITCH):
        kind = link.model.kind
        for device, target in _linked(view, link):
            found = view.by_host.get(target)
            if found is None:
                if target.rstrip("0123456789") not in view.incomplete:
                    remedy = f"a host name such as {device.unit}-{link.model.prefix}01; add it to {kind}.csv"
                    yield device, link.field, "not in the register", remedy
            elif link is NVR and on_board(device, found):
                continue
            elif not isinstance(found, link.model):
                yield device, link.field, f"stands in {found.kind}.csv", f"name a device of {kind}.csv"
            elif found.state is State.RETIRED:
                yield device, link.field, f"{place(found)} is retired", "name the device that took its place"


@rule("channel-missing")
def channel_missing(view: View) -> Found:
    """Encoder or recorder and channel say something only together."""
    for camera in view.cameras:
        for link in (ENCODER, NVR):
            target, channel = getattr(camera, link.field), getattr(camera, link.channel)
            if link is NVR and on_board(camera, view.by_host.get(target)):
                continue
            if target and channel is None:
                yield camera, link.channel, f"which channel of {target}?", "a number from 1"
            elif channel is not None and not target:
                yield (
                    camera,
                    link.field,
                    f"channel {channel} of which device?",
                    "name it, or empty the channel",
                )


@rule("channel-range")
def channel_range(view: View) -> Found:
    """A device has no more channels than its row says."""
    for link in (ENCODER, NVR):
        for camera, target in _linked(view, link):
            found, channel = view.by_host.get(target), getattr(camera, link.channel)
            if isinstance(found, Encoder | Nvr) and channel is not None and channel > found.channels:
                problem = f"{target} has {found.channels} channels"
                yield camera, link.channel, problem, f"1 to {found.channels}, or mend {place(found)}"


@rule("channel-twice")
def channel_twice(view: View) -> Found:
    """One camera a channel, one device a switch port."""
    for link, name in ((ENCODER, "channel"), (NVR, "channel"), (SWITCH, "port")):
        first: dict[tuple[str, object], Device] = {}
        for device, target in _linked(view, link):
            channel = getattr(device, link.channel)
            channel = port(channel) if link is SWITCH else channel
            other = first.setdefault((target, channel), device) if channel else device
            if other is not device:
                problem = f"{place(other)} is on the same {name} of {target}"
                yield device, link.channel, problem, f"each {name} takes one device"
