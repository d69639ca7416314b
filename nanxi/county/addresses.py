"""The address plan: how much room a zone needs, and where a unit that has no block yet can get one.

Blocks are pinned in ``addresses.yml``. ``propose`` only ever adds: renumbering a unit because another one grew
would mean visiting its poles.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network
from math import ceil

from nanxi.county.model import Network, Plan, Scope, Zone

#: Network address, broadcast address and the gateway, which is the first host address.
RESERVED = 3


def holders(plan: Plan) -> dict[str, tuple[tuple[Zone, ...], int]]:
    """Return who has zones: every unit, and the county under its own key, each with its zones and its quota."""
    zones = plan.addresses.zones
    own = tuple(zone for zone in zones if zone.scope is Scope.UNIT)
    found = {unit.key: (own, unit.quota) for unit in plan.units}
    return found | {plan.county.key: (tuple(zone for zone in zones if zone.scope is Scope.COUNTY), 0)}


def room_needed(zone: Zone, quota: int, headroom: float) -> int:
    """Return how many devices a zone must have room for."""
    return ceil(quota * (1 + headroom)) if zone.sized_by == "quota" else zone.hosts


def usable(block: IPv4Network) -> int:
    """Return how many devices fit into ``block`` beside its gateway."""
    return max(0, block.num_addresses - RESERVED)


def gateway(block: IPv4Network) -> IPv4Address:
    """Return the gateway of ``block``: its first host address."""
    return block.network_address + 1


def camera_zone(network: Network) -> str:
    """Return the zone in which cameras of ``network`` stand; standalone points are ready to join the public one."""
    return "cameras-police" if network is Network.POLICE else "cameras-public"


def core_zone(network: Network) -> str:
    """Return the county's zone with the servers of ``network``: clock, names, platform."""
    return "core" if network is Network.POLICE else "core-public"


def prefix_for(devices: int) -> int:
    """Return the longest prefix whose block has room for ``devices``."""
    return 32 - max(2, (devices + RESERVED - 1).bit_length())


def propose(plan: Plan) -> dict[str, dict[str, IPv4Network]]:
    """Return the blocks with one added for every unit and zone that lacks it; existing blocks stay.

    Larger blocks are placed first, so that the supernet does not fragment.

    Raises:
        ValueError: a supernet is full.
    """
    addressing = plan.addresses
    blocks = {unit: dict(zones) for unit, zones in addressing.blocks.items()}
    taken: dict[Network, list[IPv4Network]] = {network: [] for network in addressing.supernets}
    by_key = {zone.key: zone for zone in addressing.zones}
    for zones in blocks.values():
        for key, block in zones.items():
            taken[by_key[key].network].append(block)
    missing = [
        (prefix_for(room_needed(zone, quota, addressing.headroom)), holder, zone)
        for holder, (zones, quota) in holders(plan).items()
        for zone in zones
        if zone.key not in blocks.get(holder, {})
    ]
    for prefix, holder, zone in sorted(missing, key=lambda item: item[0]):
        block = _first_free(addressing.supernets[zone.network], prefix, taken[zone.network])
        taken[zone.network].append(block)
        blocks.setdefault(holder, {})[zone.key] = block
    order = list(by_key)
    return {
        holder: dict(sorted(blocks[holder].items(), key=lambda item: order.index(item[0])))
        for holder in holders(plan)
        if holder in blocks
    }


def _first_free(supernet: IPv4Network, prefix: int, taken: Iterable[IPv4Network]) -> IPv4Network:
    """Return the first block of ``prefix`` in ``supernet`` that overlaps nothing, jumping over what is taken."""
    size = 1 << (32 - prefix)
    start = int(supernet.network_address)
    for block in sorted(taken):
        if start + size <= int(block.network_address):
            break
        # Blocks start at multiples of their size.
        start = max(start, -(-(int(block.broadcast_address) + 1) // size) * size)
    if start + size - 1 > int(supernet.broadcast_address):
        raise ValueError(f"no free /{prefix} is left in {supernet}")
    return IPv4Network((start, prefix))
