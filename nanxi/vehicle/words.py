"""What people on board and at a depot read about vehicles, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Language = Literal["zh", "en"]

TITLES: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "status": "本车录像上传情况",
        "seen": "车辆到站情况",
        "flag": "已标记",
        "upload": "上传录像",
        "nothing": "没有待上传的录像",
        "out": "没有可连接的停车点",
    },
    "en": {
        "status": "Footage of this vehicle",
        "seen": "Vehicles seen at this depot",
        "flag": "Flagged",
        "upload": "Uploading",
        "nothing": "everything is at a depot",
        "out": "no depot is in reach",
    },
}
COLUMNS: Mapping[Language, Mapping[str, tuple[str, ...]]] = {
    "zh": {
        "status": ("项目", "内容"),
        "seen": ("车辆", "最近到站", "未上传时长", "未上传MB", "最早未上传", "时钟偏差秒", "车上丢失"),
        "flag": ("编号", "摄像机", "开始", "结束", "事由", "申请人"),
    },
    "en": {
        "status": ("what", "value"),
        "seen": (
            "vehicle",
            "last heard",
            "not uploaded",
            "MB",
            "oldest not uploaded",
            "clock off by s",
            "lost on board",
        ),
        "flag": ("id", "camera", "from", "until", "reason", "who"),
    },
}
ROWS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "waiting": "待上传文件",
        "bytes": "待上传MB",
        "oldest": "最早未上传",
        "flagged": "其中已标记",
        "confirmed": "停车点已确认文件",
        "visit": "最近到站",
        "problem": "问题",
        "refused": "被拒收",
        "spoiled": "与录制时不一致",
    },
    "en": {
        "waiting": "files not uploaded",
        "bytes": "MB not uploaded",
        "oldest": "oldest not uploaded",
        "flagged": "of these flagged",
        "confirmed": "files that a depot proved to have",
        "visit": "last visit",
        "problem": "problem",
        "refused": "refused",
        "spoiled": "changed since their closing",
    },
}
