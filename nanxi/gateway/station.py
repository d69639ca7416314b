"""Where a Linux host of the register stands: the zones it has an interface in, and what lies behind each.

Every unit has one gateway a network, and so has the county; they meet on the network's backbone. No gateway has
interfaces in both networks but the sharing gateway, which stands in the zones that may join them (六（二）).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from nanxi.county.isolation import Isolation, Place
from nanxi.county.model import Plan
from nanxi.findings import NanxiError
from nanxi.register.codes import COUNTY_UNIT
from nanxi.register.model import Host


class PlacementError(NanxiError):
    """A host's address lies in no zone of its unit, or its interfaces would join the networks where none may."""


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
        return next((leg for leg in here if leg.place.zone.transit), here[0] if here else None)


def station(device: Host, plan: Plan) -> Station:
    """Return where ``device`` stands: a gateway in its unit's zones of its network, any other host in one.

    Interfaces of a gateway are called after the VLAN that they carry (``vlan110``), in the field as in the lab.

    Raises:
        PlacementError: its address lies in no zone of its unit.
    """
    holder = plan.county.key if device.unit == COUNTY_UNIT else device.unit
    everywhere = Isolation(plan).places
    own = [place for place in everywhere if place.holder == holder]
    home = next((place for place in own if device.ipv4 is not None and device.ipv4 in place.block), None)
    if home is None or device.ipv4 is None:
        raise PlacementError(f"{device.host}: its address {device.ipv4} lies in no zone of {holder}")
    if device.role != "gateway":
        return Station(device.host, (Leg("", home, device.ipv4),), forwards=False)
    offset = int(device.ipv4) - int(home.block.network_address)
    legs = []
    for place in _attached(home, own, everywhere):
        # The sharing gateway ends sessions in both networks; any other is spoken to at its one address.
        speaks = place == home or place.zone.joins_networks is home.zone.joins_networks is True
        address = place.block.network_address + offset if speaks else None
        legs.append(Leg(f"vlan{place.zone.vlan}", place, address))
    return Station(device.host, tuple(legs), forwards=True)


def _attached(home: Place, own: list[Place], everywhere: tuple[Place, ...]) -> Iterator[Place]:
    """Yield the zones that a gateway whose address lies in ``home`` has an interface in."""
    if home.zone.joins_networks:
        # One foot in each network, and none on a backbone.
        yield from (place for place in own if place.zone.joins_networks)
        return
    network = home.zone.network
    yield from (place for place in own if place.zone.network is network and not place.zone.transit)
    yield from (place for place in everywhere if place.zone.network is network and place.zone.transit)
