"""What is wrong with a dashboard before any Grafana sees it: schemas of Grafana's own types, and the traps that they miss.

``dashboards/schemas`` is made from @grafana/schema 11.6 by ``make schemas``; the rest are the useful rules of Grafana's
dashboard-linter and what went wrong in the field (issue numbers are Grafana's).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
from grafana_foundation_sdk.models import units

from dashboards.boards.finish import panels

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"
UNITS = frozenset(
    value for name, value in vars(units).items() if name[0].isupper() and isinstance(value, str)
)
#: Units that are made where they are used: "suffix: days", "time:MM-DD" (valueFormats of @grafana/data).
_OWN_UNIT = re.compile(r"(prefix|suffix|time|si|count|currency|bool):.+")
#: What the SDK writes for variables that are no intervals; harmless, and taken out by ``finish``.
_JUNK = {"auto", "auto_count", "auto_min"}
_VARIABLE_KEYS = _JUNK | {
    "allValue", "allowCustomValue", "current", "datasource", "description", "hide", "includeAll", "label", "multi",
    "name", "options", "query", "refresh", "regex", "skipUrlSync", "sort", "type",
}  # fmt: skip

Panel = Mapping[str, Any]


def faults(board: Mapping[str, Any], shipped: Collection[str]) -> list[str]:
    """Return every fault of a dashboard, each with the panel's title; ``shipped`` are the uids that links may lead to."""
    found = list(_whole(board, shipped))
    for panel in panels(dict(board)):
        found += [f"{panel.get('title')!r}: {fault}" for fault in _panel(panel, board)]
    return found


def _whole(board: Mapping[str, Any], shipped: Collection[str]) -> Iterator[str]:
    for key in ("uid", "title", "description"):
        if not board.get(key):
            yield f"the dashboard has no {key}"
    if len(board.get("uid", "")) > 40:
        yield f"uid {board['uid']} is longer than 40 characters"
    for linked in sorted(set(re.findall(r"/d/([\w-]+)", json.dumps(board))) - set(shipped)):
        yield f"a link leads to {linked}, which is not shipped"
    found = list(panels(dict(board)))
    for number, times in Counter(panel.get("id") for panel in found).items():
        if not number or times > 1:
            yield f"id {number} is that of {times} panels"
    yield from _overlaps(found)
    for variable in board["templating"]["list"]:
        if unknown := set(variable) - _VARIABLE_KEYS:
            yield f"variable {variable['name']}: unknown keys {', '.join(sorted(unknown))}"
        # Without allValue every value is named, and long estates exceed what a URL holds (#52971); .* would match
        # series that lack the label.
        if variable.get("includeAll") and variable.get("allValue") != ".+":
            yield f"variable {variable['name']}: allValue is {variable.get('allValue')!r}, not '.+'"


def _overlaps(found: list[Panel]) -> Iterator[str]:
    taken: dict[tuple[int, int], str] = {}
    for panel in found:
        place = panel["gridPos"]
        if place["x"] + place["w"] > 24:
            yield f"{panel.get('title')!r} is wider than the grid"
        cells = [
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        ]
        for other in sorted({taken[cell] for cell in cells if cell in taken}):
            yield f"{panel.get('title')!r} lies on {other!r}"
        taken |= dict.fromkeys(cells, str(panel.get("title")))


def _panel(panel: Panel, board: Mapping[str, Any]) -> Iterator[str]:
    if not panel.get("title"):
        yield "a panel has no title"
    yield from _by_schema(panel)
    if panel["type"] == "row":
        return
    defaults = panel["fieldConfig"]["defaults"]
    if not defaults.get("noValue"):
        yield "says nothing when it is empty (noValue)"
    if panel["type"] not in ("table", "state-timeline") and not defaults.get("unit"):
        yield "has no unit"
    yield from _units(panel)
    several = [variable["name"] for variable in board["templating"]["list"] if variable.get("multi")]
    for source in (panel.get("datasource"), *(target.get("datasource") for target in panel["targets"])):
        if not source or not str(source.get("uid", "")).startswith("$"):
            yield f"the data source is {source}, not a variable"
    for target in panel["targets"]:
        yield from _query(target["expr"], several)


def _query(expression: str, several: list[str]) -> Iterator[str]:
    for name in several:
        if re.search(rf'!?="\$\{{?{name}\b', expression):
            yield f'={name} with several values finds nothing, silently: use =~"${name}"'
    for window in re.findall(r"\b(?:rate|irate|increase)\([^()\[]*\[([^\]]+)\]", expression):
        if window not in ("$__rate_interval", "$__range"):
            yield f"rate over [{window}]: $__rate_interval follows the scrape interval"


def _units(panel: Panel) -> Iterator[str]:
    overridden = (value for override in panel["fieldConfig"]["overrides"] for value in override["properties"])
    for unit in (
        panel["fieldConfig"]["defaults"].get("unit"),
        *(one["value"] for one in overridden if one["id"] == "unit"),
    ):
        if unit and unit not in UNITS and not _OWN_UNIT.fullmatch(unit):
            yield f"there is no unit {unit!r}"


def _by_schema(panel: Panel) -> Iterator[str]:
    schema = _schema(panel["type"])
    if schema is None:
        yield f"there is no panel type {panel['type']!r}"
        return
    yield from _violations(panel, schema, "")
    if panel["type"] == "row":
        return
    # An override's value has the type that the field's option has.
    options = schema["properties"]["fieldConfig"]["properties"]["defaults"]["properties"]
    custom = options["custom"].get("properties", {})
    known = {**options, **{f"custom.{name}": one for name, one in custom.items()}}
    for override in panel.get("fieldConfig", {}).get("overrides", ()):
        for one in override.get("properties", ()):
            if one["id"] not in known:
                yield f"an override sets {one['id']!r}, which this panel does not have"
            else:
                yield from _violations(
                    one["value"],
                    {**known[one["id"]], "definitions": schema.get("definitions", {})},
                    one["id"],
                )


def _violations(value: object, schema: Mapping[str, Any], where: str) -> Iterator[str]:
    for error in jsonschema.Draft7Validator(schema).iter_errors(value):
        path = "/".join(filter(None, (where, *map(str, error.absolute_path)))) or "panel"
        yield f"{path}: {error.message[:300]}"


@lru_cache
def _schema(kind: str) -> dict[str, Any] | None:
    file = SCHEMAS / f"{kind}.schema.json"
    if not file.is_file():
        return None
    read: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return read
