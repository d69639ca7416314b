"""What a person reads of the proof, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

from nanxi.acceptance.verdict import Verdict
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
