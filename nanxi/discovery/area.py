"""Where may be searched: the zones of the address plan, and nothing else (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from nanxi.county.addresses import gateway
from nanxi.county.model import Network, Plan
from nanxi.findings import NanxiError
from nanxi.register.codes import COUNTY_UNIT


@dataclass(frozen=True, slots=True)
class Segment:
    """One unit's block of one zone. ``unit`` is a folder of the register."""

    unit: str
    zone: str
    network: Network
    block: IPv4Network


#: Every address that may be searched, and the zone that it belongs to.
Area = dict[IPv4Address, Segment]


class OutsideError(NanxiError):
    """Somebody asked to search what is no zone of the address plan."""


def segments(plan: Plan, units: Iterable[str] = (), zones: Iterable[str] = ()) -> list[Segment]:
    """Return the blocks of the units and zones that are named; all of the plan's where none is.

    Raises:
        OutsideError: the plan has no such unit or zone.
    """
    networks = {zone.key: zone.network for zone in plan.addresses.zones}
    found = [
        Segment(COUNTY_UNIT if unit == plan.county.key else unit, zone, networks[zone], block)
        for unit, blocks in plan.addresses.blocks.items()
        for zone, block in blocks.items()
    ]
    units, zones = set(units), set(zones)
    for what, asked, known in (("unit", units, {one.unit for one in found}), ("zone", zones, set(networks))):
        if unknown := sorted(asked - known):
            raise OutsideError(
                f"no {what} {unknown[0]!r} in the address plan; it has {', '.join(sorted(known))}"
            )
    return [one for one in found if (not units or one.unit in units) and (not zones or one.zone in zones)]


def search_area(chosen: Iterable[Segment], networks: Iterable[IPv4Network] = ()) -> Area:
    """Return the addresses to search: every host of the blocks but the gateways, or those in ``networks``.

    Raises:
        OutsideError: a network does not lie in one of the blocks.
    """
    chosen, networks = list(chosen), list(networks)
    for network in networks:
        if not any(network.subnet_of(one.block) for one in chosen):
            raise OutsideError(
                f"{network} lies in no zone of the address plan that is to be searched; nothing was sent"
            )
    return {
        address: one
        for one in chosen
        for address in one.block.hosts()
        if address != gateway(one.block) and (not networks or any(address in part for part in networks))
    }
