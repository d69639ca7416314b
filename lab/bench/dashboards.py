"""How long people wait for a dashboard at county size, with the recording rules and without them."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab.bench.report import Figure, show
from lab.dashboards import estate
from lab.dashboards.asking import Board, Span, ask, targets
from lab.dashboards.history import evaluate, fill, recording_rules
from lab.dashboards.preview import boards
from lab.dashboards.prometheus import Prometheus, PrometheusError, exporter, prometheus
from lab.dashboards.series import exposition
from lab.dashboards.story import tell

STEP_S = 120
SCRAPE_S = 30
RUNS = 3
#: What the county's largest unit and one of its cameras are called.
CHOSEN = {"unit": "oubei", "device": "oubei-cam0003"}


def bench(folder: Path, size: int, hours: float) -> None:
    """Fill a Prometheus with ``hours`` of ``size`` cameras and ask every query of every dashboard."""
    with _county(folder, size, hours) as source:
        now = time.time()
        figures = []
        for name, board in boards("zh"):
            span = Span(now - hours * 3600, now, STEP_S)
            took = {title: _median(source, target, board, span) for title, target in _queries(board)}
            slowest = max(took, key=lambda title: took[title])
            figures += [
                Figure(f"{name}: {len(took)} queries, one after the other", "ms", sum(took.values()) * 1000),
                Figure(f"{name}: median query", "ms", statistics.median(took.values()) * 1000),
                Figure(f"{name}: slowest query ({slowest})", "ms", took[slowest] * 1000),
            ]
        show(f"Dashboards: {size} cameras, {hours:g} h, a sample every {STEP_S} s", figures)
        show("The same overview without recording rules", list(_without(source, now, hours)))
        groups = source.get("rules")["groups"]
        show(
            "Rule groups, one evaluation",
            [
                Figure(f"{one['name']}: {len(one['rules'])} rules", "ms", one["evaluationTime"] * 1000)
                for one in groups
            ],
        )


@contextmanager
def _county(folder: Path, size: int, hours: float) -> Iterator[Prometheus]:
    """Yield a Prometheus with a past, that scrapes the present and evaluates every rule."""
    now = time.time()
    county = estate.county(size)
    story = tell(county, now)
    series = estate.series(county, story)
    times = [now - STEP_S * step for step in reversed(range(int(hours * 3600 / STEP_S) + 1))]
    count = fill(folder, series, times)
    evaluate(folder, times[0], now, STEP_S)
    print(
        f"{len(county.devices)} devices, {len(series)} series, {count} samples, filled in {time.time() - now:.0f} s"
    )
    # Rendered once: what is measured is Prometheus.
    present = exposition(series, time.time())
    with (
        exporter(lambda: present) as port,
        prometheus(folder, port, interval_s=SCRAPE_S, wait_s=600) as running,
    ):
        yield running


def _queries(board: Board) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for panel, target in targets(board):
        yield f"{panel['title']} {target['refId']}", target


def _median(
    source: Prometheus, target: Mapping[str, Any], board: Board, span: Span, runs: int = RUNS
) -> float:
    """Return the seconds of the median of some runs; the first one warms caches and is left out."""
    many = {one["name"]: one["allValue"] for one in board["templating"]["list"] if one.get("multi")}
    took = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        ask(source, target, {**CHOSEN, **many}, span)
        took.append(time.perf_counter() - began)
    return statistics.median(took[1:])


def _without(source: Prometheus, now: float, hours: float) -> Iterator[Figure]:
    """Yield each query of the overview beside itself with the rules' expressions in the place of their names."""
    rules = {rule["record"]: str(rule["expr"]) for rule in recording_rules()}
    ((_, board),) = boards("zh", ["county"])
    total = [0.0, 0.0]
    for title, target in _queries(board):
        raw = expanded(target["expr"], rules)
        if raw == target["expr"]:
            continue
        span = Span(now - hours * 3600, now, STEP_S)
        ours = _median(source, target, board, span)
        try:
            theirs = _median(source, {**target, "expr": raw}, board, span, 1)
        except (OSError, PrometheusError) as error:
            print(f"{title}: without rules: {str(error)[-200:]}")
            continue
        total[0] += ours
        total[1] += theirs
        yield Figure(title, "ms", ours * 1000, theirs * 1000, "no recording rules")
    yield Figure("all of them", "ms", total[0] * 1000, total[1] * 1000, "no recording rules")


def expanded(expression: str, rules: Mapping[str, str], seen: Sequence[str] = ()) -> str:
    """Return an expression with every recorded name replaced by what is recorded, down to the exporters' own series.

    A matcher becomes a join with a series that has only that label: PromQL cannot select from an expression.

    Raises:
        ValueError: a matcher that is no list of words, or a rule that uses itself.
    """

    def inner(match: re.Match[str]) -> str:
        name = match["name"]
        if name not in rules:
            return match[0]
        if name in seen:
            raise ValueError(f"{name} uses itself")
        made = f"({expanded(rules[name], rules, (*seen, name))})"
        for matcher in filter(None, (match["matchers"] or "").strip("{}").split(",")):
            found = re.fullmatch(r'\s*(\w+)(=|!=|=~)"([\w|]*)"\s*', matcher)
            if not found:
                raise ValueError(f"{expression}: cannot take the matcher {matcher} out of its selector")
            label, operator, values = found.groups()
            wanted = " or ".join(
                f'label_replace(vector(1), "{label}", "{one}", "", "")' for one in values.split("|")
            )
            made = f"({made} {'unless' if operator == '!=' else 'and'} on ({label}) ({wanted}))"
        return made

    return re.sub(r"(?P<name>nanxi:[\w:]+)(?P<matchers>\{[^}]*\})?", inner, expression)
