"""Construction against the annex: quota, installed, accepted, by unit and class; both totals of the plan."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.boards.pen import PLAIN, Pen
from dashboards.boards.queries import NAMED
from dashboards.boards.tables import Column, table_of, unit_columns
from dashboards.boards.words import BLUE, CLASSES, LIFE, NETWORKS, plain

BUILT = 'nanxi_register_counted{state=~"installed|trial|accepted|repair"}'


def counted(states: str) -> str:
    """Return how many cameras of each unit that count are in one of ``states``; nought where there is none."""
    found = f'sum by (unit) (nanxi_register_counted{{state=~"{states}"}})'
    return f"max by (unit, unit_name) (({found} or max by (unit) (nanxi_register_quota) * 0) {NAMED})"


def board(pen: Pen) -> Dashboard:
    """Return the dashboard."""
    made = pen.board(
        "construction",
        ("建设进度", "Construction"),
        (
            "对照永政办发〔2008〕143号附件。正文的总数与附件逐行相加差 10 台，两者并列。",
            "Against the annex of the plan: the total in its text and the sum of its rows differ by 10; both are shown.",
        ),
        refresh="5m",
    )
    _totals(pen, made)
    _units(pen, made)
    return _register(pen, made)


def _totals(pen: Pen, made: Dashboard) -> None:
    made.with_row(pen.row(("总数", "Totals")))
    made.with_panel(
        pen.number(
            ("完成比例（对照附件）", "Done (of the annex)"),
            f"sum({BUILT}) / sum(nanxi_register_quota)",
            unit="percentunit",
            decimals=1,
        )
    )
    made.with_panel(pen.number(("已建成计数", "Built and counted"), f"sum({BUILT}) or vector(0)"))
    made.with_panel(
        pen.number(
            ("已验收计数", "Accepted and counted"),
            'sum(nanxi_register_counted{state="accepted"}) or vector(0)',
        )
    )
    made.with_panel(
        pen.number(
            ("规划（正文）", "Planned (text)"), 'max(nanxi_register_planned{basis="text"})', steps=PLAIN
        )
    )
    made.with_panel(
        pen.number(
            ("规划（附件相加）", "Planned (annex)"), 'max(nanxi_register_planned{basis="table"})', steps=PLAIN
        )
    )
    made.with_panel(
        pen.number(
            ("两者之差", "Difference"),
            'max(nanxi_register_planned{basis="table"}) - max(nanxi_register_planned{basis="text"})',
            steps=PLAIN,
        )
    )


def _units(pen: Pen, made: Dashboard) -> None:
    made.with_row(pen.row(("各单位", "Units")))
    made.with_panel(
        table_of(
            pen,
            ("任务完成情况", "Quota and progress"),
            {
                "A": "max by (unit, unit_name) (nanxi_register_quota)",
                "B": counted("planned"),
                "C": counted("installed|repair"),
                "D": counted("trial"),
                "E": counted("accepted"),
            },
            {
                **unit_columns(pen),
                "A": ("任务数", "quota"),
                "B": ("规划中", "planned"),
                "C": ("已安装", "installed"),
                "D": ("试运行", "trial"),
                "E": ("已验收", "accepted"),
            },
            sort="A",
            descending=True,
            height=21,
            span=14,
        )
    )
    made.with_panel(
        pen.bars(
            ("完成比例", "Done by unit"),
            f"sort_desc(sum by (unit, unit_name) ((sum by (unit) ({BUILT}) "
            f"/ on (unit) max by (unit) (nanxi_register_quota)) {NAMED}))",
            pen.say(("{{unit_name}}", "{{unit}}")),
            unit="percentunit",
            steps=((None, BLUE),),
            decimals=1,
            high=1,
            span=10,
            height=21,
        )
    )


def _register(pen: Pen, made: Dashboard) -> Dashboard:
    made.with_row(pen.row(("台账", "Register")))
    made.with_panel(
        table_of(
            pen,
            ("各类点与状态", "Classes and states"),
            {"A": 'sum by (class, state, network) (nanxi_register_devices{kind="cameras"})'},
            {
                "class": Column(("类别", "class"), words=plain(CLASSES)),
                "state": Column(("状态", "state"), words=plain(LIFE)),
                "network": Column(("网络", "network"), words=plain(NETWORKS)),
                "A": ("数量", "count"),
            },
            span=12,
        )
    )
    return made.with_panel(
        table_of(
            pen,
            ("年度任务", "Tranches"),
            {"A": "max by (year, class) (nanxi_register_tranche)"},
            {
                "year": ("年度", "year"),
                "class": Column(("类别", "class"), words=plain(CLASSES)),
                "A": ("任务数", "quota"),
            },
            span=12,
        )
    )
