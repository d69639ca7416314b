"""Pieces of PromQL that several dashboards share."""

from __future__ import annotations

#: Give a series by unit the unit's Chinese name as well.
NAMED = "* on (unit) group_left (unit_name) nanxi:unit_name"
#: The units that the variable of the dashboard names; it takes several.
HERE = 'unit=~"$unit"'


#: A name for every unit, and none for what is of no unit.
_EVERY = "(nanxi:unit_name or on (unit) sum by (unit) (nanxi:devices_due) * 0 + 1 or on (unit) vector(1))"


def named(series: str) -> str:
    """Return series with the unit's name; those of no unit, or of one without a name, keep none."""
    return f"({series}) * on (unit) group_left (unit_name) {_EVERY}"


def worst(series: str, by: str, judged: str, *, count: int = 8, least: bool = False) -> str:
    """Return the ``count`` curves of ``series`` for which ``judged`` is highest, or lowest, at the end of the range.

    ``topk`` alone chooses anew at every point, so that a legend of ten curves becomes one of a hundred. ``judged``
    says ``@ end()``; ``by`` are the labels that tell the curves apart.
    """
    return f"{series} and on ({by}) {'bottomk' if least else 'topk'}({count}, {judged})"


def troubled(series: str, by: str, good: int = 3) -> str:
    """Return states over time of those that were not ``good`` at some time of the range: a page of green says nothing."""
    return (
        f"{series} and on ({by}) (min_over_time({series}[$__range] @ end()) < {good} "
        f"or max_over_time({series}[$__range] @ end()) > {good})"
    )
