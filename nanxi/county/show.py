"""The plan in numbers, for people: the annex, both totals and the difference between them."""

from __future__ import annotations

from nanxi.county.model import Plan, PointClass


def totals(plan: Plan) -> dict[str, int]:
    """Return every total that the plan states or implies; ``difference`` is the annex minus the text."""
    stated = plan.county.totals
    return {
        "existing": stated.existing,
        "new_stated": stated.new_stated,
        "new_by_table": plan.new_by_table,
        "difference": plan.new_by_table - stated.new_stated,
        "total_stated": plan.total_stated,
        "total_by_table": plan.total_by_table,
        "police_vehicles": stated.police_vehicles,
    }


def units(plan: Plan) -> list[dict[str, object]]:
    """Return one row a unit: who it is, its quota, its camera blocks and for how long it keeps recordings."""
    return [
        {
            "unit": unit.key,
            "name": unit.name,
            "tier": unit.tier,
            "quota": unit.quota,
            "police": str(plan.addresses.blocks[unit.key]["cameras-police"]),
            "public": str(plan.addresses.blocks[unit.key]["cameras-public"]),
            "days": "/".join(str(plan.retention_days(unit.key, PointClass(key))) for key in "123"),
        }
        for unit in plan.units
    ]
