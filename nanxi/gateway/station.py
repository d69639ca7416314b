"""A Linux host of the register as its rules see it: its interfaces, and which zones lie behind each."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from nanxi.county.isolation import Isolation, Place
from nanxi.county.model import Plan
from nanxi.register.model import Host
from nanxi.wiring import feet, is_sharing


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
    """Return where ``device`` stands.

    A gateway is spoken to at its address of the register alone, on whatever interface; the sharing gateway, which
    ends sessions in both networks, at its address in each.

    Raises:
        WiringError: its address lies in no zone of its unit.
    """
    by_block = {place.block: place for place in Isolation(plan).places}
    forwards = device.role == "gateway"
    legs = []
    for foot in feet(device, plan):
        speaks = foot.address.ip == device.ipv4 or is_sharing(device, plan)
        # A host with one interface is not asked what its card is called.
        name = foot.interface if forwards else ""
        legs.append(Leg(name, by_block[foot.place.block], foot.address.ip if speaks else None))
    return Station(device.host, tuple(legs), forwards)
