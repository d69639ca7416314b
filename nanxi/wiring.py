"""Where every Linux host is plugged in: its interfaces, their addresses and what it reaches through whom (pure).

The inventory plugin hands it to roles, the lab's fabric lays its wires by it. Gateways of a network meet on its
backbone; the sharing gateway has one foot in each network, and no other host has more than one network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from nanxi.county.addresses import gateway
from nanxi.county.isolation import Place, places
from nanxi.county.model import Network, Plan, Unit
from nanxi.findings import NanxiError
from nanxi.register.codes import COUNTY_UNIT
from nanxi.register.model import Device, Host

#: The zone on which the gateways of a network meet.
BACKBONES = {Network.POLICE: "backbone", Network.PUBLIC: "backbone-public"}
#: The interface of a host that stands in one zone.
ONLY = "eth0"


class WiringError(NanxiError):
    """A host cannot be plugged in as the register says; the text names it and what would be right."""


@dataclass(frozen=True, slots=True)
class Foot:
    """One interface of a host in one zone."""

    interface: str
    place: Place
    address: IPv4Interface


@dataclass(frozen=True, slots=True)
class Route:
    """What a host reaches through a neighbour."""

    to: IPv4Network
    via: IPv4Address


def place_of(device: Device, plan: Plan) -> Place:
    """Return the zone instance in which a device's address of the register lies.

    Raises:
        WiringError: it lies in none, or the device has no address.
    """
    holder = plan.county.key if device.unit == COUNTY_UNIT else device.unit
    for place in places(plan):
        if place.holder == holder and device.ipv4 is not None and device.ipv4 in place.block:
            return place
    raise WiringError(f"{device.host}: its address {device.ipv4} lies in no zone of {holder}")


def is_sharing(device: Host, plan: Plan) -> bool:
    """Return whether a gateway is the one that may stand in both networks (六（二）: 共享接口)."""
    return device.role == "gateway" and place_of(device, plan).zone.joins_networks


def feet(device: Host, plan: Plan) -> tuple[Foot, ...]:
    """Return a host's interfaces. A gateway's are called after the VLAN that they carry: ``vlan110``.

    A gateway of a unit or of the county stands in all zones of its holder and its network as the first host address
    of each, and on the network's backbone. The sharing gateway has the same place in every zone that may join the
    networks. Any other host stands where its address of the register lies.

    Raises:
        WiringError: see :func:`place_of`.
    """
    home = place_of(device, plan)
    if device.role != "gateway":
        assert device.ipv4 is not None, "place_of refuses a host without an address"
        return (Foot(ONLY, home, _within(home.block, device.ipv4)),)
    own = [place for place in places(plan) if place.holder == home.holder]
    if home.zone.joins_networks:
        offset = int(device.ipv4 or 0) - int(home.block.network_address)
        return tuple(
            Foot(f"vlan{place.zone.vlan}", place, _within(place.block, place.block.network_address + offset))
            for place in own
            if place.zone.joins_networks
        )
    backbone = backbone_of(home.zone.network, plan)
    inside = [place for place in own if place.zone.network is home.zone.network and place != backbone]
    found = [
        Foot(f"vlan{place.zone.vlan}", place, _within(place.block, gateway(place.block))) for place in inside
    ]
    own_end = _on_backbone(home.holder, backbone, plan)
    return (*found, Foot(f"vlan{backbone.zone.vlan}", backbone, _within(backbone.block, own_end)))


def routes(device: Host, plan: Plan) -> tuple[Route, ...]:
    """Return what a host sends to a neighbour; no gateway has a default route.

    Raises:
        WiringError: see :func:`place_of`.
    """
    home = place_of(device, plan)
    if device.role != "gateway":
        return routes_from(home, plan)
    if home.zone.joins_networks:
        return tuple(
            Route(plan.addresses.supernets[foot.place.zone.network], gateway(foot.place.block))
            for foot in feet(device, plan)
        )
    return tuple(_of_gateway(home, plan))


def routes_from(place: Place, plan: Plan) -> tuple[Route, ...]:
    """Return the routes of a station in ``place``: through its zone's gateway.

    Stations beside the sharing gateway reach its other side through itself: the zone's gateway would see one direction
    of the session alone, and refuse it.
    """
    return (Route(IPv4Network("0.0.0.0/0"), gateway(place.block)), *_across(place, plan))


def backbone_of(network: Network, plan: Plan) -> Place:
    """Return the backbone of a network.

    Raises:
        WiringError: the plan has none.
    """
    for place in places(plan):
        if place.zone.key == BACKBONES[network]:
            return place
    raise WiringError(
        f"no block for zone {BACKBONES[network]}: `scripts/plan addresses --write` gives it one"
    )


def _of_gateway(home: Place, plan: Plan) -> Iterator[Route]:
    network, backbone = home.zone.network, backbone_of(home.zone.network, plan)
    if home.holder != plan.county.key:
        yield Route(plan.addresses.supernets[network], gateway(backbone.block))
        return
    for place in places(plan):
        if place.holder != plan.county.key and place.zone.network is network:
            yield Route(place.block, _on_backbone(place.holder, backbone, plan))
    for near in (place for place in places(plan) if place.zone.network is network):
        yield from _across(near, plan)


def _across(near: Place, plan: Plan) -> Iterator[Route]:
    """Yield the way over the sharing gateway, which has the second host address where the two networks touch."""
    for far in places(plan):
        if near.zone.joins_networks and far.zone.joins_networks and far.zone.network is not near.zone.network:
            yield Route(far.block, gateway(near.block) + 1)


def _on_backbone(holder: str, backbone: Place, plan: Plan) -> IPv4Address:
    """Return a gateway's own address there: the county's is the first, a unit's follows its two station digits.

    These digits never change, because all codes of the unit's devices carry them; the order of units.yml may.
    """
    if holder == plan.county.key:
        return gateway(backbone.block)
    unit: Unit = plan.unit(holder)
    address = gateway(backbone.block) + int(unit.station_code)
    if address not in backbone.block or address == backbone.block.broadcast_address:
        raise WiringError(
            f"{holder}: no address for station_code {unit.station_code} in {backbone.block} "
            f"({backbone.zone.key}): give the unit a smaller free one or the backbone a larger block"
        )
    return address


def _within(block: IPv4Network, address: IPv4Address) -> IPv4Interface:
    return IPv4Interface((address, block.prefixlen))
