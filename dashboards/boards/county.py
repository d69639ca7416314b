"""The county at a glance: what is down and why, the five KPIs, the map, the units."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.builders.table import Panel as Table

from dashboards.boards.maps import unit_map
from dashboards.boards.pen import COMPLETE, FEW, HIGH, NONE, PLAIN, Pen
from dashboards.boards.queries import NAMED, named
from dashboards.boards.tables import Column, table_of, unit_columns
from dashboards.boards.words import BLUE, CLASSES, KINDS, MONITORED, RED, TIERS, Text, alerts, plain

_KEYS = "alertname, unit, unit_name, device, switch, switch_port"
_A_DEVICE, _NO_DEVICE = 'device!=""', 'device=""'


def board(pen: Pen) -> Dashboard:
    """Return the dashboard."""
    made = pen.board(
        "county",
        ("全县总览", "County"),
        (
            "先看告警，再看指标。指标按附件口径计算，维修、拆除、规划中的设备不计入并单独列出。",
            "Alerts first, then the KPIs. What is in repair, planned or retired is left out of them and listed.",
        ),
    )
    _now(pen, made)
    _kpis(pen, made)
    _units(pen, made)
    return _trends(pen, made)


def _now(pen: Pen, made: Dashboard) -> None:
    made.with_row(pen.row(("现在要处理的", "To be dealt with now")))
    made.with_panel(
        pen.number(
            ("需立即处理", "Act now"),
            'count(ALERTS{alertstate="firing", severity="page"}) or vector(0)',
            steps=NONE,
            loud=True,
            about=(
                "正在触发的 page 级告警数。一个原因只有一条。",
                "Firing alerts of severity page: one a cause.",
            ),
        )
    )
    made.with_panel(
        pen.number(
            ("需派单", "Tickets"),
            'count(ALERTS{alertstate="firing", severity="ticket"}) or vector(0)',
            steps=FEW,
        )
    )
    made.with_panel(
        pen.number(
            ("失联设备", "Devices down"),
            "sum(nanxi:devices_down)",
            steps=FEW,
            about=("含由上级原因造成的失联。", "Including those that a cause above explains."),
        )
    )
    made.with_panel(
        pen.number(
            ("其中由上级原因造成", "Explained by a cause above"),
            "count(nanxi:device_down_explained) or vector(0)",
            steps=PLAIN,
        )
    )
    made.with_panel(
        pen.number(
            ("监测链路", "Monitoring"),
            "min(up)",
            words=MONITORED,
            about=("全部采集程序可抓取为正常。", "Working when every exporter can be scraped."),
        )
    )
    made.with_panel(
        pen.number(
            ("不计入（维修、拆除、规划）", "Left out (repair, retired, planned)"),
            "sum(nanxi:cameras_excluded) or vector(0)",
            steps=PLAIN,
        )
    )
    made.with_panel(
        _alerts(pen, ("立即处理", "Act now"), "page", ("没有需立即处理的告警", "nothing to act on"), 14)
    )
    made.with_panel(_alerts(pen, ("派单", "Tickets"), "ticket", ("没有需派单的告警", "no tickets"), 10))


def _alerts(pen: Pen, title: Text, severity: str, none: Text, span: int) -> Table:
    """Return what fires: pages with most cameras first, tickets the newest first."""
    queries = {"A": f"max by ({_KEYS}) ({named(_since(severity))})"}
    columns: dict[str, Column | Text] = {
        "alertname": Column(("告警", "alert"), words=plain(alerts())),
        **unit_columns(pen, 110),
        "device": Column(("设备", "device"), link=pen.to("device", device="device")),
    }
    if severity == "page":
        queries["B"] = f"max by ({_KEYS}) ({named(_hit())})"
        columns["switch"] = Column(("交换机", "switch"), link=pen.to("device", device="switch"))
        columns["switch_port"] = ("端口", "port")
        columns["B"] = Column(("影响摄像机", "cameras hit"), width=110)
    else:
        columns["switch"] = Column(("交换机", "switch"), hidden=True)
        columns["switch_port"] = Column(("端口", "port"), hidden=True)
    columns["A"] = Column(("开始", "since"), unit="time:MM-DD HH:mm", width=120)
    sort = "B" if severity == "page" else "A"
    return table_of(pen, title, queries, columns, none=none, sort=sort, descending=True, span=span, height=9)


def _since(severity: str) -> str:
    """Return when each alert began, in milliseconds. One about no device is about a host: that stands in its place."""

    def of(device: str) -> str:
        chosen = f'severity="{severity}", {device}'
        firing = f'ALERTS{{alertstate="firing", {chosen}}}'
        return f"ALERTS_FOR_STATE{{{chosen}}} * 1000 and ignoring (alertstate) {firing}"

    host = f'label_replace({of(_NO_DEVICE)}, "device", "$1", "instance", "([^:]+).*")'
    return f"{of(_A_DEVICE)} or {host}"


def _hit() -> str:
    """Return how many cameras hang on what has failed: on a switch, or on a whole unit."""
    below = 'sum by (device) (label_replace(nanxi:switch_cameras, "device", "$1", "switch", "(.+)"))'
    of_switch = f'ALERTS{{alertstate="firing", severity="page"}} * on (device) group_left () {below}'
    whole = 'ALERTS{alertstate="firing", alertname=~"UnitCutOff|RecorderBehind"}'
    return f"{of_switch} or {whole} * on (unit) group_left () nanxi:unit_cameras"


def _kpis(pen: Pen, made: Dashboard) -> None:
    made.with_row(pen.row(("考核指标", "KPIs")))
    made.with_panel(
        pen.number(
            ("在线率", "Online"),
            "sum(nanxi:cameras_online) / sum(nanxi:cameras_judged)",
            unit="percentunit",
            steps=HIGH,
            decimals=2,
            about=(
                "能打开视频流的摄像机 ÷ 应在线。会话占满的不计入。",
                "Cameras whose stream opens by those due; busy ones are left out.",
            ),
        )
    )
    made.with_panel(
        pen.number(
            ("完好率", "Intact"),
            "sum(nanxi:cameras_intact) / sum(nanxi:cameras_judged)",
            unit="percentunit",
            steps=HIGH,
            decimals=2,
            about=("在线，图像各项不低于 60 分，OSD 正确。", "Online, every defect 60 or more, OSD right."),
        )
    )
    made.with_panel(
        pen.number(
            ("录像完整率（昨日）", "Completeness (yesterday)"),
            'sum(nanxi:recording_covered_seconds{day="yesterday"}) '
            '/ sum(nanxi:recording_planned_seconds{day="yesterday"})',
            unit="percentunit",
            steps=COMPLETE,
            decimals=2,
        )
    )
    made.with_panel(
        pen.number(
            ("时钟合格率", "Clocks"),
            "sum(nanxi:cameras_clock_right) / sum(nanxi:cameras_clock_known)",
            unit="percentunit",
            steps=HIGH,
            decimals=2,
            about=("偏差 5 秒以内。", "Within 5 s."),
        )
    )
    made.with_panel(
        pen.number(
            ("调阅成功率（24 小时）", "Call-ups (24 h)"),
            "sum(nanxi:call_ups_good) / sum(nanxi:call_ups)",
            unit="percentunit",
            steps=HIGH,
            decimals=2,
        )
    )
    made.with_panel(
        pen.number(
            ("应在线摄像机", "Cameras due"),
            "sum(nanxi:cameras_due)",
            steps=PLAIN,
            about=("已安装、试运行、已验收。", "Installed, in trial or accepted."),
        )
    )


def _units(pen: Pen, made: Dashboard) -> None:
    made.with_panel(
        table_of(
            pen,
            ("各单位（在线率低的在前）", "Units, the worst first"),
            {
                "A": f"max by (unit, unit_name) (nanxi:unit_online_ratio {NAMED})",
                "B": f"max by (unit, unit_name) (nanxi:unit_intact_ratio {NAMED})",
                "C": f'max by (unit, unit_name) (nanxi:unit_completeness_ratio{{day="yesterday"}} {NAMED})',
                "D": f"max by (unit, unit_name) (nanxi:unit_clock_ratio {NAMED})",
                "E": f"sum by (unit, unit_name) (nanxi:devices_down {NAMED})",
            },
            {
                **unit_columns(pen),
                "A": Column(("在线率", "online"), unit="percentunit", steps=HIGH, decimals=1),
                "B": Column(("完好率", "intact"), unit="percentunit", steps=HIGH, decimals=1),
                "C": Column(("录像完整率", "completeness"), unit="percentunit", steps=COMPLETE, decimals=1),
                "D": Column(("时钟合格率", "clocks"), unit="percentunit", steps=HIGH, decimals=1),
                "E": Column(("失联", "down"), steps=FEW),
            },
            sort="A",
            span=14,
            height=14,
        )
    )
    made.with_panel(
        unit_map(
            pen,
            ("各单位在线率", "Online by unit"),
            f"max by (unit, unit_name) (nanxi:unit_online_ratio {NAMED})",
            f"max by (unit, unit_name) (nanxi:unit_latitude_degrees {NAMED})",
            f"max by (unit, unit_name) (nanxi:unit_longitude_degrees {NAMED})",
            about=("每个单位一个点。", "One marker a unit."),
            span=10,
        )
    )


def _trends(pen: Pen, made: Dashboard) -> Dashboard:
    made.with_row(pen.row(("四级平台与趋势", "Tiers and trends")))
    made.with_panel(
        pen.bars(
            ("各级平台在用设备", "Devices in use by tier"),
            "count by (tier) (nanxi_device_info and on (device) nanxi_device_due == 1)",
            "{{tier}}",
            names=TIERS,
            steps=((None, BLUE),),
            span=6,
        )
    )
    made.with_panel(
        pen.lines(
            ("分类在线率", "Online by class"),
            {"{{class}}": "sum by (class) (nanxi:cameras_online) / sum by (class) (nanxi:cameras_judged)"},
            unit="percentunit",
            names=CLASSES,
            limit=((None, "transparent"), (0.95, RED)),
            high=1,
            span=9,
        )
    )
    return made.with_panel(
        pen.lines(
            ("失联设备", "Devices down"),
            {"{{kind}}": "sum by (kind) (nanxi:devices_down)"},
            names=KINDS,
            low=0,
            span=9,
        )
    )
