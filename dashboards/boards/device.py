"""One device: who it is, the path to it, what it says, its call-ups and recordings."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.boards.pen import COMPLETE, PLAIN, Pen
from dashboards.boards.tables import Column, table_of
from dashboards.boards.words import (
    ASPECTS,
    CLASSES,
    DEFECTS,
    GREEN,
    GREY,
    LIFE,
    LINK,
    NETWORKS,
    PHASES,
    RED,
    STATES,
    YELLOW,
    plain,
)


def board(pen: Pen) -> Dashboard:
    """Return the dashboard."""
    made = pen.board(
        "device", ("设备", "Device"), ("一台设备和通往它的路径。", "One device and the path to it.")
    ).with_variable(pen.choice("device", ("设备", "Device"), "label_values(nanxi_device_info, device)"))
    pen.traps(made, 'device="$device"')
    _path(pen, made)
    _who(pen, made)
    _call_up(pen, made)
    return _recording(pen, made)


def _path(pen: Pen, made: Dashboard) -> None:
    made.with_row(pen.row(("$device：本机 → 端口 → 交换机", "$device: device, port, switch")))
    made.with_panel(
        pen.timeline(
            ("本机状态", "The device"),
            'nanxi:device_state{device="$device"}',
            "{{device}}",
            STATES,
            span=8,
            height=4,
        )
    )
    made.with_panel(
        pen.timeline(
            ("所接端口", "Its port"),
            'nanxi:device_port_up{device="$device"}',
            "{{switch_port}}",
            LINK,
            about=("没有交换机数据时为空。", "Empty where the switch tells nothing."),
            none=("交换机没有数据", "the switch tells nothing"),
            span=8,
            height=4,
        )
    )
    made.with_panel(
        pen.timeline(
            ("所接交换机", "Its switch"),
            'nanxi:device_switch_state{device="$device"}',
            "{{switch}}",
            STATES,
            none=("台账未填交换机", "the register names no switch"),
            span=8,
            height=4,
        )
    )


def _who(pen: Pen, made: Dashboard) -> None:
    made.with_row(pen.row(("它是谁", "Who it is")))
    made.with_panel(
        table_of(
            pen,
            ("台账", "Register"),
            {
                "A": "max by (name, code, vendor, model, unit, class, network, state, switch, switch_port, recorder) "
                '(nanxi_device_info{device="$device"})'
            },
            {
                "name": Column(("名称", "name"), width=260),
                "code": Column(("国标编码", "code"), width=210),
                "vendor": ("厂商", "vendor"),
                "model": Column(("型号", "model"), width=170),
                "unit": Column(("单位", "unit"), link=pen.to("unit", unit="unit")),
                "class": Column(("类别", "class"), words=plain(CLASSES)),
                "network": Column(("网络", "network"), words=plain(NETWORKS), width=160),
                "state": Column(("状态", "state"), words=plain(LIFE)),
                "switch": Column(("交换机", "switch"), link=pen.to("device", device="switch"), width=140),
                "switch_port": Column(("端口", "port"), width=200),
                "recorder": Column(
                    ("录像机", "recorder"), link=pen.to("device", device="recorder"), width=140
                ),
            },
            none=("台账没有这台设备", "the register does not know it"),
            height=4,
        )
    )
    made.with_panel(
        table_of(
            pen,
            ("设备自报", "What it says of itself"),
            {
                "A": "max by (manufacturer, model, firmware, serial_number, mac) "
                '(nanxi_device_identity_info{device="$device"})'
            },
            {
                "manufacturer": ("厂商", "maker"),
                "model": ("型号", "model"),
                "firmware": Column(("固件", "firmware"), width=230),
                "serial_number": ("序列号", "serial number"),
                "mac": Column(("MAC", "MAC"), width=170),
            },
            none=("设备未提供", "not told"),
            span=16,
            height=4,
        )
    )
    made.with_panel(
        table_of(
            pen,
            ("与台账不同的方面", "Differs from the register in"),
            {"A": 'sum by (aspect) (nanxi_device_drift{device="$device"}) > 0'},
            {
                "aspect": Column(("方面", "aspect"), words=plain(ASPECTS)),
                "A": ("字段数", "fields"),
            },
            none=("与台账一致", "as declared"),
            span=8,
            height=4,
        )
    )


def _call_up(pen: Pen, made: Dashboard) -> None:
    made.with_row(pen.row(("调阅", "Call-up")))
    made.with_panel(
        pen.lines(
            ("三段时延", "Three parts of a call-up"),
            {"{{phase}}": 'max by (phase) (nanxi_rtsp_call_up_seconds{device="$device"})'},
            unit="s",
            names=PHASES,
            limit=((None, "transparent"), (4, RED)),
            low=0,
            span=8,
        )
    )
    made.with_panel(
        pen.lines(
            ("调阅码率", "Bit rate of the call-up"),
            {pen.say(("码率", "bit rate")): '8 * max(nanxi_rtsp_receive_bytes_per_second{device="$device"})'},
            unit="bps",
            low=0,
            span=8,
        )
    )
    made.with_panel(
        pen.lines(
            ("丢包率", "Packets lost"),
            {pen.say(("丢包率", "lost")): 'max(nanxi_rtsp_packets_lost_ratio{device="$device"})'},
            unit="percentunit",
            limit=((None, "transparent"), (0.001, YELLOW)),
            low=0,
            soft_high=0.01,
            span=8,
        )
    )


def _recording(pen: Pen, made: Dashboard) -> Dashboard:
    made.with_row(pen.row(("录像、时钟、图像", "Recording, clock, picture")))
    made.with_panel(
        pen.number(
            ("录像完整率（昨日）", "Completeness (yesterday)"),
            'nanxi_recording_completeness_ratio{device="$device", stream="main", day="yesterday"}',
            unit="percentunit",
            steps=COMPLETE,
            decimals=1,
            none=("昨日无应录时段", "nothing due yesterday"),
            span=8,
        )
    )
    made.with_panel(
        pen.number(
            ("录像保存", "Footage kept"),
            '(time() - nanxi_recording_oldest_timestamp_seconds{device="$device", stream="main"}) / 86400',
            unit=pen.say(("suffix: 天", "suffix: days")),
            decimals=1,
            steps=PLAIN,
            none=("没有录像", "no footage"),
            span=8,
        )
    )
    made.with_panel(
        pen.number(
            ("最新录像距今（时:分:秒）", "Newest footage, h:m:s ago"),
            'nanxi_recording_newest_age_seconds{device="$device", stream="main"}',
            unit="dtdhms",
            steps=((None, GREY), (0, GREEN), (60, YELLOW), (180, RED)),
            none=("没有录像", "no footage"),
            span=8,
        )
    )
    made.with_panel(
        pen.lines(
            ("时钟偏差", "Clock offset"),
            {pen.say(("偏差", "offset")): 'nanxi_device_clock_offset_seconds{device="$device"}'},
            unit="s",
            span=12,
        )
    )
    return made.with_panel(
        pen.bars(
            ("图像质量（0 最差，100 最好）", "Picture (0 worst, 100 best)"),
            'sort(nanxi_vqd_score{device="$device"} <= 100)',
            "{{defect}}",
            names=DEFECTS,
            steps=((None, RED), (60, YELLOW), (80, "green")),
            none=("没有图像得分", "not scored"),
            high=100,
            span=12,
        )
    )
