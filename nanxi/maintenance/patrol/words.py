"""What a person reads of a patrol, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

from nanxi.fleet.words import Language
from nanxi.maintenance.patrol.judge import Matter, Remedy, Severity, Trouble

TITLE: Mapping[Language, str] = {"zh": "主机巡检", "en": "Patrol of hosts"}
COLUMNS: Mapping[Language, tuple[str, ...]] = {
    "zh": ("级别", "主机", "问题", "对象", "实测", "可自动处理"),
    "en": ("severity", "host", "matter", "subject", "found", "remedy"),
}
SUMMARY: Mapping[Language, str] = {
    "zh": "巡检{hosts}台，{troubles}个问题（严重{critical}），自动处理{mended}台",
    "en": "{hosts} hosts, {troubles} troubles ({critical} critical), {mended} hosts mended",
}
SEVERITIES: Mapping[Language, Mapping[Severity, str]] = {
    "zh": {Severity.CRITICAL: "严重", Severity.WARNING: "警告", Severity.NOTICE: "提示"},
    "en": {severity: severity.name.lower() for severity in Severity},
}
MATTERS: Mapping[Language, Mapping[Matter, str]] = {
    "zh": {
        Matter.UNREACHABLE: "不可达",
        Matter.NOT_RECORDING: "未在录像",
        Matter.UNIT_FAILED: "服务失败",
        Matter.DISK_FULL: "磁盘将满",
        Matter.INODES: "索引节点将尽",
        Matter.CLOCK_OFF: "时钟偏差",
        Matter.CLOCK_ALONE: "时钟未同步",
        Matter.RULES_ON_TRIAL: "防火墙规则待确认",
        Matter.RULES_NOT_KEPT: "防火墙规则未生效或未保存",
        Matter.MEMORY: "内存不足",
        Matter.VERSION: "版本不一致",
        Matter.REBOOTED: "近期重启",
    },
    "en": {matter: matter.value for matter in Matter},
}
REMEDIES: Mapping[Language, Mapping[Remedy | None, str]] = {
    "zh": {Remedy.RESTART: "重启服务", Remedy.VACUUM: "清理日志", None: ""},
    "en": {Remedy.RESTART: "restart", Remedy.VACUUM: "vacuum the journal", None: ""},
}


def row(one: Trouble, language: Language) -> tuple[str, ...]:
    """Return a trouble's cells, under ``COLUMNS``."""
    return (
        SEVERITIES[language][one.severity],
        one.host,
        MATTERS[language][one.matter],
        one.subject,
        one.value,
        REMEDIES[language][one.remedy],
    )
