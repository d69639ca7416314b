"""The month's figures as the assessment takes them: hourly samples, averages by unit and class."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.boards.pen import HIGH, RED, Pen
from dashboards.boards.queries import NAMED


def month(name: str) -> str:
    """Return the mean of a KPI over the chosen range, by unit with its name."""
    return f"max by (unit, unit_name) (avg_over_time({name}[$__range]) {NAMED})"


def board(pen: Pen) -> Dashboard:
    """Return the dashboard."""
    return (
        pen.board(
            "assessment",
            ("月度考核", "Monthly assessment"),
            (
                "选定时段内的平均值；在线率按每小时一次、每日 24 次取样。",
                "Means over the chosen range; online is sampled every hour, 24 times a day.",
            ),
            refresh="15m",
        )
        .time("now-1M/M", "now-1M/M")
        .with_row(pen.row(("各单位", "Units")))
        .with_panel(
            pen.table(
                ("考核表", "Assessment"),
                {
                    "A": month("nanxi:unit_online_ratio:hourly"),
                    "B": month("nanxi:unit_intact_ratio"),
                    "C": f'max by (unit, unit_name) (avg_over_time(nanxi:unit_completeness_ratio{{day="yesterday"}}[$__range]) {NAMED})',
                    "D": month("nanxi:unit_clock_ratio"),
                    "E": month("nanxi:unit_call_up_ratio"),
                },
                {
                    "unit_name": ("单位", "unit"),
                    "unit": ("代号", "key"),
                    "A": ("在线率", "online"),
                    "B": ("完好率", "intact"),
                    "C": ("录像完整率", "completeness"),
                    "D": ("时钟合格率", "clocks"),
                    "E": ("调阅成功率", "call-ups"),
                },
                units=dict.fromkeys("ABCDE", "percentunit"),
                steps=dict.fromkeys("ABCDE", HIGH),
                height=14,
            )
        )
        .with_row(pen.row(("走势", "Over the month")))
        .with_panel(
            pen.lines(
                ("分类在线率（每小时取样）", "Online by class (hourly)"),
                {"{{class}}": "nanxi:class_online_ratio:hourly"},
                unit="percentunit",
                limit=((None, "transparent"), (0.95, RED)),
                high=1,
            )
        )
        .with_panel(
            pen.lines(
                ("录像完整率（前一日）", "Completeness (the day before)"),
                {"{{unit}}": 'nanxi:unit_completeness_ratio{day="yesterday"}'},
                unit="percentunit",
                limit=((None, "transparent"), (0.95, RED)),
                high=1,
            )
        )
        .with_panel(
            pen.lines(
                ("不计入考核的摄像机", "Cameras left out"),
                {"{{state}}": "sum by (state) (nanxi:cameras_excluded)"},
                about=("维修、拆除、规划中，公开计数。", "In repair, retired, planned: counted in the open."),
                low=0,
                span=24,
            )
        )
    )
