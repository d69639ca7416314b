"""What must still answer the control node after a host's rules were changed (goal N3, pure)."""

from __future__ import annotations

from nanxi.estate import Estate
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
    behind = sorted(
        (one for one in estate.devices.values() if _is_behind(one, host)),
        key=lambda one: (isinstance(one, Camera), one.host),
    )
    doors = ((str(one.ipv4), _port(one)) for one in behind)
    return [(address, port) for address, port in doors if port is not None][:ENOUGH]


def _is_behind(device: Device, host: Host) -> bool:
    same = device.unit == host.unit and device.network is host.network
    return same and device is not host and device.touchable and device.ipv4 is not None


def _port(device: Device) -> int | None:
    """Return the port that flows open to the centre: SSH of what runs a system, RTSP of cameras."""
    if isinstance(device, Host | Switch):
        return 22
    return device.rtsp_port if isinstance(device, Camera) and device.spoken_to else None
