"""How panels look, and in which language: the few shapes that all dashboards are made of.

A picture for a night shift has few kinds of panels. What is good is never coloured; colour means "look here".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboard,
    geomap,
    prometheus,
    stat,
    statetimeline,
    table,
    timeseries,
)
from grafana_foundation_sdk.models import common as common_model
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

#: Chinese, English.
Text = tuple[str, str]
Language = Literal["zh", "en"]

GREEN, YELLOW, RED, GREY, BLUE = "green", "#EAB839", "red", "#8e8e8e", "blue"
SOURCE = model.DataSourceRef(type_val="prometheus", uid="${source}")

#: Steps of a ratio that must be high: red below the alarm, yellow below the target (domain 1.7).
HIGH = ((None, RED), (0.95, YELLOW), (0.99, GREEN))
#: The same for 录像完整率, whose target is 98 %.
COMPLETE = ((None, RED), (0.95, YELLOW), (0.98, GREEN))
#: Steps of a number that should be nought.
NONE = ((None, GREEN), (1, RED))

Steps = Sequence[tuple[float | None, str]]


@dataclass(frozen=True)
class Pen:
    """Draws in one language."""

    language: Language

    def say(self, text: Text) -> str:
        """Return the text in the pen's language."""
        return text[0] if self.language == "zh" else text[1]

    def board(self, uid: str, title: Text, about: Text, *, refresh: str = "1m") -> dashboard.Dashboard:
        """Return an empty dashboard with its data source as a variable and links to the others."""
        made = (
            dashboard.Dashboard(self.say(title))
            .uid(f"nanxi-{uid}" if self.language == "zh" else f"nanxi-{uid}-en")
            .description(self.say(about))
            .tags(["nanxi", self.language])
            .timezone("Asia/Shanghai")
            .time("now-6h", "now")
            .refresh(refresh)
            .editable()
            .with_variable(
                dashboard.DatasourceVariable("source")
                .label(self.say(("数据源", "Source")))
                .type("prometheus")
            )
        )
        links = dashboard.DashboardLink(self.say(("楠溪看板", "Nanxi"))).type(
            model.DashboardLinkType.DASHBOARDS
        )
        return made.link(
            links.tags(["nanxi", self.language]).as_dropdown(True).include_vars(True).keep_time(True)
        )

    def choice(self, name: str, title: Text, values: str, *, many: bool = False) -> dashboard.QueryVariable:
        """Return a variable whose values are the values of a label; ``All`` never names each of them."""
        made = (
            dashboard.QueryVariable(name)
            .label(self.say(title))
            .datasource(SOURCE)
            .query(values)
            .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
            .sort(model.VariableSort.ALPHABETICAL_ASC)
        )
        # .+ and not .*: a series without the label belongs to none of the choices.
        return made.multi(True).include_all(True).all_value(".+") if many else made

    def row(self, title: Text) -> dashboard.Row:
        """Return a heading."""
        return dashboard.Row(self.say(title))

    def number(
        self,
        title: Text,
        query: str,
        *,
        unit: str = "short",
        steps: Steps = ((None, BLUE),),
        about: Text = ("", ""),
        none: Text = ("无数据", "no data"),
        span: int = 4,
        link: str = "",
        decimals: int | None = None,
    ) -> stat.Panel:
        """Return one big number."""
        made = (
            stat.Panel()
            .title(self.say(title))
            .description(self.say(about))
            .datasource(SOURCE)
            .with_target(_query(query, instant=True))
            .unit(unit)
            .thresholds(_thresholds(steps))
            .color_mode(common_model.BigValueColorMode.VALUE)
            .graph_mode(common_model.BigValueGraphMode.NONE)
            .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
            .no_value(self.say(none))
            .span(span)
            .height(4)
        )
        if decimals is not None:
            made = made.decimals(decimals)
        return made.data_links([dashboard_link(self.say(("查看", "look")), link)]) if link else made

    def lines(
        self,
        title: Text,
        queries: Mapping[str, str],
        *,
        unit: str = "short",
        about: Text = ("", ""),
        limit: Steps = (),
        span: int = 12,
        low: float | None = None,
        high: float | None = None,
        none: Text = ("无数据", "no data"),
    ) -> timeseries.Panel:
        """Return curves over time; ``queries`` is legend -> expression, a limit is drawn as a line."""
        made = (
            timeseries.Panel()
            .title(self.say(title))
            .description(self.say(about))
            .datasource(SOURCE)
            .unit(unit)
            .line_width(1)
            .fill_opacity(8)
            .show_points(common_model.VisibilityMode.NEVER)
            .legend(
                common.VizLegendOptions()
                .display_mode(common_model.LegendDisplayMode.LIST)
                .placement(common_model.LegendPlacement.BOTTOM)
                .show_legend(True)
            )
            .tooltip(common.VizTooltipOptions().mode(common_model.TooltipDisplayMode.MULTI))
            .no_value(self.say(none))
            .span(span)
            .height(8)
        )
        for number, (legend, query) in enumerate(queries.items()):
            made = made.with_target(_query(query, legend=legend, ref=_ref(number)))
        if limit:
            lines = common.GraphThresholdsStyleConfig().mode(common_model.GraphThresholdsStyleMode.LINE)
            made = made.thresholds(_thresholds(limit)).thresholds_style(lines)
        made = made if low is None else made.min(low)
        return made if high is None else made.max(high)

    def bars(
        self, title: Text, query: str, legend: str, *, unit: str = "short", steps: Steps = HIGH,
        about: Text = ("", ""), span: int = 12, high: float | None = None, height: int = 8,
    ) -> bargauge.Panel:  # fmt: skip
        """Return one bar for every series."""
        made = (
            bargauge.Panel()
            .title(self.say(title))
            .description(self.say(about))
            .datasource(SOURCE)
            .with_target(_query(query, legend=legend, instant=True))
            .unit(unit)
            .min(0)
            .orientation(common_model.VizOrientation.HORIZONTAL)
            .display_mode(common_model.BarGaugeDisplayMode.BASIC)
            .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
            .thresholds(_thresholds(steps))
            .no_value(self.say(("无数据", "no data")))
            .span(span)
            .height(height)
        )
        return made if high is None else made.max(high)

    def table(
        self,
        title: Text,
        queries: Mapping[str, str],
        columns: Mapping[str, Text],
        *,
        units: Mapping[str, str] | None = None,
        steps: Mapping[str, Steps] | None = None,
        links: Mapping[str, str] | None = None,
        words: Mapping[str, Mapping[str, tuple[Text, str]]] | None = None,
        about: Text = ("", ""),
        none: Text = ("无", "none"),
        span: int = 24,
        height: int = 9,
    ) -> table.Panel:
        """Return a table: each query gives a value column for the same rows, joined on the labels they share.

        ``queries`` must aggregate to the same labels: what Grafana's merge sees in one query and not in another
        (``__name__`` above all) would split a row in two. ``words`` are the words and colours of values.
        """
        made = (
            table.Panel()
            .title(self.say(title))
            .description(self.say(about))
            .datasource(SOURCE)
            .no_value(self.say(none))
            .filterable(True)
            .span(span)
            .height(height)
            .with_transformation(model.DataTransformerConfig(id_val="merge", options={}))
        )
        for ref, query in queries.items():
            made = made.with_target(_query(query, instant=True, ref=ref, as_table=True))
        # Grafana names the value "Value" where there is one query and "Value #A" where there are more.
        named = {("Value" if len(queries) == 1 and key in queries else f"Value #{key}" if key in queries else key): key
                 for key in columns}  # fmt: skip
        order = {field: place for place, field in enumerate(named)}
        made = made.with_transformation(
            model.DataTransformerConfig(
                id_val="organize",
                options={
                    "excludeByName": {"Time": True},
                    "indexByName": order,
                    "renameByName": {field: self.say(columns[key]) for field, key in named.items()},
                },
            )
        )
        for key, title_of in columns.items():
            properties = (
                [model.DynamicConfigValue("unit", (units or {}).get(key))] if (units or {}).get(key) else []
            )
            if (steps or {}).get(key):
                properties.append(
                    model.DynamicConfigValue("thresholds", _thresholds((steps or {})[key]).build())
                )
                properties.append(model.DynamicConfigValue("custom.cellOptions", {"type": "color-text"}))
            if (links or {}).get(key):
                link = [{"title": self.say(("查看", "look")), "url": (links or {})[key]}]
                properties.append(model.DynamicConfigValue("links", link))
            if (words or {}).get(key):
                properties.append(model.DynamicConfigValue("mappings", [self.words((words or {})[key])]))
                properties.append(model.DynamicConfigValue("custom.cellOptions", {"type": "color-text"}))
            if properties:
                made = made.override_by_name(self.say(title_of), properties)
        return made

    def timeline(
        self, title: Text, query: str, legend: str, words: Mapping[str, tuple[Text, str]], *,
        about: Text = ("", ""), span: int = 24, height: int = 8,
    ) -> statetimeline.Panel:  # fmt: skip
        """Return states over time; more than twenty rows are unreadable, so they come in pages."""
        return (
            statetimeline.Panel()
            .title(self.say(title))
            .description(self.say(about))
            .datasource(SOURCE)
            .with_target(_query(query, legend=legend))
            .mappings([self.words(words)])
            .show_value(common_model.VisibilityMode.NEVER)
            .per_page(20)
            .no_value(self.say(("无数据", "no data")))
            .span(span)
            .height(height)
        )

    def map(
        self, title: Text, value: str, latitude: str, longitude: str, *, about: Text = ("", ""), span: int = 12,
        height: int = 14,
    ) -> geomap.Panel:  # fmt: skip
        """Return a map with a marker for every unit, coloured by its value; a marker a camera would be unusably slow.

        The three queries must aggregate to the same labels. There is no base map on an air-gapped site, unless
        Grafana's own settings name one: the markers stand all the same.
        """
        names = {
            "A": self.say(("数值", "value")),
            "B": self.say(("纬度", "latitude")),
            "C": self.say(("经度", "longitude")),
        }
        layer = (
            common.MapLayerOptions()
            .type("markers")
            .name("units")
            .config(
                {
                    "showLegend": True,
                    "style": {
                        "color": {"field": names["A"]},
                        "size": {"fixed": 9},
                        "opacity": 0.8,
                        "text": {"field": "unit_name", "mode": "field"},
                    },
                }
            )
            .location(
                common.FrameGeometrySource()
                .mode(common_model.FrameGeometrySourceMode.COORDS)
                .latitude(names["B"])
                .longitude(names["C"])
            )
        )
        made = (
            geomap.Panel()
            .title(self.say(title))
            .description(self.say(about))
            .datasource(SOURCE)
            .unit("percentunit")
            .thresholds(_thresholds(HIGH))
            .layers([layer])
            .view(geomap.MapViewConfig().id("coords").lat(28.3).lon(120.65).zoom(10))  # type: ignore[arg-type]
            .controls(geomap.ControlsOptions().show_zoom(True))
            .no_value(self.say(("无数据", "no data")))
            .span(span)
            .height(height)
        )
        for ref, query in {"A": value, "B": latitude, "C": longitude}.items():
            made = made.with_target(_query(query, instant=True, ref=ref, as_table=True))
        renamed = {f"Value #{ref}": name for ref, name in names.items()}
        return made.with_transformation(
            model.DataTransformerConfig(id_val="merge", options={})
        ).with_transformation(
            model.DataTransformerConfig(
                id_val="organize",
                options={"excludeByName": {"Time": True}, "indexByName": {}, "renameByName": renamed},
            )
        )

    def words(self, words: Mapping[str, tuple[Text, str]]) -> model.ValueMap:
        """Return what values are called and how they are coloured."""
        options = {
            value: model.ValueMappingResult(text=self.say(text), color=color, index=index)
            for index, (value, (text, color)) in enumerate(words.items())
        }
        return model.ValueMap(options=options)


def dashboard_link(title: str, url: str) -> dashboard.DashboardLink:
    """Return a data link of a panel."""
    return dashboard.DashboardLink(title).url(url)


def _query(
    expression: str, *, legend: str = "__auto", instant: bool = False, ref: str = "A", as_table: bool = False
) -> prometheus.Dataquery:
    made = prometheus.Dataquery().expr(expression).legend_format(legend).ref_id(ref).datasource(SOURCE)
    made = made.instant() if instant else made.range()
    return made.format(PromQueryFormat.TABLE if as_table else PromQueryFormat.TIME_SERIES)


def _thresholds(steps: Steps) -> dashboard.ThresholdsConfig:
    return (
        dashboard.ThresholdsConfig()
        .mode(model.ThresholdsMode.ABSOLUTE)
        .steps([model.Threshold(value=value, color=color) for value, color in steps])
    )


def _ref(number: int) -> str:
    return chr(ord("A") + number)
