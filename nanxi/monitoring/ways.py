"""By which way samples travel, from the flow table: who writes to whom, and where somebody may knock (pure).

    recorder host (police) -> police monitor
    recorder host (public) -> public monitor -> sharing gateway -> police monitor

The public network's samples end at the sharing gateway, which begins a session of its own: nothing passes through.
"""

from __future__ import annotations

from ipaddress import IPv4Address

from nanxi.county.model import Network, Plan
from nanxi.estate import Estate
from nanxi.monitoring.scope import MONITOR
from nanxi.register.model import Host
from nanxi.wiring import feet, is_sharing

#: The service of the flow table by which samples are written.
SERVICE = "metrics_write"


def port(plan: Plan) -> int:
    """Return the port of the service that the flow table opens for writing."""
    return plan.flows.services[SERVICE].ports[0]


def receiver(estate: Estate, host: str) -> str:
    """Return the URL to which a host's samples go on; empty where they end, or where nobody stands to take them."""
    device = estate.devices[host]
    assert isinstance(device, Host)
    if device.role == MONITOR:
        target = _relay(estate) if device.network is Network.PUBLIC else None
    elif device.role == "gateway":
        target = (
            _monitor(estate, Network.POLICE) if _relay(estate) and is_sharing(device, estate.plan) else None
        )
    else:
        target = _monitor(estate, device.network)
    return f"http://{target}:{port(estate.plan)}/api/v1/write" if target else ""


def door(estate: Estate, host: str) -> str:
    """Return ADDRESS:PORT at which a host takes in samples of others; empty where nobody may knock."""
    device = estate.devices.get(host)
    if not isinstance(device, Host) or device.ipv4 is None:
        return ""
    if device.role == MONITOR:
        return f"{device.ipv4}:{port(estate.plan)}"
    if device.role == "gateway" and is_sharing(device, estate.plan) and (address := _relay(estate)):
        return f"{address}:{port(estate.plan)}"
    return ""


def _monitor(estate: Estate, network: Network) -> IPv4Address | None:
    """Return the address of a network's monitor, the first by name where there are several."""
    return next((one.ipv4 for one in estate.monitors(network)), None)


def _relay(estate: Estate) -> IPv4Address | None:
    """Return the sharing gateway's address in the public network, where that network has a monitor to write to it."""
    if _monitor(estate, Network.PUBLIC) is None:
        return None
    for _, one in sorted(estate.devices.items()):
        if isinstance(one, Host) and one.touchable and is_sharing(one, estate.plan):
            for foot in feet(one, estate.plan):
                if foot.place.zone.network is Network.PUBLIC:
                    return foot.address.ip
    return None
