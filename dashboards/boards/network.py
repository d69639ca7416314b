"""Switches, ports, light and power; ports that are shut down on purpose are left out."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.boards.pen import FEW, NONE, PLAIN, Pen
from dashboards.boards.queries import HERE, troubled, worst
from dashboards.boards.tables import Column, table_of
from dashboards.boards.words import BLUE, KINDS, RED, STATES, YELLOW, plain

_TRAFFIC = f"nanxi:port_bits_per_second{{{HERE}}}"
_ERRORS = f"nanxi:port_errors_per_hour{{{HERE}}}"
_LIGHT = f"(nanxi_optic_receive_power_dbm{{{HERE}}} - on (device, port) nanxi_optic_receive_power_low_dbm)"
#: Ports of the register that should have a link. Nobody misses one in which nothing hangs.
_DOWN = (
    f'max by (switch, switch_port, device, name, kind) (nanxi_device_info{{switch!="", {HERE}}} '
    "and on (switch, switch_port) nanxi:port_down)"
)
_CHARGE = f"nanxi_ups_battery_charge_ratio{{{HERE}}}"


def board(pen: Pen) -> Dashboard:
    """Return the dashboard."""
    made = pen.board(
        "network",
        ("网络", "Network"),
        ("交换机、端口、光功率、PoE 与 UPS。", "Switches, ports, light, PoE and UPS."),
    ).with_variable(pen.unit_choice(many=True))
    pen.traps(made, HERE)
    _numbers(pen, made)
    _ports(pen, made)
    return _light_and_power(pen, made)


def _numbers(pen: Pen, made: Dashboard) -> None:
    made.with_row(pen.row(("交换机", "Switches")))
    for title, query, steps, about in (
        (
            ("在用交换机", "Switches in use"),
            f'count(nanxi_device_due{{kind="switches", {HERE}}} == 1)',
            PLAIN,
            ("", ""),
        ),
        (
            ("失联交换机", "Switches down"),
            f'count(nanxi:device_down{{kind="switches", {HERE}}}) or vector(0)',
            NONE,
            ("", ""),
        ),
        (
            ("断开的端口", "Ports down"),
            f"count({_DOWN}) or vector(0)",
            FEW,
            (
                "台账接有设备而未连通的端口。",
                "Without a link although the register has a device there.",
            ),
        ),
        (
            ("光功率过低", "Light too weak"),
            f"count({_LIGHT} < 0) or vector(0)",
            FEW,
            ("低于光模块自报的下限。", "Below the module's own limit."),
        ),
        (("PoE 故障", "PoE faults"), f"sum(nanxi_port_poe_fault{{{HERE}}}) or vector(0)", FEW, ("", "")),
        (
            ("台账外设备", "Strangers"),
            f"count(nanxi:port_strangers{{{HERE}}}) or vector(0)",
            NONE,
            (
                "学到的 MAC 多于台账的端口，上联和级联口除外。",
                "Ports that learned more MACs than the register knows, uplinks aside.",
            ),
        ),
    ):
        made.with_panel(pen.number(title, query, steps=steps, about=about))
    made.with_panel(
        pen.timeline(
            ("出过问题的交换机", "Switches that had trouble"),
            troubled(f'nanxi:device_state{{kind="switches", {HERE}}}', "device"),
            "{{device}}",
            STATES,
            about=("只列选定时段内曾不正常的交换机。", "Only switches that were not right at some time."),
            none=("选定时段内全部正常", "all were right all the time"),
            span=10,
        )
    )
    made.with_panel(
        table_of(
            pen,
            ("断开的端口与所接设备", "Ports that are down, and what hangs on them"),
            {"A": _DOWN},
            {
                "switch": Column(("交换机", "switch"), link=pen.to("device", device="switch")),
                "switch_port": ("端口", "port"),
                "device": Column(("所接设备", "device"), link=pen.to("device", device="device")),
                "kind": Column(("种类", "kind"), words=plain(KINDS), width=90),
                "name": ("名称", "name"),
            },
            none=("没有断开的端口", "no port is down"),
            sort="switch",
            span=14,
            height=8,
        )
    )


def _ports(pen: Pen, made: Dashboard) -> None:
    made.with_row(pen.row(("端口", "Ports")))
    made.with_panel(
        pen.lines(
            ("流量最大的八个端口", "Eight busiest ports"),
            {
                "{{device}} {{port}}": worst(
                    _TRAFFIC, "device, port", f"avg_over_time({_TRAFFIC}[$__range] @ end())"
                )
            },
            unit="bps",
            many=True,
            low=0,
        )
    )
    made.with_panel(
        pen.lines(
            ("错包最多的八个端口（每小时）", "Eight ports with most errors, an hour"),
            {
                "{{device}} {{port}}": worst(
                    _ERRORS, "device, port", f"sum_over_time({_ERRORS}[$__range] @ end())"
                )
            },
            many=True,
            low=0,
            none=("没有错包", "no errors"),
        )
    )


def _light_and_power(pen: Pen, made: Dashboard) -> Dashboard:
    made.with_row(pen.row(("光与电", "Light and power")))
    made.with_panel(
        pen.bars(
            ("光功率余量最小的八个端口", "Eight ports with least light to spare"),
            f"sort(bottomk(8, {_LIGHT}))",
            "{{device}} {{port}}",
            unit="dB",
            steps=((None, RED), (0, YELLOW), (3, BLUE)),
            about=("接收功率高出光模块下限的分贝数。", "Decibels above the module's own limit."),
            none=("没有光模块数据", "no optics"),
            decimals=1,
            span=10,
        )
    )
    made.with_panel(
        pen.bars(
            ("PoE 使用率最高的八台", "Eight switches with most PoE in use"),
            f"sort_desc(topk(8, nanxi_poe_used_watts{{{HERE}}} / on (device, part) nanxi_poe_budget_watts))",
            "{{device}} {{part}}",
            unit="percentunit",
            steps=((None, BLUE), (0.8, YELLOW), (0.9, RED)),
            none=("没有 PoE 数据", "no PoE"),
            decimals=0,
            high=1,
            span=7,
        )
    )
    return made.with_panel(
        pen.lines(
            ("电量最低的五台 UPS", "Five UPSs with least charge"),
            {
                "{{device}}": worst(
                    _CHARGE, "device", f"min_over_time({_CHARGE}[$__range] @ end())", count=5, least=True
                )
            },
            unit="percentunit",
            high=1,
            low=0,
            none=("没有 UPS 数据", "no UPS"),
            span=7,
        )
    )
