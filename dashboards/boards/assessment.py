"""The month's figures as the assessment takes them: hourly samples, averages by unit and class."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.boards.pen import COMPLETE, HIGH, Pen
from dashboards.boards.queries import worst
from dashboards.boards.tables import Column, table_of, unit_columns
from dashboards.boards.words import CLASSES, LIFE, RED

#: A unit's name at any time of the month: at its last minute the station's Prometheus may have been down.
_NAMED = "* on (unit) group_left (unit_name) last_over_time(nanxi:unit_name[$__range])"
_COMPLETE = 'nanxi:unit_completeness_ratio{day="yesterday"}'


def month(series: str) -> str:
    """Return the mean of a KPI over the chosen range, by unit with its name."""
    return f"max by (unit, unit_name) (avg_over_time({series}[$__range]) {_NAMED})"


def board(pen: Pen) -> Dashboard:
    """Return the dashboard."""
    made = pen.board(
        "assessment",
        ("月度考核", "Monthly assessment"),
        (
            "选定时段内的平均值；在线率按每小时一次、每日 24 次取样。",
            "Means over the chosen range; online is sampled every hour, 24 times a day.",
        ),
        refresh="15m",
    ).time("now-1M/M", "now-1M/M")
    _units(pen, made)
    return _over_the_month(pen, made)


def _units(pen: Pen, made: Dashboard) -> None:
    def ratio(chinese: str, english: str, steps: tuple[tuple[float | None, str], ...] = HIGH) -> Column:
        return Column((chinese, english), unit="percentunit", steps=steps, decimals=2)

    made.with_row(pen.row(("各单位", "Units")))
    made.with_panel(
        table_of(
            pen,
            ("考核表（在线率低的在前）", "Assessment, the lowest first"),
            {
                "A": month("nanxi:unit_online_ratio:hourly"),
                "B": month("nanxi:unit_intact_ratio"),
                "C": month(_COMPLETE),
                "D": month("nanxi:unit_clock_ratio"),
                "E": month("nanxi:unit_call_up_ratio"),
            },
            {
                **unit_columns(pen),
                "A": ratio("在线率", "online"),
                "B": ratio("完好率", "intact"),
                "C": ratio("录像完整率", "completeness", COMPLETE),
                "D": ratio("时钟合格率", "clocks"),
                "E": ratio("调阅成功率", "call-ups"),
            },
            none=("选定时段没有数据", "no data in this range"),
            sort="A",
            height=21,
        )
    )


def _over_the_month(pen: Pen, made: Dashboard) -> Dashboard:
    made.with_row(pen.row(("走势", "Over the month")))
    made.with_panel(
        pen.lines(
            ("分类在线率（每小时取样）", "Online by class (hourly)"),
            {"{{class}}": "last_over_time(nanxi:class_online_ratio:hourly[1h])"},
            unit="percentunit",
            names=CLASSES,
            limit=((None, "transparent"), (0.95, RED)),
            high=1,
            span=8,
        )
    )
    made.with_panel(
        pen.lines(
            ("录像完整率最低的五个单位（前一日）", "Five units least complete (the day before)"),
            {
                pen.say(
                    ("{{unit_name}}", "{{unit}}")
                ): f"max by (unit, unit_name) (({worst(f'last_over_time({_COMPLETE}[1h])', 'unit', f'avg_over_time({_COMPLETE}[$__range] @ end())', count=5, least=True)}) "
                f"{_NAMED.replace('[$__range]', '[$__range] @ end()')})"
            },
            unit="percentunit",
            limit=((None, "transparent"), (0.95, RED)),
            high=1,
            span=8,
        )
    )
    return made.with_panel(
        pen.lines(
            ("不计入考核的摄像机", "Cameras left out"),
            {"{{state}}": "sum by (state) (last_over_time(nanxi:cameras_excluded[1h]))"},
            names=LIFE,
            about=("维修、拆除、规划中，公开计数。", "In repair, retired, planned: counted in the open."),
            low=0,
            span=8,
        )
    )
