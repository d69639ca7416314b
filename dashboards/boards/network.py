"""Switches, ports, light and power; ports that are shut down on purpose are left out."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.boards.pen import BLUE, GREY, NONE, RED, YELLOW, Pen
from dashboards.boards.queries import HERE
from dashboards.boards.unit import STATES

LIVE = "and on (device, port) (nanxi_port_admin_up == 1)"


def board(pen: Pen) -> Dashboard:
    """Return the dashboard."""
    return (
        pen.board(
            "network",
            ("网络", "Network"),
            ("交换机、端口、光功率、PoE 与 UPS。", "Switches, ports, light, PoE and UPS."),
        )
        .with_variable(
            pen.choice(
                "unit", ("单位", "Unit"), 'label_values(nanxi_device_info{kind="switches"}, unit)', many=True
            )
        )
        .with_row(pen.row(("交换机", "Switches")))
        .with_panel(
            pen.number(("交换机", "Switches"), f'count(nanxi_device_due{{kind="switches", {HERE}}} == 1)')
        )
        .with_panel(
            pen.number(
                ("失联交换机", "Switches down"),
                f'count(nanxi:device_down{{kind="switches", {HERE}}}) or vector(0)',
                steps=NONE,
            )
        )
        .with_panel(
            pen.number(
                ("断开的端口", "Ports down"),
                f"count(nanxi_port_up{{{HERE}}} == 0 {LIVE}) or vector(0)",
                steps=((None, GREY), (1, YELLOW)),
                about=("已启用而未连通的端口。", "Enabled and without a link."),
            )
        )
        .with_panel(
            pen.number(
                ("光功率偏低", "Weak light"),
                f"count(nanxi_optic_receive_power_dbm{{{HERE}}} "
                "< on (device, port) nanxi_optic_receive_power_low_dbm) or vector(0)",
                steps=NONE,
            )
        )
        .with_panel(
            pen.number(
                ("PoE 故障", "PoE faults"),
                f"sum(nanxi_port_poe_fault{{{HERE}}}) or vector(0)",
                steps=NONE,
            )
        )
        .with_panel(
            pen.number(
                ("台账外设备", "Strangers"),
                f"count(nanxi_port_macs{{{HERE}}} > on (device, port) "
                "count by (device, port) (nanxi_port_station_info)) or vector(0)",
                steps=NONE,
                about=("端口学到的 MAC 多于台账。", "Ports that learned more MACs than the register knows."),
            )
        )
        .with_panel(
            pen.timeline(
                ("交换机状态", "State of switches"),
                f'nanxi:device_state{{kind="switches", {HERE}}}',
                "{{device}}",
                STATES,
            )
        )
        .with_row(pen.row(("端口", "Ports")))
        .with_panel(
            pen.lines(
                ("流量最大的十个端口", "Ten busiest ports"),
                {
                    "{{device}} {{port}}": f"topk(10, rate(nanxi_port_receive_bytes_total{{{HERE}}}[$__rate_interval]) "
                    f"+ rate(nanxi_port_transmit_bytes_total{{{HERE}}}[$__rate_interval]))"
                },
                unit="Bps",
                low=0,
            )
        )
        .with_panel(
            pen.lines(
                ("错包", "Errors"),
                {
                    "{{device}} {{port}}": f"rate(nanxi_port_receive_errors_total{{{HERE}}}[$__rate_interval]) "
                    f"+ rate(nanxi_port_transmit_errors_total{{{HERE}}}[$__rate_interval]) > 0"
                },
                unit="pps",
                low=0,
                none=("没有错包", "no errors"),
            )
        )
        .with_panel(
            pen.table(
                ("断开的端口与所接设备", "Ports that are down, and what hangs on them"),
                {
                    "A": 'max by (switch, switch_port, device, name) (nanxi_device_info{switch!="", '
                    + HERE
                    + "} "
                    "and on (switch, switch_port) nanxi:port_down)"
                },
                {
                    "switch": ("交换机", "switch"),
                    "switch_port": ("端口", "port"),
                    "device": ("设备", "device"),
                    "name": ("名称", "name"),
                },
                none=("没有断开的端口", "no port is down"),
                span=12,
            )
        )
        .with_panel(
            pen.bars(
                ("PoE 使用率", "PoE in use"),
                f"nanxi_poe_used_watts{{{HERE}}} / on (device, part) nanxi_poe_budget_watts",
                "{{device}} {{part}}",
                unit="percentunit",
                steps=((None, BLUE), (0.8, YELLOW), (0.9, RED)),
                high=1,
                span=12,
                height=9,
            )
        )
        .with_row(pen.row(("光与电", "Light and power")))
        .with_panel(
            pen.lines(
                ("接收光功率", "Light received"),
                {"{{device}} {{port}}": f"nanxi_optic_receive_power_dbm{{{HERE}}}"},
                unit="dBm",
                none=("没有光模块数据", "no optics"),
            )
        )
        .with_panel(
            pen.lines(
                ("UPS 电量", "Charge of UPS"),
                {"{{device}}": f"nanxi_ups_battery_charge_ratio{{{HERE}}}"},
                unit="percentunit",
                high=1,
                low=0,
                none=("没有 UPS 数据", "no UPS"),
            )
        )
    )
