"""What a person reads of a reconciliation, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

from nanxi.fleet.reconcile import Disagreement, Matter, Overview
from nanxi.fleet.words import Language

TITLES: Mapping[Language, tuple[str, str]] = {
    "zh": ("登记与录像机核对", "录像机概况"),
    "en": ("Register against recorders", "Recorders"),
}
COLUMNS: Mapping[Language, tuple[str, ...]] = {
    "zh": ("录像机", "通道", "摄像机", "问题", "登记", "设备", "说明"),
    "en": ("recorder", "channel", "camera", "matter", "register", "device", "reason"),
}
OVERVIEW: Mapping[Language, tuple[str, ...]] = {
    "zh": ("录像机", "登记通道", "实有通道", "在线", "录像", "完好硬盘", "硬盘", "剩余GB", "最早录像"),
    "en": (
        "recorder",
        "declared",
        "present",
        "online",
        "recording",
        "disks ok",
        "disks",
        "free GB",
        "earliest",
    ),
}
MATTERS: Mapping[Language, Mapping[Matter, str]] = {
    "zh": {
        Matter.MISSING: "未接入",
        Matter.EXTRA: "多余通道",
        Matter.ADDRESS: "地址不符",
        Matter.NAME: "名称不符",
        Matter.RECORDING: "录像状态不符",
        Matter.RETENTION: "保存天数不符",
        Matter.ONLINE: "通道离线",
        Matter.ENABLED: "通道停用",
        Matter.LOGIN: "接入账号不符",
        Matter.HTTP_PORT: "访问端口不符",
        Matter.RTSP_PORT: "RTSP端口不符",
        Matter.SOURCE: "源通道号不符",
        Matter.DISK: "硬盘异常",
        Matter.NO_DISK: "无硬盘",
        Matter.NOT_SHOWN: "通道不可读",
        Matter.NOT_READ: "设备未能读取",
    },
    "en": {matter: matter.value for matter in Matter},
}


#: Findings' reasons are the plan's, in English; a person needs no more than the matter itself for these.
_SAID_BY_ITSELF = frozenset({Matter.EXTRA, Matter.ONLINE, Matter.DISK, Matter.NO_DISK})


def row(one: Disagreement, language: Language) -> tuple[str, ...]:
    """Return a finding's cells, under ``COLUMNS``."""
    channel = str(one.channel or "") or one.disk
    reason = "" if language == "zh" and one.matter in _SAID_BY_ITSELF else one.reason
    return (one.recorder, channel, one.camera, MATTERS[language][one.matter], one.register, one.found, reason)


def overview_row(one: Overview) -> tuple[str, ...]:
    """Return a recorder's cells, under ``OVERVIEW``; what it does not tell stays empty."""
    free = None if one.free_gb is None else round(one.free_gb)
    numbers = (one.declared, one.present, one.online, one.recording, one.disks_ok, one.disks, free)
    return (one.recorder, *("" if number is None else str(number) for number in numbers), one.earliest)
