"""The county at a glance: what is down and why, the five KPIs, the map, the units."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.boards.pen import BLUE, COMPLETE, GREY, HIGH, NONE, RED, YELLOW, Pen
from dashboards.boards.queries import NAMED

UNIT = "/d/{board}?var-unit=${{__data.fields.unit}}&${{source:queryparam}}"


def board(pen: Pen) -> Dashboard:
    """Return the dashboard."""
    unit = UNIT.format(board="nanxi-unit" if pen.language == "zh" else "nanxi-unit-en")
    return (
        pen.board(
            "county",
            ("全县总览", "County"),
            (
                "先看告警，再看指标。指标按附件口径计算，维修、拆除、规划中的设备不计入并单独列出。",
                "Alerts first, then the KPIs. What is in repair, planned or retired is left out of them and listed.",
            ),
        )
        .with_row(pen.row(("现在要处理的", "To be dealt with now")))
        .with_panel(
            pen.number(
                ("需立即处理", "Pages"),
                'count(ALERTS{alertstate="firing", severity="page"}) or vector(0)',
                steps=NONE,
                about=(
                    "正在触发的 page 级告警数。一个原因只有一条。",
                    "Firing alerts of severity page: one a cause.",
                ),
            )
        )
        .with_panel(
            pen.number(
                ("需派单", "Tickets"),
                'count(ALERTS{alertstate="firing", severity="ticket"}) or vector(0)',
                steps=((None, GREY), (1, YELLOW)),
            )
        )
        .with_panel(
            pen.number(
                ("失联设备", "Devices down"),
                "sum(nanxi:devices_down)",
                steps=NONE,
                about=("含由上级原因造成的失联。", "Including those that a cause above explains."),
            )
        )
        .with_panel(
            pen.number(
                ("由上级原因造成", "Explained by a cause"),
                "count(nanxi:device_down_explained) or vector(0)",
                steps=((None, GREY),),
            )
        )
        .with_panel(
            pen.number(
                ("监测链路", "Monitoring"),
                "min(up)",
                steps=((None, RED), (1, BLUE)),
                about=("1 为全部采集程序可抓取。", "1 when every exporter can be scraped."),
            )
        )
        .with_panel(
            pen.number(
                ("不计入（维修、拆除、规划）", "Excluded (repair, retired, planned)"),
                "sum(nanxi:cameras_excluded) or vector(0)",
                steps=((None, GREY),),
            )
        )
        .with_panel(
            pen.table(
                ("正在触发的告警", "Firing alerts"),
                {
                    "A": "max by (alertname, severity, unit, device, switch, switch_port) "
                    '(ALERTS{alertstate="firing", alertname!="Watchdog"})'
                },
                {
                    "severity": ("级别", "severity"),
                    "alertname": ("告警", "alert"),
                    "unit": ("单位", "unit"),
                    "device": ("设备", "device"),
                    "switch": ("交换机", "switch"),
                    "switch_port": ("端口", "port"),
                },
                words={
                    "severity": {
                        "page": (("立即", "page"), RED),
                        "ticket": (("派单", "ticket"), YELLOW),
                        "info": (("知会", "info"), BLUE),
                    }
                },
                none=("没有告警", "no alerts"),
                height=8,
            )
        )
        .with_row(pen.row(("考核指标", "KPIs")))
        .with_panel(
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
        .with_panel(
            pen.number(
                ("完好率", "Intact"),
                "sum(nanxi:cameras_intact) / sum(nanxi:cameras_judged)",
                unit="percentunit",
                steps=HIGH,
                decimals=2,
                about=(
                    "在线，图像各项不低于 60 分，OSD 正确。",
                    "Online, every defect 60 or more, OSD right.",
                ),
            )
        )
        .with_panel(
            pen.number(
                ("录像完整率（昨日）", "Completeness (yesterday)"),
                'sum(nanxi:recording_covered_seconds{day="yesterday"}) '
                '/ sum(nanxi:recording_planned_seconds{day="yesterday"})',
                unit="percentunit",
                steps=COMPLETE,
                decimals=2,
            )
        )
        .with_panel(
            pen.number(
                ("时钟合格率", "Clocks"),
                "sum(nanxi:cameras_clock_right) / sum(nanxi:cameras_clock_known)",
                unit="percentunit",
                steps=HIGH,
                decimals=2,
                about=("偏差 5 秒以内。", "Within 5 s."),
            )
        )
        .with_panel(
            pen.number(
                ("调阅成功率（24 小时）", "Call-ups (24 h)"),
                "sum(nanxi:call_ups_good) / sum(nanxi:call_ups)",
                unit="percentunit",
                steps=HIGH,
                decimals=2,
            )
        )
        .with_panel(
            pen.number(
                ("应在线摄像机", "Cameras due"),
                "sum(nanxi:cameras_due)",
                about=("在用、试运行、已验收。", "Installed, in trial or accepted."),
            )
        )
        .with_panel(
            pen.map(
                ("各单位在线率", "Online by unit"),
                f"max by (unit, unit_name) (nanxi:unit_online_ratio {NAMED})",
                f"max by (unit, unit_name) (nanxi:unit_latitude_degrees {NAMED})",
                f"max by (unit, unit_name) (nanxi:unit_longitude_degrees {NAMED})",
                about=("每个单位一个点。", "One marker a unit."),
            )
        )
        .with_panel(
            pen.table(
                ("各单位", "Units"),
                {
                    "A": f"max by (unit, unit_name) (nanxi:unit_online_ratio {NAMED})",
                    "B": f"max by (unit, unit_name) (nanxi:unit_intact_ratio {NAMED})",
                    "C": f'max by (unit, unit_name) (nanxi:unit_completeness_ratio{{day="yesterday"}} {NAMED})',
                    "D": f"max by (unit, unit_name) (nanxi:unit_clock_ratio {NAMED})",
                    "E": f"sum by (unit, unit_name) (nanxi:devices_down {NAMED})",
                },
                {
                    "unit_name": ("单位", "unit"),
                    "unit": ("代号", "key"),
                    "A": ("在线率", "online"),
                    "B": ("完好率", "intact"),
                    "C": ("录像完整率", "completeness"),
                    "D": ("时钟", "clocks"),
                    "E": ("失联", "down"),
                },
                units=dict.fromkeys("ABCD", "percentunit"),
                steps={**dict.fromkeys("ABCD", HIGH), "E": NONE},
                links={"unit_name": unit},
                span=12,
                height=14,
            )
        )
        .with_row(pen.row(("四级平台与趋势", "Tiers and trends")))
        .with_panel(
            pen.bars(
                ("各级平台设备在用数", "Devices in use by tier"),
                "count by (tier) (nanxi_device_info and on (device) nanxi_device_due == 1)",
                "{{tier}}",
                steps=((None, BLUE),),
                span=6,
            )
        )
        .with_panel(
            pen.lines(
                ("分类在线率", "Online by class"),
                {
                    "{{class}}": "sum by (class) (nanxi:cameras_online) / sum by (class) (nanxi:cameras_judged)"
                },
                unit="percentunit",
                limit=((None, "transparent"), (0.95, RED)),
                high=1,
                span=9,
            )
        )
        .with_panel(
            pen.lines(
                ("失联设备", "Devices down"),
                {"{{kind}}": "sum by (kind) (nanxi:devices_down)"},
                low=0,
                span=9,
            )
        )
    )
