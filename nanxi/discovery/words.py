"""What a person reads of a search, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from nanxi.discovery.model import Remark, Speaks, Verdict, Way

Language = Literal["zh", "en"]

VERDICTS: Mapping[Language, Mapping[Verdict, str]] = {
    "zh": {
        Verdict.KNOWN: "已登记",
        Verdict.MOVED: "地址已变",
        Verdict.UNKNOWN: "未登记",
        Verdict.SILENT: "无应答",
        Verdict.CONFLICT: "矛盾",
    },
    "en": {verdict: verdict.value for verdict in Verdict},
}

WAYS: Mapping[Language, Mapping[Way, str]] = {
    "zh": {Way.MAC: "MAC地址", Way.SERIAL: "出厂序列号", Way.CODE: "设备编码", Way.ADDRESS: "IP地址"},
    "en": {Way.MAC: "MAC", Way.SERIAL: "serial number", Way.CODE: "code", Way.ADDRESS: "address"},
}

SPEAKS: Mapping[Speaks, str] = {
    Speaks.WS_DISCOVERY: "WS-Discovery",
    Speaks.ONVIF: "ONVIF",
    Speaks.ISAPI: "ISAPI",
    Speaks.HTTP: "HTTP",
}

COLUMNS: Mapping[Language, tuple[str, ...]] = {
    "zh": ("结论", "主机", "地址", "端口", "协议", "厂商", "型号", "MAC地址", "出厂序列号", "依据", "说明"),
    "en": (
        "verdict",
        "host",
        "address",
        "port",
        "speaks",
        "vendor",
        "model",
        "MAC",
        "serial number",
        "by",
        "remarks",
    ),
}

TITLE: Mapping[Language, str] = {"zh": "设备发现", "en": "Discovery"}

SUMMARY: Mapping[Language, str] = {
    "zh": "搜索 {searched} 个地址：{counts}",
    "en": "{searched} addresses searched: {counts}",
}

REMARKS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "two-rows": "各项特征分属不同登记行：{rows}",
        "address-of-other": "{ways} 属于 {host}，而地址属于 {other}",
        "differs": "{host} 登记的{way}为 {register}，设备为 {device}",
        "answers-twice": "{host} 同时在 {others} 应答",
        "advertises-elsewhere": "自称地址为 {hosts}，不予采信",
        "advertises-port": "自称端口为 {ports}，未探测；确认后加 --port",
        "only-discovery": "仅应答 WS-Discovery，HTTP 端口无应答",
        "mac-differs": "自称 MAC 为 {told}，邻居表为 {seen}",
        "flood": "发来 {count} 个应答，只读取前 {read} 个",
        "hostile": "应答异常：{why}",
        "not-signed-in": "未能登录读取身份：{why}",
        "outside": "收到 {count} 个来自规划网段以外的数据报，未采信（{senders}）",
        "unread": "{sender} 的应答无法识别：{why}",
        "unasked": "收到 {count} 个与本次探测无关的数据报（{senders}）",
    },
    "en": {
        "two-rows": "what it shows belongs to different rows: {rows}",
        "address-of-other": "by {ways} it is {host}, by address {other}",
        "differs": "the {way} of {host} is {register} in the register, the device has {device}",
        "answers-twice": "{host} also answers at {others}",
        "advertises-elsewhere": "says that it is at {hosts}, which does not count",
        "advertises-port": "says that it has port {ports}, which was not tried; add --port if that is right",
        "only-discovery": "answers WS-Discovery only, nothing at its HTTP port",
        "mac-differs": "says that its MAC is {told}, the neighbour table has {seen}",
        "flood": "sent {count} answers, the first {read} were read",
        "hostile": "answers like no device: {why}",
        "not-signed-in": "its identity could not be read signed in: {why}",
        "outside": "{count} datagrams came from outside the zones and do not count ({senders})",
        "unread": "the answer of {sender} could not be read: {why}",
        "unasked": "{count} datagrams answer no question of ours ({senders})",
    },
}


def sentence(remark: Remark, language: Language) -> str:
    """Return a remark as a sentence."""
    about = {key: _spoken(key, value, language) for key, value in remark.about}
    return REMARKS[language][remark.key].format(**about)


def _spoken(key: str, value: str, language: Language) -> str:
    """Return a value as it stands in a sentence: ways of matching by their names, everything else as it is."""
    if key not in ("way", "ways"):
        return value
    both = "、" if language == "zh" else " and "
    return both.join(WAYS[language][Way(part)] for part in value.split(", "))
