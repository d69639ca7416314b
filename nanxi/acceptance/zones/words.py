"""What a person reads of the proof, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

from nanxi.acceptance.verdict import Verdict
from nanxi.acceptance.zones.matrix import Cell, Shade
from nanxi.acceptance.zones.model import Measured, Probe, Result, Trick
from nanxi.fleet.words import Language

VERDICTS: Mapping[Language, Mapping[Verdict, str]] = {
    "zh": {Verdict.PASS: "符合", Verdict.FAIL: "不符", Verdict.COLLECTING: "待测"},
    "en": {verdict: verdict.value for verdict in Verdict},
}
MEASURED: Mapping[Language, Mapping[Measured, str]] = {
    "zh": {
        Measured.OPEN: "通",
        Measured.ONE_WAY: "单向通",
        Measured.CLOSED: "不通",
        Measured.UNKNOWN: "未知",
    },
    "en": {measured: measured.value for measured in Measured},
}
TRICKS: Mapping[Language, Mapping[Trick, str]] = {
    "zh": {
        Trick.PLAIN: "直接访问",
        Trick.SPOOFED: "冒用地址",
        Trick.TAGGED: "带标签帧",
        Trick.DOUBLE_TAGGED: "双层标签帧",
        Trick.STRANGER: "换机接入",
    },
    "en": {trick: trick.value for trick in Trick},
}


def sentence(result: Result, language: Language) -> str:
    """Return one result in one line: who to whom by what, what was expected, measured, and where else it came out."""
    probe, words = result.probe, MEASURED[language]
    expected = words[Measured.OPEN if probe.flow else Measured.CLOSED]
    elsewhere = [spot for spot in result.arrived if spot != probe.goal.name]
    if language == "zh":
        because = f"（{probe.flow}）" if probe.flow else ""
        where = f"，出现在 {'、'.join(elsewhere)}" if elsewhere else ""
        return f"{path(probe, language)}：应{expected}{because}，实测{words[result.measured]}{where}"
    because = f" ({probe.flow})" if probe.flow else ""
    where = f" at {', '.join(elsewhere)}" if elsewhere else ""
    return f"{path(probe, language)}: expected {expected}{because}, measured {words[result.measured]}{where}"


def path(probe: Probe, language: Language) -> str:
    """Return who reaches for whom, by which door and how."""
    way = f"{probe.origin.name} -> {probe.goal.name} {probe.door}"
    if probe.trick is Trick.PLAIN:
        return way
    trick = TRICKS[language][probe.trick]
    claims = f" {probe.claims}" if probe.trick is Trick.SPOOFED else ""
    return f"{way} ({trick}{claims})" if language == "en" else f"{way}（{trick}{claims}）"


SIGNS: Mapping[Shade, str] = {
    Shade.DIFFERENT: "✗",
    Shade.COLLECTING: "?",
    Shade.OPEN: "●",
    Shade.CLOSED: "–",
}
LEGEND: Mapping[Language, Mapping[Shade, str]] = {
    "zh": {
        Shade.OPEN: "按流向表开通，实测一致",
        Shade.CLOSED: "应不通，实测不通",
        Shade.DIFFERENT: "与流向表不符",
        Shade.COLLECTING: "尚未证明",
    },
    "en": {
        Shade.OPEN: "open as declared",
        Shade.CLOSED: "closed as declared",
        Shade.DIFFERENT: "differs from the plan",
        Shade.COLLECTING: "not proved yet",
    },
}


def cell(one: Cell, language: Language) -> str:
    """Return a cell's content at length: the doors that should open, those that did, how many probes say so."""
    expected, measured = ", ".join(one.expected), ", ".join(one.measured)
    if language == "zh":
        return f"应通：{expected or '无'}；实测通：{measured or '无'}；探测 {one.probes} 次"
    return f"expected open: {expected or 'none'}; measured open: {measured or 'none'}; {one.probes} probes"


REASONS_ZH: Mapping[str, str] = {
    "answered": "对端应答",
    "connected": "对端其他程序应答",
    "arrived, no answer came back": "已到达对端，无应答",
    "not sent": "未能发出",
    "the port is taken by another program at the far end": "对端端口被其他程序占用",
    "no answer, and nobody recorded at the far end": "无应答，对端无人记录",
    "no answer, and the far end heard nothing at all": "无应答，且对端收不到任何报文",
    "nothing arrived": "对端未收到",
    "nothing proves that the probe is connected": "无法证明探测点已接通",
}


def reason(result_reason: str, language: Language) -> str:
    """Return why a verdict is as it is, in the reader's language."""
    return REASONS_ZH.get(result_reason, result_reason) if language == "zh" else result_reason
