"""Where a Linux host of the register stands: the zones it has an interface in, and what lies behind each.

Every unit has one gateway a network, and so has the county; they meet on the network's backbone. No gateway has
interfaces in both networks but the sharing gateway, which stands in the zones that may join them (六（二）).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from nanxi.county.model import Network, Plan, Zone
from nanxi.findings import NanxiError
from nanxi.register.codes import COUNTY_UNIT
from nanxi.register.model import Host

#: The zone on which the gateways of a network meet; what is attached nowhere else on a gateway lies behind it.
BACKBONES = {Network.POLICE: "backbone", Network.PUBLIC: "backbone-public"}


class PlacementError(NanxiError):
    """A host's address lies in no zone of its unit, or its interfaces would join the networks where none may."""


@dataclass(frozen=True, slots=True)
class Place:
    """One instance of a zone: the zone of one unit, or of the county under the county's key."""

    holder: str
    zone: Zone
    block: IPv4Network


@dataclass(frozen=True, slots=True)
class Leg:
    """One interface of a station. ``address`` is where it answers and begins itself, None: it only passes on."""

    interface: str
    place: Place
    address: IPv4Address | None = None


@dataclass(frozen=True, slots=True)
class Station:
    """A host with its interfaces; one that ``forwards`` is a gateway."""

    host: str
    legs: tuple[Leg, ...]
    forwards: bool

    def way_to(self, place: Place) -> Leg | None:
        """Return the interface behind which ``place`` lies, None where no interface of its network is."""
        for leg in self.legs:
            if leg.place == place:
                return leg
        if not self.forwards:
            return self.legs[0]
        here = [leg for leg in self.legs if leg.place.zone.network is place.zone.network]
        return next(
            (leg for leg in here if leg.place.zone.key in BACKBONES.values()), here[0] if here else None
        )


def places(plan: Plan) -> tuple[Place, ...]:
    """Return every instance of every zone, in the order of the plan."""
    zones = {zone.key: zone for zone in plan.addresses.zones}
    return tuple(
        Place(holder, zones[key], block)
        for holder, blocks in plan.addresses.blocks.items()
        for key, block in blocks.items()
    )


def station(device: Host, plan: Plan) -> Station:
    """Return where ``device`` stands: a gateway in its unit's zones of its network, any other host in one.

    Interfaces of a gateway are called after the VLAN that they carry (``vlan110``), in the field as in the lab.

    Raises:
        PlacementError: its address lies in no zone of its unit.
    """
    holder = plan.county.key if device.unit == COUNTY_UNIT else device.unit
    own = [place for place in places(plan) if place.holder == holder]
    home = next((place for place in own if device.ipv4 is not None and device.ipv4 in place.block), None)
    if home is None:
        raise PlacementError(f"{device.host}: its address {device.ipv4} lies in no zone of {holder}")
    if device.role != "gateway":
        return Station(device.host, (Leg("", home, device.ipv4),), forwards=False)
    legs = tuple(
        Leg(f"vlan{place.zone.vlan}", place, device.ipv4 if place == home else None)
        for place in _attached(home, own, places(plan))
    )
    return Station(device.host, legs, forwards=True)


def _attached(home: Place, own: list[Place], everywhere: tuple[Place, ...]) -> Iterator[Place]:
    """Yield the zones that a gateway whose address lies in ``home`` has an interface in."""
    if home.zone.joins_networks:
        # The sharing gateway has one foot in each network and stands on no backbone.
        yield from (place for place in own if place.zone.joins_networks)
        return
    network = home.zone.network
    yield from (place for place in own if place.zone.network is network)
    if not any(place.zone.key == BACKBONES[network] for place in own):
        yield from (place for place in everywhere if place.zone.key == BACKBONES[network])
