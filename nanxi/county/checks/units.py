"""Rules about units, tiers, classes, networks and tranches: what the text of the plan says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from nanxi.county.checks.mistake import Mistake, repeated
from nanxi.county.model import Network, Plan, PointClass


def unique_units(plan: Plan) -> Iterator[Mistake]:
    """Keys, names and station codes name one unit each."""
    for field in ("key", "name", "station_code"):
        for value in repeated(getattr(unit, field) for unit in plan.units):
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
    for key in repeated(have):
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


def internal_apart(plan: Plan) -> Iterator[Mistake]:
    """Key units' internal cameras stay off the police network (八（三）: 不接入公安视频信息网)."""
    for index, spec in enumerate(plan.county.classes):
        if spec.key is PointClass.INTERNAL and Network.POLICE in spec.networks:
            yield Mistake(
                "county",
                ("classes", index, "networks"),
                str(Network.POLICE),
                "key units' internal cameras may not be on the police network (八（三）)",
                "public or standalone",
            )


RULES: tuple[Callable[[Plan], Iterable[Mistake]], ...] = (
    unique_units, units_in_county, four_tiers, classes_described, networks_described, tranches_add_up, internal_apart,
)  # fmt: skip


def _missing_classes(file: str, path: tuple[str | int, ...], missing: set[PointClass]) -> Iterator[Mistake]:
    for key in sorted(missing):
        yield Mistake(file, path, "", f"nothing for class {key}", "describe every class")
