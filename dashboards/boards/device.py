"""One device: who it is, the path to it, what it says, its call-ups and recordings."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.boards.pen import GREY, HIGH, RED, YELLOW, Pen
from dashboards.boards.unit import STATES


def board(pen: Pen) -> Dashboard:
    """Return the dashboard."""
    return (
        pen.board(
            "device", ("设备", "Device"), ("一台设备和通往它的路径。", "One device and the path to it.")
        )
        .with_variable(pen.choice("device", ("设备", "Device"), "label_values(nanxi_device_info, device)"))
        .with_row(pen.row(("它是谁", "Who it is")))
        .with_panel(
            pen.table(
                ("台账", "Register"),
                {
                    "A": "max by (device, name, code, vendor, model, unit, class, network, state, switch, switch_port, "
                    'recorder, encoder) (nanxi_device_info{device="$device"})'
                },
                {
                    "name": ("名称", "name"),
                    "code": ("国标编码", "code"),
                    "vendor": ("厂商", "vendor"),
                    "model": ("型号", "model"),
                    "unit": ("单位", "unit"),
                    "class": ("类别", "class"),
                    "network": ("网络", "network"),
                    "state": ("状态", "state"),
                    "switch": ("交换机", "switch"),
                    "switch_port": ("端口", "port"),
                    "recorder": ("录像机", "recorder"),
                },
                span=24,
                height=4,
            )
        )
        .with_panel(
            pen.table(
                ("设备自报", "What it says of itself"),
                {
                    "A": "max by (manufacturer, model, firmware, serial_number, mac) "
                    '(nanxi_device_identity_info{device="$device"})'
                },
                {
                    "manufacturer": ("厂商", "maker"),
                    "model": ("型号", "model"),
                    "firmware": ("固件", "firmware"),
                    "serial_number": ("序列号", "serial number"),
                    "mac": ("MAC", "MAC"),
                },
                none=("设备未提供", "not told"),
                span=12,
                height=4,
            )
        )
        .with_panel(
            pen.table(
                ("与台账不同的方面", "Differs from the register in"),
                {"A": 'sum by (aspect) (nanxi_device_drift{device="$device"})'},
                {"aspect": ("方面", "aspect"), "A": ("字段数", "fields")},
                none=("与台账一致", "as declared"),
                span=12,
                height=4,
            )
        )
        .with_row(pen.row(("路径：本机 → 端口 → 交换机", "Path: device, port, switch")))
        .with_panel(
            pen.timeline(
                ("本机状态", "The device"),
                'nanxi:device_state{device="$device"}',
                "{{device}}",
                STATES,
                height=4,
            )
        )
        .with_panel(
            pen.timeline(
                ("所接端口", "Its port"),
                'nanxi:device_port_up{device="$device"}',
                "{{switch}} {{switch_port}}",
                {"0": (("断开", "down"), RED), "1": (("连通", "up"), "green")},
                about=("没有交换机数据时为空。", "Empty where the switch tells nothing."),
                height=4,
            )
        )
        .with_panel(
            pen.timeline(
                ("所接交换机", "Its switch"),
                'nanxi:device_switch_state{device="$device"}',
                "{{switch}}",
                STATES,
                height=4,
            )
        )
        .with_row(pen.row(("调阅", "Call-up")))
        .with_panel(
            pen.lines(
                ("三段时延", "Three parts of a call-up"),
                {"{{phase}}": 'nanxi_rtsp_call_up_seconds{device="$device"}'},
                unit="s",
                limit=((None, "transparent"), (4, RED)),
                low=0,
                span=8,
            )
        )
        .with_panel(
            pen.lines(
                ("码率", "Bit rate"),
                {"B/s": 'nanxi_rtsp_receive_bytes_per_second{device="$device"}'},
                unit="Bps",
                low=0,
                span=8,
            )
        )
        .with_panel(
            pen.lines(
                ("丢包率", "Packets lost"),
                {"%": 'nanxi_rtsp_packets_lost_ratio{device="$device"}'},
                unit="percentunit",
                limit=((None, "transparent"), (0.001, YELLOW)),
                low=0,
                span=8,
            )
        )
        .with_row(pen.row(("录像、时钟、图像", "Recording, clock, picture")))
        .with_panel(
            pen.number(
                ("录像完整率（昨日）", "Completeness (yesterday)"),
                'nanxi_recording_completeness_ratio{device="$device", stream="main", day="yesterday"}',
                unit="percentunit",
                steps=HIGH,
            )
        )
        .with_panel(
            pen.number(
                ("最早录像", "Oldest footage"),
                'time() - nanxi_recording_oldest_timestamp_seconds{device="$device", stream="main"}',
                unit="s",
                steps=((None, GREY),),
            )
        )
        .with_panel(
            pen.number(
                ("最新录像距今", "Newest footage"),
                'nanxi_recording_newest_age_seconds{device="$device", stream="main"}',
                unit="s",
                steps=((None, "green"), (60, YELLOW), (180, RED)),
            )
        )
        .with_panel(
            pen.lines(
                ("时钟偏差", "Clock offset"),
                {"s": 'nanxi_device_clock_offset_seconds{device="$device"}'},
                unit="s",
                span=12,
            )
        )
        .with_panel(
            pen.bars(
                ("图像质量（0 最差，100 最好）", "Picture (0 worst, 100 best)"),
                'nanxi_vqd_score{device="$device"} <= 100',
                "{{defect}}",
                steps=((None, RED), (60, YELLOW), (80, "green")),
                high=100,
                span=12,
            )
        )
    )
