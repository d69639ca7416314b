"""Recorders: completeness by cause, disks and how long they last, retention against the promise."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.boards.pen import COMPLETE, FEW, NONE, PLAIN, Pen
from dashboards.boards.queries import HERE, worst
from dashboards.boards.tables import Column, table_of
from dashboards.boards.words import CLASSES, GAPS, MONITORED, RED, YELLOW, plain

MAIN = f'stream="main", {HERE}'
_KEPT = f"((time() - nanxi_recording_oldest_timestamp_seconds{{{MAIN}}}) / 86400)"
_FREE = "nanxi_recording_filesystem_free_bytes"
_SIZE = "nanxi_recording_filesystem_bytes"


def board(pen: Pen) -> Dashboard:
    """Return the dashboard."""
    made = pen.board(
        "recording",
        ("录像与存储", "Recording and storage"),
        ("缺了多少、为什么缺、还能存多久。", "What is missing and why, and how long the disks last."),
    ).with_variable(pen.unit_choice(many=True))
    _completeness(pen, made)
    _gates(pen, made)
    return _storage(pen, made)


def _completeness(pen: Pen, made: Dashboard) -> None:
    made.with_row(pen.row(("完整率", "Completeness")))
    made.with_panel(
        pen.number(
            ("正在停录", "Not recording now"),
            f"count(nanxi_recording_newest_age_seconds{{{MAIN}}} > 180 and on (device) nanxi_device_due == 1) "
            "or vector(0)",
            steps=NONE,
            about=("三分钟没有新录像的摄像机。", "Cameras without new footage for three minutes."),
            span=6,
        )
    )
    made.with_panel(
        pen.number(
            ("录像完整率（昨日）", "Completeness (yesterday)"),
            f'sum(nanxi:recording_covered_seconds{{day="yesterday", {HERE}}}) '
            f'/ sum(nanxi:recording_planned_seconds{{day="yesterday", {HERE}}})',
            unit="percentunit",
            steps=COMPLETE,
            decimals=2,
            span=6,
        )
    )
    made.with_panel(
        pen.number(
            ("保存期不足", "Retention short"),
            f"count((time() - nanxi_recording_oldest_timestamp_seconds{{{MAIN}}}) "
            "< on (device) group_left () (nanxi_recording_retention_required_seconds - 86400)) or vector(0)",
            steps=FEW,
            about=("含新装、尚未存满的摄像机。", "Including young cameras that have not recorded so long."),
            span=6,
        )
    )
    made.with_panel(
        pen.number(
            ("录像总量", "Footage"),
            f"sum(nanxi_recording_bytes{{{HERE}}})",
            unit="decbytes",
            decimals=1,
            steps=PLAIN,
            span=6,
        )
    )
    made.with_panel(
        pen.bars(
            ("昨日缺失时长按原因（时:分:秒）", "Missing yesterday by cause (h:m:s)"),
            f'sort_desc(sum by (cause) (nanxi:recording_gap_seconds{{day="yesterday", {HERE}}}) > 0)',
            "{{cause}}",
            names=GAPS,
            unit="dtdhms",
            steps=((None, YELLOW),),
            none=("无缺失", "nothing missing"),
            span=8,
        )
    )
    made.with_panel(
        table_of(
            pen,
            ("昨日完整率最低的摄像机", "Least complete cameras of yesterday"),
            {
                "A": "bottomk(20, max by (device, unit, class) "
                f'(nanxi_recording_completeness_ratio{{day="yesterday", {MAIN}}})) < 1'
            },
            {
                "device": Column(("设备", "device"), link=pen.to("device", device="device")),
                "unit": Column(("单位", "unit"), link=pen.to("unit", unit="unit")),
                "class": Column(("类别", "class"), words=plain(CLASSES)),
                "A": Column(("完整率", "completeness"), unit="percentunit", steps=COMPLETE, decimals=1),
            },
            none=("没有不完整的", "none incomplete"),
            sort="A",
            span=16,
            height=8,
        )
    )


def _gates(pen: Pen, made: Dashboard) -> None:
    made.with_row(pen.row(("取流网关", "Gates")))
    made.with_panel(
        table_of(
            pen,
            (
                "录像主机的取流网关（无图像多的在前）",
                "Gates of the recorder hosts, most cameras without picture first",
            ),
            {
                "A": "max by (instance) (nanxi_gate_up)",
                "B": "max by (instance) (nanxi_gate_cameras)",
                "C": "max by (instance) (nanxi_gate_cameras - nanxi_gate_playing_cameras)",
            },
            {
                "instance": ("录像主机", "host"),
                "A": Column(("网关", "gate"), words=MONITORED),
                "B": Column(("摄像机", "cameras"), decimals=0),
                "C": Column(("无图像", "without picture"), steps=((None, ""), (1, YELLOW)), decimals=0),
            },
            about=(
                "录像和调阅都经网关取流，每路摄像机只占一个会话。",
                "Recordings and call-ups come through the gate, which holds one session a camera.",
            ),
            sort="C",
            descending=True,
            height=6,
        )
    )


def _storage(pen: Pen, made: Dashboard) -> Dashboard:
    days = pen.say(("suffix: 天", "suffix: days"))
    made.with_row(pen.row(("存储", "Storage")))
    made.with_panel(
        table_of(
            pen,
            ("录像盘（剩余少的在前）", "Disks, the fullest first"),
            {
                "A": f"max by (instance, path) ({_FREE} / {_SIZE})",
                "B": f"max by (instance, path) ({_FREE})",
                "C": f"max by (instance, path) ({_SIZE})",
                "D": f"max by (instance, path) ({_FREE} / (-deriv({_FREE}[3d]) > 0)) / 86400",
            },
            {
                "instance": Column(("录像主机", "host"), width=220),
                "path": ("路径", "path"),
                "A": Column(
                    ("剩余比例", "free"),
                    unit="percentunit",
                    steps=((None, RED), (0.05, YELLOW), (0.08, "")),
                    decimals=1,
                ),
                "B": Column(("剩余", "bytes free"), unit="decbytes", decimals=1),
                "C": Column(("容量", "size"), unit="decbytes", decimals=0),
                "D": Column(
                    ("按近三日趋势还能写", "full in"),
                    unit=days,
                    decimals=1,
                    width=190,
                ),
            },
            about=(
                "存满后最早的录像按期删除，剩余空间不再减少，不再有“还能写”。",
                "Once full, the oldest footage is deleted in time, free space no longer shrinks, and nothing is forecast.",
            ),
            sort="A",
            span=14,
            height=10,
        )
    )
    made.with_panel(
        table_of(
            pen,
            ("异常的硬盘", "Disks that are not healthy"),
            {"A": f"max by (device, unit, part) (nanxi_storage_ok{{{HERE}}} == 0)"},
            {
                "device": Column(("设备", "device"), link=pen.to("device", device="device")),
                "unit": Column(("单位", "unit"), link=pen.to("unit", unit="unit")),
                "part": ("部件", "part"),
            },
            none=("没有异常", "none"),
            span=10,
            height=10,
        )
    )
    made.with_panel(
        pen.lines(
            ("剩余最少的五个录像盘", "Five fullest disks"),
            {
                "{{instance}} {{path}}": worst(
                    f"{_FREE} / {_SIZE}",
                    "instance, path",
                    f"{_FREE} @ end() / {_SIZE} @ end()",
                    count=5,
                    least=True,
                )
            },
            unit="percentunit",
            limit=((None, "transparent"), (0.05, RED)),
            low=0,
        )
    )
    return made.with_panel(
        pen.bars(
            ("保存天数最少的十台", "Ten that keep least footage"),
            f"sort(bottomk(10, {_KEPT}))",
            "{{device}}",
            unit=days,
            steps=((None, YELLOW), (30, "green")),
            about=("规定 30 天。含新装、尚未存满的摄像机。", "30 days are required. Young cameras included."),
            none=("没有录像", "no footage"),
            decimals=1,
        )
    )
