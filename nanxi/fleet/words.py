"""What operators read of a run, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from nanxi.devices.outcome import Verdict

Language = Literal["zh", "en"]

#: Verdicts in the order of the summary's columns.
VERDICTS: Mapping[Language, Mapping[Verdict, str]] = {
    "zh": {
        Verdict.DECLARED: "符合",
        Verdict.DRIFTED: "偏差",
        Verdict.CHANGED: "已改",
        Verdict.NOT_APPLIED: "未生效",
        Verdict.UNREACHABLE: "不可达",
        Verdict.REFUSED: "拒绝",
        Verdict.LOCKED: "锁定",
        Verdict.HOSTILE: "异常",
        Verdict.FAILED: "失败",
    },
    "en": {
        Verdict.DECLARED: "declared",
        Verdict.DRIFTED: "differs",
        Verdict.CHANGED: "changed",
        Verdict.NOT_APPLIED: "not applied",
        Verdict.UNREACHABLE: "unreachable",
        Verdict.REFUSED: "refused",
        Verdict.LOCKED: "locked",
        Verdict.HOSTILE: "hostile",
        Verdict.FAILED: "failed",
    },
}

WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "unit": "单位",
        "total": "合计",
        "county": "全县",
        "summary": "分单位汇总",
        "surveyed": "已巡读",
        "more": "另有 {count} 台未逐一列出（加 -v 全部列出）",
    },
    "en": {
        "unit": "unit",
        "total": "total",
        "county": "county",
        "summary": "Summary by unit",
        "surveyed": "surveyed",
        "more": "{count} more are not listed (-v lists all)",
    },
}
