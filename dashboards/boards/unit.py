"""One unit: its KPIs, its devices with what is wrong, its recordings and clocks."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.boards.pen import COMPLETE, FEW, HIGH, PLAIN, Pen
from dashboards.boards.queries import troubled, worst
from dashboards.boards.tables import Column, table_of
from dashboards.boards.words import CAUSES, CLASSES, GAPS, KINDS, RED, STATES, plain

_CLOCK = 'abs(nanxi_device_clock_offset_seconds{unit="$unit"})'


def board(pen: Pen) -> Dashboard:
    """Return the dashboard."""
    made = pen.board(
        "unit", ("单位", "Unit"), ("一个派出所或大队的全部设备。", "All devices of one unit.")
    ).with_variable(pen.unit_choice())
    pen.traps(made, 'unit="$unit"')
    _kpis(pen, made)
    _devices(pen, made)
    return _recordings(pen, made)


def _kpis(pen: Pen, made: Dashboard) -> None:
    made.with_row(pen.row(("$unit：指标", "$unit: KPIs")))
    for title, query, steps in (
        (("在线率", "Online"), 'nanxi:unit_online_ratio{unit="$unit"}', HIGH),
        (("完好率", "Intact"), 'nanxi:unit_intact_ratio{unit="$unit"}', HIGH),
        (
            ("录像完整率（昨日）", "Completeness (yesterday)"),
            'nanxi:unit_completeness_ratio{unit="$unit", day="yesterday"}',
            COMPLETE,
        ),
        (("时钟合格率", "Clocks"), 'nanxi:unit_clock_ratio{unit="$unit"}', HIGH),
    ):
        made.with_panel(pen.number(title, query, unit="percentunit", steps=steps, decimals=1))
    made.with_panel(
        pen.number(("失联设备", "Devices down"), 'sum(nanxi:devices_down{unit="$unit"})', steps=FEW)
    )
    made.with_panel(
        pen.number(
            ("不计入（维修、拆除、规划）", "Left out (repair, retired, planned)"),
            'sum(nanxi:cameras_excluded{unit="$unit"}) or vector(0)',
            steps=PLAIN,
        )
    )


def _devices(pen: Pen, made: Dashboard) -> None:
    made.with_row(pen.row(("设备", "Devices")))
    made.with_panel(
        table_of(
            pen,
            ("不正常的设备", "Devices that are not right"),
            {
                "A": 'max by (device, name, kind, class, cause) ((nanxi:device_state{unit="$unit"} != 3) '
                "* on (device) group_left (cause) "
                '(nanxi:device_down_explained * 0 + 1 or on (device) label_replace(nanxi:device_state * 0 + 1, "cause", "", "", "")) '
                "* on (device) group_left (name) nanxi_device_info)"
            },
            {
                "device": Column(("设备", "device"), link=pen.to("device", device="device")),
                "name": ("名称", "name"),
                "kind": Column(("种类", "kind"), words=plain(KINDS), width=90),
                "class": Column(("类别", "class"), words=plain(CLASSES), width=80),
                "A": Column(("状态", "state"), words=STATES, width=90),
                "cause": Column(("上级原因", "cause above"), words=CAUSES),
            },
            none=("全部正常", "all right"),
            sort="A",
        )
    )
    made.with_panel(
        pen.timeline(
            ("出过问题的设备", "Devices that had trouble"),
            troubled('nanxi:device_state{unit="$unit"}', "device"),
            "{{device}}",
            STATES,
            about=(
                "只列选定时段内曾不正常的设备。灰色为未知：采集中断不等于正常。",
                "Only devices that were not right at some time. Grey is unknown: no data is not good news.",
            ),
            none=("选定时段内全部正常", "all were right all the time"),
            height=10,
        )
    )


def _recordings(pen: Pen, made: Dashboard) -> Dashboard:
    made.with_row(pen.row(("录像与时钟", "Recording and clocks")))
    made.with_panel(
        table_of(
            pen,
            ("录像缺失（昨日）", "Missing recordings (yesterday)"),
            {"A": 'sum by (device, cause) (nanxi_recording_gap_seconds{unit="$unit", day="yesterday"}) > 0'},
            {
                "device": Column(("设备", "device"), link=pen.to("device", device="device")),
                "cause": Column(("原因", "cause"), words=plain(GAPS)),
                "A": Column(("缺失时长（时:分:秒）", "missing (h:m:s)"), unit="dtdhms"),
            },
            none=("无缺失", "nothing missing"),
            sort="A",
            descending=True,
            span=12,
            height=8,
        )
    )
    return made.with_panel(
        pen.lines(
            ("时钟偏差最大的八台", "Eight clocks that are furthest off"),
            {"{{device}}": worst(_CLOCK, "device", f"avg_over_time({_CLOCK}[$__range:$__interval] @ end())")},
            unit="s",
            many=True,
            limit=((None, "transparent"), (5, RED)),
            low=0,
            span=12,
        )
    )
