"""What Grafana asks Prometheus for a dashboard: variables, ranges and steps filled in, every target run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from dashboards.boards.finish import panels
from lab.dashboards.prometheus import Prometheus

CST = timezone(timedelta(hours=8))
#: Points that a panel has room for; Grafana takes the panel's width in pixels.
POINTS = 240
_AGO = {"m": 60, "h": 3600, "d": 86_400}

Board = Mapping[str, Any]


@dataclass(frozen=True)
class Span:
    """What a dashboard shows, UNIX times, and how often the data source is scraped (its setting ``timeInterval``)."""

    start: float
    end: float
    scrape_s: int = 60

    @property
    def step_s(self) -> int:
        """Seconds between two points of a curve, never below the scrape interval."""
        return max(self.scrape_s, round((self.end - self.start) / POINTS / self.scrape_s) * self.scrape_s)

    @property
    def rate_s(self) -> int:
        """``$__rate_interval`` as Grafana makes it: four scrapes, or a step and a scrape."""
        return max(self.step_s + self.scrape_s, 4 * self.scrape_s)


def shown(board: Board, now: float, scrape_s: int = 60) -> Span:
    """Return the range that a dashboard opens with: ``now-6h`` to ``now``, or whole months (``now-1M/M``)."""
    start, end = board["time"]["from"], board["time"]["to"]
    if start == end == "now-1M/M":
        first = datetime.fromtimestamp(now, CST).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return Span((first - timedelta(days=1)).replace(day=1).timestamp(), first.timestamp() - 1, scrape_s)
    ago = re.fullmatch(r"now-(\d+)([mhd])", start)
    if not ago or end != "now":
        raise ValueError(f"cannot tell which time {start} to {end} is")
    return Span(now - int(ago[1]) * _AGO[ago[2]], now, scrape_s)


def filled(expression: str, values: Mapping[str, str], span: Span) -> str:
    """Return an expression as Grafana would send it.

    Raises:
        ValueError: a variable has no value.
    """
    known = {
        **values,
        "__rate_interval": f"{span.rate_s}s",
        "__range": f"{span.end - span.start:.0f}s",
        "__interval": f"{span.step_s}s",
    }

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name not in known:
            raise ValueError(f"{expression}: nothing gives ${name} a value")
        return known[name]

    return re.sub(r"\$(?:\{(\w+)(?::\w+)?\}|(\w+))", value, expression)


def choices(board: Board, source: Prometheus) -> Iterator[tuple[str, list[str]]]:
    """Yield every query variable with the values that it offers.

    Raises:
        ValueError: the variable's query is not ``label_values(SELECTOR, LABEL)``.
    """
    for variable in board["templating"]["list"]:
        if variable["type"] != "query":
            continue
        asked = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"])
        if not asked:
            raise ValueError(f"{variable['name']}: cannot read the query {variable['query']}")
        yield variable["name"], sorted(source.get(f"label/{asked[2]}/values", **{"match[]": asked[1]}))


def targets(board: Board) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield every panel with each of its queries."""
    for panel in panels(dict(board)):
        for target in panel.get("targets", ()):
            yield panel, target


def ask(source: Prometheus, target: Mapping[str, Any], values: Mapping[str, str], span: Span) -> list[Any]:
    """Run one query and return the series: ``value`` of each at the end of the span, or ``values`` over it."""
    query = filled(target["expr"], values, span)
    if target.get("instant"):
        found: list[Any] = source.get("query", query=query, time=f"{span.end:.0f}")["result"]
    else:
        # Aligned to the step as Grafana does, so that a reload draws the same points.
        start = span.start // span.step_s * span.step_s
        asked = {"start": f"{start:.0f}", "end": f"{span.end:.0f}", "step": f"{span.step_s}"}
        found = source.get("query_range", query=query, **asked)["result"]
    return found
