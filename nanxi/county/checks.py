"""Rules that no single field of the plan can tell: sums, references, room and overlaps of the address plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from nanxi.county.addresses import holders, room_needed, usable
from nanxi.county.model import Network, Plan, PointClass


@dataclass(frozen=True, slots=True)
class Mistake:
    """A broken rule; ``path`` leads to the field in ``<file>.yml``."""

    file: str
    path: tuple[str | int, ...]
    found: str
    problem: str
    remedy: str


def check_plan(plan: Plan) -> list[Mistake]:
    """Return every mistake of the plan. A sum that differs from the text is no mistake: both are the county's."""
    return [mistake for rule in RULES for mistake in rule(plan)]


def unique_units(plan: Plan) -> Iterator[Mistake]:
    """Keys, names and station codes name one unit each."""
    for field in ("key", "name", "station_code"):
        for value in _repeated(getattr(unit, field) for unit in plan.units):
            index = max(i for i, unit in enumerate(plan.units) if getattr(unit, field) == value)
            yield Mistake("units", (index, field), value, f"two units have this {field}", "give each its own")


def units_in_county(plan: Plan) -> Iterator[Mistake]:
    """A unit's devices carry the county's administrative division in their codes."""
    for index, unit in enumerate(plan.units):
        if unit.civil_code != plan.county.civil_code:
            yield Mistake(
                "units",
                (index, "civil_code"),
                unit.civil_code,
                "not in the county",
                f"the county is {plan.county.civil_code}",
            )


def four_tiers(plan: Plan) -> Iterator[Mistake]:
    """Four tiers, each described once (六（二）)."""
    levels = [tier.level for tier in plan.county.tiers]
    if sorted(levels) != [1, 2, 3, 4]:
        yield Mistake(
            "county", ("tiers",), str(levels), "the plan has four tiers", "describe 1, 2, 3 and 4 once each"
        )


def classes_described(plan: Plan) -> Iterator[Mistake]:
    """Every class has its demands, its streams and a retention in every profile."""
    wanted = set(PointClass)
    have = [spec.key for spec in plan.county.classes]
    yield from _missing_classes("county", ("classes",), wanted - set(have))
    for key in _repeated(have):
        yield Mistake("county", ("classes",), str(key), "the class stands twice", "keep one")
    yield from _missing_classes("policies", ("streams",), wanted - set(plan.policies.streams))
    for name, profile in plan.policies.profiles.items():
        path = ("profiles", name, "retention_days")
        yield from _missing_classes("policies", path, wanted - set(profile.retention_days))


def networks_described(plan: Plan) -> Iterator[Mistake]:
    """Both networks are described, with services and a supernet each."""
    have = {spec.key for spec in plan.county.networks}
    for network in (Network.POLICE, Network.PUBLIC):
        for file, path, keys in (
            ("county", ("networks",), have),
            ("policies", ("services",), set(plan.policies.services)),
            ("addresses", ("supernets",), set(plan.addresses.supernets)),
        ):
            if network not in keys:
                yield Mistake(
                    file,
                    path,
                    "",
                    f"nothing for the {network} network",
                    "the plan has two networks (六（一）)",
                )


def tranches_add_up(plan: Plan) -> Iterator[Mistake]:
    """A tranche's classes sum to its stated number (2008: 60 + 140 + 600 = 800)."""
    for index, tranche in enumerate(plan.county.tranches):
        total = sum(tranche.by_class.values())
        if total != tranche.stated:
            yield Mistake(
                "county",
                ("tranches", index, "stated"),
                str(tranche.stated),
                f"the classes of {tranche.year} sum to {total}",
                "mend the split or the stated number",
            )


def references(plan: Plan) -> Iterator[Mistake]:
    """Profiles and units that assignments and address blocks name exist."""
    profiles, units = set(plan.policies.profiles), {unit.key for unit in plan.units}
    if plan.policies.default_profile not in profiles:
        yield Mistake(
            "policies",
            ("default_profile",),
            plan.policies.default_profile,
            "no such profile",
            f"one of {', '.join(sorted(profiles))}",
        )
    for index, item in enumerate(plan.policies.assignments):
        if item.profile not in profiles:
            yield Mistake(
                "policies",
                ("assignments", index, "profile"),
                item.profile,
                "no such profile",
                f"one of {', '.join(sorted(profiles))}",
            )
        if item.unit is not None and item.unit not in units:
            yield Mistake(
                "policies", ("assignments", index, "unit"), item.unit, "no such unit", "see units.yml"
            )
    for key in plan.addresses.blocks:
        if key not in units and key != plan.county.key:
            yield Mistake("addresses", ("blocks", key), key, "no such unit", "see units.yml")


def clock_limits(plan: Plan) -> Iterator[Mistake]:
    """A warning comes before a failure."""
    clock = plan.policies.clock
    if clock.warn_s > clock.fail_s:
        yield Mistake(
            "policies",
            ("clock", "warn_s"),
            str(clock.warn_s),
            "warns later than it fails",
            f"at most fail_s ({clock.fail_s})",
        )


def streams_ordered(plan: Plan) -> Iterator[Mistake]:
    """A sub stream is smaller than its main stream, or probes and call-ups would cost as much as recording."""
    for key, policy in plan.policies.streams.items():
        if policy.sub.width * policy.sub.height >= policy.main.width * policy.main.height:
            yield Mistake(
                "policies",
                ("streams", key, "sub"),
                f"{policy.sub.width}x{policy.sub.height}",
                "the sub stream is not smaller than the main stream",
                "lower its resolution",
            )


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


RULES: tuple[Callable[[Plan], Iterable[Mistake]], ...] = (
    unique_units, units_in_county, four_tiers, classes_described, networks_described, tranches_add_up,
    references, clock_limits, streams_ordered, blocks_have_room, blocks_apart,
)  # fmt: skip


def _missing_classes(file: str, path: tuple[str | int, ...], missing: set[PointClass]) -> Iterator[Mistake]:
    for key in sorted(missing):
        yield Mistake(file, path, "", f"nothing for class {key}", "describe every class")


def _repeated(values: Iterable[str]) -> list[str]:
    return sorted(value for value, count in Counter(values).items() if count > 1)
