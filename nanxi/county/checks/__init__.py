"""Rules that no single field of the plan can tell: sums, references, room and overlaps, zones and flows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nanxi.county.checks import addresses, flows, policies, services, units, zones
from nanxi.county.checks.mistake import Mistake
from nanxi.county.model import Plan

RULES: tuple[Callable[[Plan], Iterable[Mistake]], ...] = (
    *units.RULES, *policies.RULES, *addresses.RULES, *zones.RULES, *services.RULES, *flows.RULES,
)  # fmt: skip


def check_plan(plan: Plan) -> list[Mistake]:
    """Return every mistake of the plan. A sum that differs from the text is no mistake: both are the county's."""
    return [mistake for rule in RULES for mistake in rule(plan)]
