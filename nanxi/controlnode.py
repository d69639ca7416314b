"""Which part of an estate this machine provisions: each network has control nodes of its own, and no way to the other.

A machine knows where it stands by its own addresses: the register has those of the hosts in role ``controller``.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address

from nanxi.county.model import Network
from nanxi.estate import Estate
from nanxi.register.model import Host

CONTROLLER = "controller"


def is_own(address: IPv4Address) -> bool:
    """Return whether ``address`` is one of this machine's; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(address), 0))
        except OSError:
            return False
    return True


def left_to_others(
    estate: Estate, own: Callable[[IPv4Address], bool] = is_own
) -> Mapping[Network, tuple[Host, ...]]:
    """Return the networks whose devices are not this machine's to provision, each with its control nodes.

    A machine that the register does not know as a control node (a laptop, a rehearsal) may stand anywhere: then
    nothing is left to others. So is a network that has no control node at all.
    """
    nodes: dict[Network, list[Host]] = {}
    for device in estate.devices.values():
        if isinstance(device, Host) and device.role == CONTROLLER and device.touchable:
            nodes.setdefault(device.network, []).append(device)
    here = {
        network
        for network, several in nodes.items()
        if any(node.ipv4 is not None and own(node.ipv4) for node in several)
    }
    if not here:
        return {}
    return {network: tuple(several) for network, several in nodes.items() if network not in here}
