"""Construction against the annex: quota, installed, accepted, by unit and class; both totals of the plan."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.boards.pen import BLUE, GREY, YELLOW, Pen
from dashboards.boards.queries import NAMED

COUNTED = 'sum by (unit) (nanxi_register_counted{state=~"STATES"})'


def counted(states: str) -> str:
    """Return how many cameras of each unit that count are in one of ``states``; nought where there is none."""
    found = COUNTED.replace("STATES", states)
    return f"max by (unit, unit_name) (({found} or max by (unit) (nanxi_register_quota) * 0) {NAMED})"


def board(pen: Pen) -> Dashboard:
    """Return the dashboard."""
    return (
        pen.board(
            "construction",
            ("建设进度", "Construction"),
            (
                "对照永政办发〔2008〕143号附件。正文合计 4000，附件逐行相加 4010，两者并列。",
                "Against the annex of the plan: its text says 4,000, its rows add up to 4,010; both are shown.",
            ),
            refresh="5m",
        )
        .with_row(pen.row(("总数", "Totals")))
        .with_panel(
            pen.number(
                ("规划（正文）", "Planned (text)"),
                'max(nanxi_register_planned{basis="text"})',
                steps=((None, GREY),),
            )
        )
        .with_panel(
            pen.number(
                ("规划（附件）", "Planned (annex)"),
                'max(nanxi_register_planned{basis="table"})',
                steps=((None, GREY),),
            )
        )
        .with_panel(
            pen.number(
                ("两者之差", "Difference"),
                'max(nanxi_register_planned{basis="table"}) - max(nanxi_register_planned{basis="text"})',
                steps=((None, YELLOW),),
            )
        )
        .with_panel(
            pen.number(
                ("已建成计数", "Built and counted"),
                'sum(nanxi_register_counted{state=~"installed|trial|accepted|repair"}) or vector(0)',
            )
        )
        .with_panel(
            pen.number(
                ("已验收计数", "Accepted and counted"),
                'sum(nanxi_register_counted{state="accepted"}) or vector(0)',
            )
        )
        .with_panel(
            pen.number(
                ("完成比例（附件）", "Done (annex)"),
                'sum(nanxi_register_counted{state=~"installed|trial|accepted|repair"}) / sum(nanxi_register_quota)',
                unit="percentunit",
                decimals=1,
            )
        )
        .with_row(pen.row(("各单位", "Units")))
        .with_panel(
            pen.table(
                ("任务完成情况", "Quota and progress"),
                {
                    "A": "max by (unit, unit_name) (nanxi_register_quota)",
                    "B": counted("planned"),
                    "C": counted("installed|repair"),
                    "D": counted("trial"),
                    "E": counted("accepted"),
                },
                {
                    "unit_name": ("单位", "unit"),
                    "unit": ("代号", "key"),
                    "A": ("任务数", "quota"),
                    "B": ("规划中", "planned"),
                    "C": ("已安装", "installed"),
                    "D": ("试运行", "trial"),
                    "E": ("已验收", "accepted"),
                },
                height=14,
                span=14,
            )
        )
        .with_panel(
            pen.bars(
                ("完成比例", "Done by unit"),
                'sum by (unit) (nanxi_register_counted{state=~"installed|trial|accepted|repair"}) '
                "/ on (unit) max by (unit) (nanxi_register_quota)",
                "{{unit}}",
                unit="percentunit",
                steps=((None, BLUE),),
                span=10,
                height=14,
            )
        )
        .with_row(pen.row(("台账", "Register")))
        .with_panel(
            pen.table(
                ("各类点与状态", "Classes and states"),
                {"A": 'sum by (class, state, network) (nanxi_register_devices{kind="cameras"})'},
                {
                    "class": ("类别", "class"),
                    "state": ("状态", "state"),
                    "network": ("网络", "network"),
                    "A": ("数量", "count"),
                },
                span=12,
            )
        )
        .with_panel(
            pen.table(
                ("年度任务", "Tranches"),
                {"A": "max by (year, class) (nanxi_register_tranche)"},
                {"year": ("年度", "year"), "class": ("类别", "class"), "A": ("任务数", "quota")},
                span=12,
            )
        )
    )
