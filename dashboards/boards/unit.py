"""One unit: its KPIs, its cameras with what is wrong, its network and recorders."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.boards.pen import GREY, HIGH, NONE, RED, YELLOW, Pen, Text

DEVICE = "/d/{board}?var-device=${{__data.fields.device}}&${{source:queryparam}}"

#: Value of nanxi:device_state -> word and colour (rules/states.yml).
STATES: dict[str, tuple[Text, str]] = {
    "0": (("失联", "down"), RED),
    "1": (("调阅失败", "no picture"), YELLOW),
    "2": (("占满", "busy"), "#5794F2"),
    "3": (("正常", "up"), "green"),
    "4": (("未知", "unknown"), GREY),
}


def board(pen: Pen) -> Dashboard:
    """Return the dashboard."""
    link = DEVICE.format(board="nanxi-device" if pen.language == "zh" else "nanxi-device-en")
    return (
        pen.board("unit", ("单位", "Unit"), ("一个派出所或大队的全部设备。", "All devices of one unit."))
        .with_variable(pen.choice("unit", ("单位", "Unit"), "label_values(nanxi_device_info, unit)"))
        .with_row(pen.row(("指标", "KPIs")))
        .with_panel(
            pen.number(
                ("在线率", "Online"), 'nanxi:unit_online_ratio{unit="$unit"}', unit="percentunit", steps=HIGH
            )
        )
        .with_panel(
            pen.number(
                ("完好率", "Intact"), 'nanxi:unit_intact_ratio{unit="$unit"}', unit="percentunit", steps=HIGH
            )
        )
        .with_panel(
            pen.number(
                ("录像完整率（昨日）", "Completeness (yesterday)"),
                'nanxi:unit_completeness_ratio{unit="$unit", day="yesterday"}',
                unit="percentunit",
                steps=HIGH,
            )
        )
        .with_panel(
            pen.number(
                ("时钟合格率", "Clocks"),
                'nanxi:unit_clock_ratio{unit="$unit"}',
                unit="percentunit",
                steps=HIGH,
            )
        )
        .with_panel(pen.number(("失联", "Down"), 'sum(nanxi:devices_down{unit="$unit"})', steps=NONE))
        .with_panel(
            pen.number(
                ("不计入", "Excluded"),
                'sum(nanxi:cameras_excluded{unit="$unit"}) or vector(0)',
                steps=((None, GREY),),
            )
        )
        .with_row(pen.row(("设备", "Devices")))
        .with_panel(
            pen.timeline(
                ("设备状态", "State of devices"),
                'nanxi:device_state{unit="$unit"}',
                "{{device}}",
                STATES,
                about=("灰色为未知：采集中断不等于正常。", "Grey is unknown: no data is not good news."),
                height=12,
            )
        )
        .with_panel(
            pen.table(
                ("不正常的设备", "Devices that are not right"),
                {
                    "A": 'max by (device, kind, class) (nanxi:device_state{unit="$unit"} != 3)',
                },
                {
                    "device": ("设备", "device"),
                    "kind": ("种类", "kind"),
                    "class": ("类别", "class"),
                    "A": ("状态", "state"),
                },
                words={"A": STATES},
                links={"device": link},
                none=("全部正常", "all right"),
                span=12,
            )
        )
        .with_panel(
            pen.table(
                ("失联原因", "Why they are down"),
                {"A": 'max by (device, kind, cause) (nanxi:device_down_explained{unit="$unit"})'},
                {"device": ("设备", "device"), "kind": ("种类", "kind"), "cause": ("原因", "cause")},
                words={
                    "cause": {
                        "unit": (("单位失联", "unit cut off"), RED),
                        "uplink": (("上联中断", "uplink"), RED),
                        "switch": (("交换机", "switch"), RED),
                        "suspected": (("疑似交换机", "switch suspected"), YELLOW),
                        "encoder": (("编码器", "encoder"), YELLOW),
                        "port": (("端口", "port"), YELLOW),
                    }
                },
                none=("无", "none"),
                span=12,
            )
        )
        .with_row(pen.row(("录像与时钟", "Recording and clocks")))
        .with_panel(
            pen.table(
                ("录像缺失（昨日）", "Missing recordings (yesterday)"),
                {
                    "A": 'sum by (device, cause) (nanxi_recording_gap_seconds{unit="$unit", day="yesterday"})',
                },
                {"device": ("设备", "device"), "cause": ("原因", "cause"), "A": ("缺失", "missing")},
                units={"A": "s"},
                none=("无缺失", "nothing missing"),
                span=12,
            )
        )
        .with_panel(
            pen.lines(
                ("时钟偏差最大的十台", "Ten clocks that are furthest off"),
                {"{{device}}": 'topk(10, abs(nanxi_device_clock_offset_seconds{unit="$unit"}))'},
                unit="s",
                limit=((None, "transparent"), (5, RED)),
                span=12,
            )
        )
    )
