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

    # $1 of label_replace is PromQL's own.
    return re.sub(r"\$(?:\{(\w+)(?::\w+)?\}|([A-Za-z_]\w*))", value, expression)


def choices(board: Board, source: Prometheus) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield every query variable with what it offers: value -> the text that people see.

    Raises:
        ValueError: the variable's query is neither ``label_values(SELECTOR, LABEL)`` nor ``query_result(EXPRESSION)``.
    """
    for variable in board["templating"]["list"]:
        if variable["type"] != "query":
            continue
        lines = list(_lines(variable["query"], source))
        regex = variable.get("regex", "").strip("/").replace("(?<", "(?P<")
        found = [re.search(regex, line) for line in lines] if regex else []
        pairs = (
            {hit["value"]: hit["text"] for hit in found if hit}
            if regex
            else dict(zip(lines, lines, strict=True))
        )
        yield variable["name"], dict(sorted(pairs.items()))


def _lines(query: str, source: Prometheus) -> Iterator[str]:
    """Yield what a variable's query gives, as the Prometheus data source writes it."""
    if asked := re.fullmatch(r"label_values\((.+), (\w+)\)", query):
        yield from source.get(f"label/{asked[2]}/values", **{"match[]": asked[1]})
    elif asked := re.fullmatch(r"query_result\((.+)\)", query):
        for one in source.get("query", query=asked[1])["result"]:
            labels = dict(one["metric"])
            name = labels.pop("__name__", "")
            pairs = ",".join(f'{label}="{value}"' for label, value in labels.items())
            yield f"{name}{{{pairs}}} {one['value'][1]} {one['value'][0] * 1000:.0f}"
    else:
        raise ValueError(f"cannot read the query {query}")


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
