"""Tables: one row for what the queries' series share, one column for each label and value that is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grafana_foundation_sdk.builders import common, table
from grafana_foundation_sdk.models import dashboard as model

from dashboards.boards.pen import SOURCE, Pen, Steps, query, thresholds
from dashboards.boards.words import Text, Words


@dataclass(frozen=True)
class Column:
    """How a label or a query's value is shown.

    ``link`` is a path with ``${__data.fields.NAME}``. A hidden column is there for links only.
    """

    title: Text
    unit: str = ""
    steps: Steps = ()
    words: Words | None = None
    link: str = ""
    width: int = 0
    decimals: int | None = None
    hidden: bool = False


def unit_columns(pen: Pen, width: int = 0) -> dict[str, Column]:
    """Return the columns of a unit: its Chinese name, or its key in English; the other one is there for the link."""
    chinese = pen.language == "zh"
    link = pen.to("unit", unit="unit")
    return {
        "unit_name": Column(("单位", "name"), link=link, width=width, hidden=not chinese),
        "unit": Column(("代号", "unit"), link=link, width=width, hidden=chinese),
    }


def table_of(
    pen: Pen,
    title: Text,
    queries: Mapping[str, str],
    columns: Mapping[str, Column | Text],
    *,
    about: Text = ("", ""),
    none: Text = ("无", "none"),
    sort: str = "",
    descending: bool = False,
    span: int = 24,
    height: int = 9,
) -> table.Panel:
    """Return a table of ``queries`` (reference -> expression), its ``columns`` by label or by reference.

    ``queries`` must aggregate to the same labels: what Grafana's merge sees in one query and not in another
    (``__name__`` above all) would split a row in two. ``sort`` names a column.
    """
    made = (
        table.Panel()
        .title(pen.say(title))
        .description(pen.say(about))
        .datasource(SOURCE)
        .no_value(pen.say(none))
        .filterable(True)
        .span(span)
        .height(height)
        .with_transformation(model.DataTransformerConfig(id_val="merge", options={}))
    )
    for ref, expression in queries.items():
        made = made.with_target(query(expression, instant=True, ref=ref, as_table=True))
    shown = {key: one if isinstance(one, Column) else Column(one) for key, one in columns.items()}
    # Grafana names the value "Value" where there is one query and "Value #A" where there are more.
    field = {key: key for key in shown} | {
        ref: "Value" if len(queries) == 1 else f"Value #{ref}" for ref in queries
    }
    unwanted = ["Time", *(field[ref] for ref in queries if ref not in shown)]
    made = made.with_transformation(
        model.DataTransformerConfig(
            id_val="organize",
            options={
                "excludeByName": dict.fromkeys(unwanted, True),
                "indexByName": {field[key]: place for place, key in enumerate(shown)},
                "renameByName": {field[key]: pen.say(column.title) for key, column in shown.items()},
            },
        )
    )
    for column in shown.values():
        made = made.override_by_name(pen.say(column.title), list(_properties(pen, column)))
    if sort:
        order = common.TableSortByFieldState().display_name(pen.say(shown[sort].title)).desc(descending)
        made = made.sort_by([order])
    return made


def _properties(pen: Pen, column: Column) -> Iterator[model.DynamicConfigValue]:
    # An empty cell would show what an empty table says.
    found: dict[str, object] = {"noValue": "–"}
    if column.unit:
        found["unit"] = column.unit
    if column.decimals is not None:
        found["decimals"] = column.decimals
    if column.steps:
        found |= {
            "thresholds": thresholds(column.steps).build(),
            "custom.cellOptions": {"type": "color-text"},
        }
    if column.words:
        found |= {"mappings": [pen.words(column.words)]}
        if any(color for _, color in column.words.values()):
            found |= {"custom.cellOptions": {"type": "color-text"}}
    if column.link:
        found["links"] = [{"title": pen.say(("查看", "look")), "url": column.link}]
    if column.width:
        found["custom.width"] = column.width
    if column.hidden:
        found["custom.hidden"] = True
    yield from (model.DynamicConfigValue(name, value) for name, value in found.items())
