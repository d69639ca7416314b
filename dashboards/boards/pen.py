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
    prometheus,
    stat,
    statetimeline,
    timeseries,
)
from grafana_foundation_sdk.models import common as common_model
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from dashboards.boards.words import BLUE, GREEN, GREY, RED, YELLOW, Text, Words

Language = Literal["zh", "en"]

SOURCE = model.DataSourceRef(type_val="prometheus", uid="${source}")

#: Steps of a ratio that must be high: red below the alarm, yellow below the target (domain 1.7). The first colour of all steps
#: is that of "no data", which is neither good nor bad.
HIGH = ((None, GREY), (0, RED), (0.95, YELLOW), (0.99, GREEN))
#: The same for 录像完整率, whose target is 98 %.
COMPLETE = ((None, GREY), (0, RED), (0.95, YELLOW), (0.98, GREEN))
#: Steps of a number that should be nought: somebody must act now, or in working hours.
NONE = ((None, GREY), (0, GREEN), (1, RED))
FEW = ((None, GREY), (0, GREEN), (1, YELLOW))
#: Steps of a number that says neither good nor bad.
PLAIN = ((None, GREY),)

#: Notifications that are marked in pictures: what happened at a moment, and explains what is seen after it.
_MARKED = "linkDown|linkUp|coldStart|warmStart|upsTrapOnBattery|hikPowerOn|hikPowerOff"

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

    def traps(self, made: dashboard.Dashboard, where: str) -> dashboard.Dashboard:
        """Mark the moments at which devices said by themselves that a link, a start or the mains came or went."""
        return made.annotation(
            dashboard.AnnotationQuery()
            .name(self.say(("设备告警（SNMP 陷阱）", "Traps (SNMP)")))
            .datasource(SOURCE)
            .enable(True)
            .icon_color(BLUE)
            .expr(
                f'max by (device, trap) (nanxi_trap_last_timestamp_seconds{{trap=~"{_MARKED}", {where}}} > time() - 60)'
            )
        )

    def choice(
        self, name: str, title: Text, values: str, *, regex: str = "", many: bool = False
    ) -> dashboard.QueryVariable:
        """Return a variable whose values are those of a query; ``All`` never names each of them.

        ``regex`` may take a ``value`` and a ``text`` apart: links carry ASCII, people read Chinese.
        """
        made = (
            dashboard.QueryVariable(name)
            .label(self.say(title))
            .datasource(SOURCE)
            .query(values)
            .regex(regex)
            .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
            .sort(model.VariableSort.ALPHABETICAL_ASC)
        )
        # .+ and not .*: a series without the label belongs to none of the choices.
        return made.multi(True).include_all(True).all_value(".+") if many else made

    def unit_choice(self, *, many: bool = False) -> dashboard.QueryVariable:
        """Return the variable ``unit``, by its Chinese name."""
        if self.language == "en":
            return self.choice("unit", ("单位", "Unit"), "label_values(nanxi:unit_name, unit)", many=many)
        regex = '/unit="(?<value>[^"]+)",unit_name="(?<text>[^"]+)"/'
        return self.choice("unit", ("单位", "Unit"), "query_result(nanxi:unit_name)", regex=regex, many=many)

    def to(self, board: str, **fields: str) -> str:
        """Return a link to a dashboard of this language, its variables taken from fields of the row that is clicked."""
        uid = f"nanxi-{board}" if self.language == "zh" else f"nanxi-{board}-en"
        given = "".join(f"var-{name}=${{__data.fields.{field}}}&" for name, field in fields.items())
        return f"/d/{uid}?{given}${{source:queryparam}}"

    def row(self, title: Text) -> dashboard.Row:
        """Return a heading."""
        return dashboard.Row(self.say(title))

    def number(
        self,
        title: Text,
        expression: str,
        *,
        unit: str = "none",
        steps: Steps = ((None, BLUE),),
        words: Words | None = None,
        loud: bool = False,
        about: Text = ("", ""),
        none: Text = ("无数据", "no data"),
        span: int = 4,
        link: str = "",
        decimals: int | None = None,
    ) -> stat.Panel:
        """Return one big number; a ``loud`` one colours its whole field."""
        color = common_model.BigValueColorMode.BACKGROUND if loud else common_model.BigValueColorMode.VALUE
        made = (
            stat.Panel()
            .title(self.say(title))
            .description(self.say(about))
            .datasource(SOURCE)
            .with_target(query(expression, instant=True))
            .unit(unit)
            .thresholds(thresholds(steps))
            .color_mode(color)
            .graph_mode(common_model.BigValueGraphMode.NONE)
            .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
            .no_value(self.say(none))
            .span(span)
            .height(4)
        )
        if decimals is not None:
            made = made.decimals(decimals)
        if words:
            made = made.mappings([self.words(words)])
        return made.data_links([dashboard_link(self.say(("查看", "look")), link)]) if link else made

    def lines(
        self,
        title: Text,
        queries: Mapping[str, str],
        *,
        unit: str = "none",
        names: Mapping[str, Text] | None = None,
        many: bool = False,
        about: Text = ("", ""),
        limit: Steps = (),
        span: int = 12,
        low: float | None = None,
        high: float | None = None,
        soft_high: float | None = None,
        none: Text = ("无数据", "no data"),
    ) -> timeseries.Panel:
        """Return curves over time; ``queries`` is legend -> expression, a limit is drawn as a line.

        ``names`` says what curves are called by their legend; ``many`` puts a long legend beside them. The axis reaches up to
        ``soft_high`` at least: a curve of noughts has no height of its own.
        """
        place = common_model.LegendPlacement.RIGHT if many else common_model.LegendPlacement.BOTTOM
        made = (
            timeseries.Panel()
            .title(self.say(title))
            .description(self.say(about))
            .datasource(SOURCE)
            .unit(unit)
            .line_width(2)
            .fill_opacity(0)
            .color_scheme(dashboard.FieldColor().mode(model.FieldColorModeId.PALETTE_CLASSIC))
            .show_points(common_model.VisibilityMode.NEVER)
            .legend(
                common.VizLegendOptions()
                .display_mode(common_model.LegendDisplayMode.LIST)
                .placement(place)
                .show_legend(True)
            )
            .tooltip(common.VizTooltipOptions().mode(common_model.TooltipDisplayMode.MULTI))
            .no_value(self.say(none))
            .span(span)
            .height(8)
        )
        for number, (legend, expression) in enumerate(queries.items()):
            made = made.with_target(query(expression, legend=legend, ref=_ref(number)))
        if limit:
            lines = common.GraphThresholdsStyleConfig().mode(common_model.GraphThresholdsStyleMode.LINE)
            made = made.thresholds(thresholds(limit)).thresholds_style(lines)
        for name, text in (names or {}).items():
            made = made.override_by_name(name, [model.DynamicConfigValue("displayName", self.say(text))])
        made = made if low is None else made.min(low)
        made = made if soft_high is None else made.axis_soft_max(soft_high)
        return made if high is None else made.max(high)

    def bars(
        self, title: Text, expression: str, legend: str, *, unit: str = "none", steps: Steps = HIGH,
        names: Mapping[str, Text] | None = None, about: Text = ("", ""), none: Text = ("无数据", "no data"),
        span: int = 12, high: float | None = None, height: int = 8, decimals: int | None = None,
    ) -> bargauge.Panel:  # fmt: skip
        """Return one bar for every series; ``names`` says what bars are called by their legend."""
        made = (
            bargauge.Panel()
            .title(self.say(title))
            .description(self.say(about))
            .datasource(SOURCE)
            .with_target(query(expression, legend=legend, instant=True))
            .unit(unit)
            .min(0)
            .orientation(common_model.VizOrientation.HORIZONTAL)
            .display_mode(common_model.BarGaugeDisplayMode.BASIC)
            .name_placement(common_model.BarGaugeNamePlacement.LEFT)
            .sizing(common_model.BarGaugeSizing.MANUAL)
            .max_viz_height(36)
            .text(common.VizTextDisplayOptions().title_size(13).value_size(18))
            .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
            .thresholds(thresholds(steps))
            .no_value(self.say(none))
            .span(span)
            .height(height)
        )
        for name, text in (names or {}).items():
            made = made.override_by_name(name, [model.DynamicConfigValue("displayName", self.say(text))])
        if decimals is not None:
            made = made.decimals(decimals)
        return made if high is None else made.max(high)

    def timeline(
        self, title: Text, expression: str, legend: str, words: Words, *,
        about: Text = ("", ""), none: Text = ("无数据", "no data"), span: int = 24, height: int = 8,
    ) -> statetimeline.Panel:  # fmt: skip
        """Return states over time; rows below 22 pixels are unreadable, so they come in pages."""
        return (
            statetimeline.Panel()
            .title(self.say(title))
            .description(self.say(about))
            .datasource(SOURCE)
            .with_target(query(expression, legend=legend))
            .mappings([self.words(words)])
            .show_value(common_model.VisibilityMode.NEVER)
            .per_page(max(1, (height * 38 - 90) // 22))
            .no_value(self.say(none))
            .span(span)
            .height(height)
        )

    def words(self, words: Words) -> model.ValueMap:
        """Return what values are called and how they are coloured."""
        options = {
            value: model.ValueMappingResult(text=self.say(text), color=color or None, index=index)
            for index, (value, (text, color)) in enumerate(words.items())
        }
        return model.ValueMap(options=options)


def dashboard_link(title: str, url: str) -> dashboard.DashboardLink:
    """Return a data link of a panel."""
    return dashboard.DashboardLink(title).url(url)


def query(
    expression: str, *, legend: str = "__auto", instant: bool = False, ref: str = "A", as_table: bool = False
) -> prometheus.Dataquery:
    """Return a query of the dashboard's data source."""
    made = prometheus.Dataquery().expr(expression).legend_format(legend).ref_id(ref).datasource(SOURCE)
    made = made.instant() if instant else made.range()
    return made.format(PromQueryFormat.TABLE if as_table else PromQueryFormat.TIME_SERIES)


def thresholds(steps: Steps) -> dashboard.ThresholdsConfig:
    """Return steps of colours."""
    return (
        dashboard.ThresholdsConfig()
        .mode(model.ThresholdsMode.ABSOLUTE)
        .steps([model.Threshold(value=value, color=color) for value, color in steps])
    )


def _ref(number: int) -> str:
    return chr(ord("A") + number)
