"""Services of a host that hostile streams could turn: they may begin sessions with devices of the register alone (S5).

A camera's bytes go through gate and recorder. Whatever one of them would make of either, it reaches nobody: not the
neighbours in the zone, not the clock, not even the web pages of the cameras.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from nanxi.estate import Estate
from nanxi.recorder.render import carried, recorded, spoken_to
from nanxi.register.model import Host
from nanxi.vehicle.render import PORT, yards

#: By role: the users of its services that speak for cameras, as the roles make them.
_USERS = dict.fromkeys(("recorder", "mobile_recorder"), ("nanxi-gate", "nanxi-recorder"))
#: Those that reach their own host alone: a recorder host's exporter calls cameras up at the gate, never themselves.
_AT_HOME = {"recorder": ("nanxi-exporter",)}


@dataclass(frozen=True, slots=True)
class Confined:
    """Users, and the addresses and TCP ports with which they alone may begin; ``at_home`` are users who begin with nobody."""

    users: tuple[str, ...]
    targets: tuple[tuple[IPv4Address, int], ...]
    at_home: tuple[str, ...] = ()


def confined(host: Host, estate: Estate) -> Confined | None:
    """Return what a host's services may reach, None for a host that has none of this kind.

    All cameras of its unit and network that recorder hosts record: which of them are its own changes with every disk, and
    must not change its rules. A vehicle's host: the cameras that it carries, and the doors of what may be a depot, because
    its recordings' account brings them there.
    """
    users = _USERS.get(host.role)
    if users is None:
        return None
    drives = host.role == "mobile_recorder"
    cameras = carried(estate, host.host) if drives else recorded(estate, host.unit, host.network)
    spoken = [spoken_to(estate, camera)[0] for camera in cameras]
    targets = {(device.ipv4, device.rtsp_port) for device in spoken if device.ipv4 is not None}
    if drives:
        targets |= {(yard.ipv4, PORT) for yard in yards(estate, host) if yard.ipv4 is not None}
    return Confined(users, tuple(sorted(targets)), _AT_HOME.get(host.role, ()))
