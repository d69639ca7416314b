"""What a person reads about recordings, in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from nanxi.recording.events import Cause
from nanxi.recording.reconcile import Matter
from nanxi.recording.standing import Verdict

#: Not the fleet's: that would load every device driver, half a second on a host that has none.
Language = Literal["zh", "en"]

CAUSES: Mapping[Language, Mapping[Cause, str]] = {
    "zh": {
        Cause.MAINTENANCE: "计划检修",
        Cause.HOST_DOWN: "录像主机停机",
        Cause.DISK: "磁盘故障",
        Cause.CLOCK: "时钟异常",
        Cause.UNAUTHORISED: "口令被拒",
        Cause.REFUSED: "摄像机拒绝连接",
        Cause.STALLED: "码流中断",
        Cause.UNREACHABLE: "摄像机不可达",
        Cause.NOT_UPLOADED: "尚未上传（车上存有）",
        Cause.ELSEWHERE: "存于其他停车点",
        Cause.NOT_DUE: "尚未开始录像",
        Cause.DELETED: "到期删除",
        Cause.UNKNOWN: "原因不明",
    },
    "en": {cause: cause.value for cause in Cause},
}
VERDICTS: Mapping[Language, Mapping[Verdict, str]] = {
    "zh": {
        Verdict.KEPT: "达标",
        Verdict.COLLECTING: "积累中",
        Verdict.SHORT: "不足",
        Verdict.OVERDUE: "逾期未删",
        Verdict.NOTHING: "无录像",
    },
    "en": {verdict: verdict.value for verdict in Verdict},
}
MATTERS: Mapping[Language, Mapping[Matter, str]] = {
    "zh": {
        Matter.UNINDEXED: "文件未入索引",
        Matter.MISSING: "索引有、文件无",
        Matter.SIZE: "大小不符",
        Matter.STRANGER: "非录像文件",
        Matter.DUPLICATE: "重复文件",
        Matter.UNMOUNTED: "磁盘未挂载",
    },
    "en": {matter: matter.value for matter in Matter},
}
TITLES: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "list": "录像时段",
        "gaps": "录像缺失",
        "export": "导出录像",
        "holds": "录像保全",
        "log": "调取登记",
        "completeness": "录像完整率",
        "standing": "录像保存天数",
        "check": "文件与索引核对",
        "keep": "到期清理",
        "clock": "时钟",
        "cameras": "路摄像机",
        "recorded": "已录",
        "missing": "缺失",
        "total": "合计",
        "agrees": "与移交时一致",
        "whole": "登记完整",
    },
    "en": {
        "list": "Footage",
        "gaps": "Gaps",
        "export": "Exporting",
        "holds": "Holds",
        "log": "Retrievals",
        "completeness": "Completeness",
        "standing": "Kept against promised",
        "check": "Files against index",
        "keep": "Retention",
        "clock": "clock",
        "cameras": "cameras",
        "recorded": "recorded",
        "missing": "missing",
        "total": "total",
        "agrees": "as it was handed out",
        "whole": "the log is whole",
    },
}
COLUMNS: Mapping[Language, Mapping[str, tuple[str, ...]]] = {
    "zh": {
        "list": ("开始", "结束", "时长", "文件数", "大小MB", "编码", "时钟"),
        "gaps": ("开始", "结束", "时长", "原因", "说明"),
        "all_gaps": ("摄像机", "开始", "结束", "时长", "原因", "说明"),
        "export": ("文件", "开始", "结束", "时长", "SHA-256"),
        "holds": ("编号", "摄像机", "开始", "结束", "事由", "申请人", "解除"),
        "log": ("序号", "时间", "类别", "摄像机", "开始", "结束", "调取人", "单位", "事由"),
        "completeness": ("摄像机", "日期", "完整率", "已录", "应录", "文件数"),
        "standing": ("摄像机", "结论", "最早录像", "应存天数", "低于法定", "有保全"),
        "check": ("问题", "磁盘", "路径", "实际", "索引"),
        "keep": ("摄像机或磁盘", "结果", "数量"),
    },
    "en": {
        "list": ("from", "until", "length", "files", "MB", "codec", "clock"),
        "gaps": ("from", "until", "length", "cause", "detail"),
        "all_gaps": ("camera", "from", "until", "length", "cause", "detail"),
        "export": ("file", "from", "until", "length", "SHA-256"),
        "holds": ("id", "camera", "from", "until", "reason", "who", "released"),
        "log": ("number", "at", "kind", "camera", "from", "until", "who", "organisation", "reason"),
        "completeness": ("camera", "day", "complete", "recorded", "due", "files"),
        "standing": ("camera", "verdict", "oldest", "days promised", "below the law", "held"),
        "check": ("matter", "volume", "path", "found", "index"),
        "keep": ("camera or volume", "result", "count"),
    },
}
KINDS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "request": "申请",
        "handed-out": "移交",
        "failed": "未成",
        "hold": "保全",
        "release": "解除保全",
    },
    "en": {},
}
CLOCK: Mapping[Language, tuple[str, str]] = {
    "zh": ("已同步", "未同步"),
    "en": ("synchronised", "not synchronised"),
}
YES: Mapping[Language, tuple[str, str]] = {"zh": ("", "是"), "en": ("", "yes")}

#: What the keeper and the gate write beside a cause, in English as every log, and what people read of it. What is not
#: here stays as it was written.
_DETAILS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"^the host was down and has started again$", "主机停机后已重新启动"),
        (r"^the gate does not answer$", "视频转发服务无应答"),
        (r"^the gate does not know this camera$", "视频转发服务未配置该摄像机"),
        (r"^(\S+) is full$", r"磁盘 \1 已满"),
        (r"^(\S+) is not mounted.*$", r"磁盘 \1 未挂载"),
        (r"^the clock was set by (\S+) s$", r"时钟被调整 \1 秒"),
        (r"^the recorder wrote nothing for (\d+) s and was restarted$", r"录像进程 \1 秒无输出，已重启"),
        (r"^stalled: .*sends no picture for (\S+) s, and the connection stands$", r"连接正常，\1 秒无图像"),
        (r"^the stream left out pictures, and the connection stood$", "连接正常，码流中漏了画面"),
        (r"^ended: .*$", "摄像机断开了连接"),
        (r"^unreachable: .*$", "连接不上摄像机"),
        (r"^unauthorised: .*$", "摄像机拒绝了录像账号的口令"),
        (r"^busy: .*$", "摄像机的会话数已满"),
    )
)


def detail(text: str, language: Language) -> str:
    """Return what stands beside a cause, as people read it."""
    if language == "en":
        return text
    for pattern, chinese in _DETAILS:
        if pattern.match(text):
            return pattern.sub(chinese, text)
    return text


def length(ms: int, language: Language) -> str:
    """Return a length of time as people say it: hours, minutes, seconds."""
    hours, rest = divmod(round(ms / 1000), 3600)
    minutes, seconds = divmod(rest, 60)
    units = ("时", "分", "秒") if language == "zh" else (" h ", " min ", " s ")
    parts = [
        f"{number}{unit}" for number, unit in zip((hours, minutes, seconds), units, strict=True) if number
    ]
    return "".join(parts).strip() or f"0{units[2]}".rstrip()
