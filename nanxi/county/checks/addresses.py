"""Rules about the address plan: every zone has a block with room, and no two overlap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from nanxi.county.addresses import holders, room_needed, usable
from nanxi.county.checks.mistake import Mistake
from nanxi.county.model import Plan, Scope


def blocks_have_room(plan: Plan) -> Iterator[Mistake]:
    """Every unit has a block for every zone, inside the network's supernet, with room for quota and headroom."""
    addresses = plan.addresses
    for holder, (own, quota) in holders(plan).items():
        blocks = addresses.blocks.get(holder, {})
        for zone in own:
            path = ("blocks", holder, zone.key)
            block = blocks.get(zone.key)
            if block is None:
                yield Mistake(
                    "addresses",
                    path,
                    "",
                    f"{holder} has no block for {zone.key}",
                    "run scripts/plan addresses --write",
                )
                continue
            need = room_needed(zone, quota, addresses.headroom)
            if usable(block) < need:
                yield Mistake(
                    "addresses",
                    path,
                    str(block),
                    f"room for {usable(block)} devices, {need} needed",
                    "take a larger free block (scripts/plan addresses)",
                )
    zones = {zone.key: zone for zone in addresses.zones}
    for unit_key, blocks in addresses.blocks.items():
        for zone_key, block in blocks.items():
            zone_of = zones.get(zone_key)
            if zone_of is None:
                yield Mistake(
                    "addresses",
                    ("blocks", unit_key, zone_key),
                    zone_key,
                    "no such zone",
                    f"one of {', '.join(zones)}",
                )
            elif (zone_of.scope is Scope.COUNTY) != (unit_key == plan.county.key):
                yield Mistake(
                    "addresses",
                    ("blocks", unit_key, zone_key),
                    str(block),
                    f"{zone_key} is a zone of {'the county' if zone_of.scope is Scope.COUNTY else 'units'}",
                    "remove the block, or change the zone's scope",
                )
            elif (supernet := addresses.supernets.get(zone_of.network)) and not block.subnet_of(supernet):
                yield Mistake(
                    "addresses",
                    ("blocks", unit_key, zone_key),
                    str(block),
                    f"outside the {zone_of.network} supernet {supernet}",
                    "choose a block inside it",
                )


def blocks_apart(plan: Plan) -> Iterator[Mistake]:
    """No two blocks and no two supernets overlap."""
    supernets = sorted(plan.addresses.supernets.items(), key=lambda item: item[1])
    for (one, net), (other, other_net) in combinations(supernets, 2):
        if net.overlaps(other_net):
            yield Mistake(
                "addresses", ("supernets", other), str(other_net), f"overlaps {one} ({net})", "move one"
            )
    # Sorted by first address, an overlap shows between neighbours or with the widest block seen so far.
    blocks = sorted(
        ((net, unit, zone) for unit, zones in plan.addresses.blocks.items() for zone, net in zones.items()),
        key=lambda item: (int(item[0].network_address), item[0].prefixlen),
    )
    widest = blocks[0] if blocks else None
    for item in blocks[1:]:
        assert widest is not None
        if item[0].overlaps(widest[0]):
            yield Mistake(
                "addresses",
                ("blocks", item[1], item[2]),
                str(item[0]),
                f"overlaps {widest[1]}.{widest[2]} ({widest[0]})",
                "move one of them",
            )
        if item[0].broadcast_address > widest[0].broadcast_address:
            widest = item


def supernets_private(plan: Plan) -> Iterator[Mistake]:
    """Neither network has addresses of the Internet: what is routable there can be reached from there (四)."""
    for network, supernet in plan.addresses.supernets.items():
        if supernet.is_global:
            yield Mistake(
                "addresses",
                ("supernets", network),
                str(supernet),
                "these are addresses of the Internet",
                "take a block of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918)",
            )


RULES: tuple[Callable[[Plan], Iterable[Mistake]], ...] = (
    blocks_have_room, blocks_apart, supernets_private,
)  # fmt: skip
