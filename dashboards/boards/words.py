"""What values of labels and metrics are called: words for people, colours where a value asks for action."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

#: Chinese, English.
Text = tuple[str, str]
#: Value -> what it is called, and its colour; "" is the colour of text.
Words = Mapping[str, tuple[Text, str]]

GREEN, YELLOW, RED, GREY, BLUE = "green", "#EAB839", "red", "#8e8e8e", "blue"

_ALERTS = Path(__file__).resolve().parents[1] / "alerts"


def plain(words: Mapping[str, Text]) -> Words:
    """Return words without colours."""
    return {value: (text, "") for value, text in words.items()}


#: Value of nanxi:device_state (rules/states.yml).
STATES: Words = {
    "0": (("失联", "down"), RED),
    "1": (("调阅失败", "no picture"), YELLOW),
    "2": (("占满", "busy"), "#5794F2"),
    "3": (("正常", "up"), GREEN),
    "4": (("未知", "unknown"), GREY),
}
LINK: Words = {"0": (("断开", "down"), RED), "1": (("连通", "up"), GREEN)}
MONITORED: Words = {"0": (("中断", "broken"), RED), "1": (("正常", "working"), GREEN)}
#: Label cause of nanxi:device_down_explained.
CAUSES: Words = {
    "unit": (("单位失联", "unit cut off"), RED),
    "uplink": (("上联中断", "uplink down"), RED),
    "switch": (("交换机失联", "switch down"), RED),
    "suspected": (("疑似交换机", "switch suspected"), YELLOW),
    "encoder": (("编码器失联", "encoder down"), YELLOW),
    "port": (("端口断开", "port down"), YELLOW),
}
KINDS = {
    "cameras": ("摄像机", "cameras"),
    "encoders": ("编码器", "encoders"),
    "hosts": ("主机", "hosts"),
    "nvrs": ("录像机", "recorders"),
    "switches": ("交换机", "switches"),
}
CLASSES = {
    "1": ("一类", "class 1"),
    "2": ("二类", "class 2"),
    "3": ("三类", "class 3"),
    "vehicle": ("车载", "vehicle"),
    "internal": ("内部", "internal"),
}
TIERS = {
    "1": ("一级（市）", "1 city"),
    "2": ("二级（县）", "2 county"),
    "3": ("三级（所）", "3 station"),
    "4": ("四级（基层）", "4 grassroots"),
}
NETWORKS = {
    "police": ("公安视频信息网", "police"),
    "public": ("社会治安视频信息网", "public"),
    "standalone": ("不联网", "standalone"),
}
LIFE = {
    "planned": ("规划中", "planned"),
    "installed": ("已安装", "installed"),
    "trial": ("试运行", "trial"),
    "accepted": ("已验收", "accepted"),
    "repair": ("维修", "repair"),
    "retired": ("拆除", "retired"),
}
PHASES = {
    "signalling": ("信令", "signalling"),
    "first_packet": ("首包", "first packet"),
    "key_frame": ("首个关键帧", "first key frame"),
}
DEFECTS = {
    "signal_loss": ("信号丢失", "signal loss"),
    "black": ("黑屏", "black"),
    "frozen": ("冻结", "frozen"),
    "blurred": ("模糊", "blurred"),
    "dark": ("过暗", "dark"),
    "bright": ("过亮", "bright"),
    "colour_cast": ("偏色", "colour cast"),
    "snow": ("雪花", "snow"),
    "occluded": ("遮挡", "occluded"),
    "scene_change": ("场景变更", "scene changed"),
}
#: Causes of gaps (nanxi.recording.events).
GAPS = {
    "maintenance": ("施工维护", "maintenance"),
    "host-down": ("录像主机停机", "host down"),
    "disk": ("磁盘故障", "disk"),
    "clock": ("时钟错误", "clock"),
    "unauthorised": ("口令被拒", "password refused"),
    "refused": ("设备拒绝连接", "refused"),
    "stalled": ("码流停滞", "stream stalled"),
    "camera-unreachable": ("摄像机不可达", "camera unreachable"),
    "not-due": ("尚未开始录像", "not due yet"),
    "deleted": ("到期删除", "deleted in time"),
    "unknown": ("原因不明", "unknown"),
}
ASPECTS = {
    "identity": ("身份", "identity"),
    "clock": ("时钟", "clock"),
    "hostname": ("设备名", "host name"),
    "dns": ("域名服务器", "DNS"),
    "network": ("网络", "network"),
    "users": ("账号", "users"),
    "encoders": ("编码", "encoders"),
    "osd": ("字符叠加", "OSD"),
    "services": ("服务", "services"),
    "channels": ("通道", "channels"),
    "recording": ("录像", "recording"),
    "disks": ("硬盘", "disks"),
    "platform": ("平台", "platform"),
}
#: Alerts whose summary does not begin with a name and a colon.
_OTHER_ALERTS = {
    "RegisterBroken": ("台账有错", "register broken"),
    "TrapsFromStranger": ("来历不明的陷阱", "traps from strangers"),
    "StationSilent": ("所端无指标上报", "station silent"),
    "RulesFailing": ("告警规则出错", "rules fail"),
    "ConfigurationNotLoaded": ("新配置未载入", "configuration not loaded"),
    "SamplesDropped": ("指标丢失", "samples dropped"),
}


def alerts() -> dict[str, Text]:
    """Return what alerts are called: their summaries up to the colon, so that a new alert has its name at once."""
    named = dict(_OTHER_ALERTS)
    for file in sorted(_ALERTS.glob("*.yml")):
        for group in yaml.safe_load(file.read_text("utf-8"))["groups"]:
            for rule in group["rules"]:
                told = rule["annotations"]
                chinese = re.match(r"([^：{]+)：", told["summary"])
                english = re.match(r"([^:{]+):", told["summary_en"])
                if chinese and english:
                    named[rule["alert"]] = (chinese[1].strip(), english[1].strip())
    return named
