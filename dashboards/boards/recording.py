"""Recorders: completeness by cause, disks and how long they last, retention against the promise."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.boards.pen import COMPLETE, GREY, NONE, RED, YELLOW, Pen
from dashboards.boards.queries import HERE

MAIN = f'stream="main", {HERE}'


def board(pen: Pen) -> Dashboard:
    """Return the dashboard."""
    return (
        pen.board(
            "recording",
            ("录像与存储", "Recording and storage"),
            ("缺了多少、为什么缺、还能存多久。", "What is missing and why, and how long the disks last."),
        )
        .with_variable(
            pen.choice("unit", ("单位", "Unit"), "label_values(nanxi_recording_bytes, unit)", many=True)
        )
        .with_row(pen.row(("完整率", "Completeness")))
        .with_panel(
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
        .with_panel(
            pen.number(
                ("正在停录", "Not recording now"),
                f"count(nanxi_recording_newest_age_seconds{{{MAIN}}} > 180 and on (device) nanxi_device_due == 1) "
                "or vector(0)",
                steps=NONE,
                span=6,
            )
        )
        .with_panel(
            pen.number(
                ("保存期不足", "Retention short"),
                f"count((time() - nanxi_recording_oldest_timestamp_seconds{{{MAIN}}}) "
                "< on (device) group_left () (nanxi_recording_retention_required_seconds - 86400)) or vector(0)",
                steps=((None, "green"), (1, YELLOW)),
                about=(
                    "含新装、尚未存满的摄像机。",
                    "Including young cameras that have not recorded so long.",
                ),
                span=6,
            )
        )
        .with_panel(
            pen.number(
                ("录像总量", "Footage"),
                f"sum(nanxi_recording_bytes{{{HERE}}})",
                unit="bytes",
                steps=((None, GREY),),
                span=6,
            )
        )
        .with_panel(
            pen.bars(
                ("昨日缺失时长按原因", "Missing yesterday by cause"),
                f'sum by (cause) (nanxi:recording_gap_seconds{{day="yesterday", {HERE}}})',
                "{{cause}}",
                unit="s",
                steps=((None, YELLOW),),
                span=8,
            )
        )
        .with_panel(
            pen.table(
                ("昨日完整率最低的摄像机", "Least complete cameras of yesterday"),
                {
                    "A": "bottomk(20, max by (device, unit, class) "
                    f'(nanxi_recording_completeness_ratio{{day="yesterday", {MAIN}}}))'
                },
                {
                    "device": ("设备", "device"),
                    "unit": ("单位", "unit"),
                    "class": ("类别", "class"),
                    "A": ("完整率", "completeness"),
                },
                units={"A": "percentunit"},
                steps={"A": COMPLETE},
                span=16,
                height=8,
            )
        )
        .with_row(pen.row(("存储", "Storage")))
        .with_panel(
            pen.lines(
                ("录像盘剩余", "Free space"),
                {
                    "{{instance}} {{path}}": "nanxi_recording_filesystem_free_bytes / nanxi_recording_filesystem_bytes"
                },
                unit="percentunit",
                limit=((None, "transparent"), (0.05, RED)),
                low=0,
                high=1,
            )
        )
        .with_panel(
            pen.lines(
                ("按近三日趋势，录像盘写满还有", "Full at the trend of three days in"),
                {
                    "{{instance}} {{path}}": "nanxi_recording_filesystem_free_bytes "
                    "/ (-deriv(nanxi_recording_filesystem_free_bytes[3d]) > 0)"
                },
                unit="s",
                low=0,
                none=("剩余空间没有减少", "free space does not shrink"),
                about=(
                    "存满后最早的录像按期删除，剩余空间不再减少。",
                    "Once full, the oldest footage is deleted in time and free space no longer shrinks.",
                ),
            )
        )
        .with_panel(
            pen.lines(
                ("最早录像（天数最少的十台）", "Oldest footage, ten shortest"),
                {"{{device}}": f"bottomk(10, time() - nanxi_recording_oldest_timestamp_seconds{{{MAIN}}})"},
                unit="s",
                low=0,
            )
        )
        .with_panel(
            pen.table(
                ("异常的硬盘", "Disks that are not healthy"),
                {"A": "max by (device, unit, part) (nanxi_storage_ok == 0)"},
                {"device": ("设备", "device"), "unit": ("单位", "unit"), "part": ("部件", "part")},
                none=("没有异常", "none"),
                span=12,
                height=8,
            )
        )
    )
