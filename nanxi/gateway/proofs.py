"""What must still answer the control node after a host's rules were changed (goal N3, pure)."""

from __future__ import annotations

from nanxi.estate import Estate
from nanxi.register.codes import COUNTY_UNIT
from nanxi.register.model import Camera, Device, Host, Switch

#: A few are enough to see that a gateway passes; a camera may be off by itself.
ENOUGH = 5


def proofs(host: Host, estate: Estate) -> list[tuple[str, int]]:
    """Return addresses and TCP ports behind a gateway that the county's centre may open; none for other hosts.

    Hosts and switches come first, since they are rarely off, then cameras. What does not answer before the change
    proves nothing after it: who asks must ask twice.
    """
    if host.role != "gateway":
        return []
    behind = sorted((one for one in estate.devices.values() if _is_behind(one, host)), key=_order)
    doors = ((str(one.ipv4), _port(one)) for one in behind)
    return [(address, port) for address, port in doors if port is not None][:ENOUGH]


def _is_behind(device: Device, host: Host) -> bool:
    """Return whether the way from the centre to a device leads through a gateway: all ways do through the county's."""
    passes = host.unit in (device.unit, COUNTY_UNIT)
    return passes and device.network is host.network and device is not host and device.touchable


def _order(device: Device) -> tuple[bool, bool, str]:
    gateway = isinstance(device, Host) and device.role == "gateway"
    return (isinstance(device, Camera), not gateway, device.host)


def _port(device: Device) -> int | None:
    """Return the port that flows open to the centre: SSH of what runs a system, RTSP of cameras."""
    if not device.spoken_to or device.ipv4 is None:
        return None
    if isinstance(device, Host | Switch):
        return 22
    return device.rtsp_port if isinstance(device, Camera) else None
