"""A search as a table and as JSON (pure)."""

from __future__ import annotations

from typing import Any

from nanxi.discovery.model import Match, Remark, Report
from nanxi.discovery.words import SPEAKS, SUMMARY, VERDICTS, WAYS, Language, sentence


def rows(report: Report, language: Language) -> list[tuple[str, ...]]:
    """Return one line of cells a device, under ``words.COLUMNS``."""
    return [_row(match, language) for match in report.matches]


def summary(report: Report, language: Language) -> str:
    """Return the closing line."""
    counts = "，" if language == "zh" else ", "
    shown = counts.join(
        f"{VERDICTS[language][verdict]} {number}" for verdict, number in report.counts.items()
    )
    return SUMMARY[language].format(searched=report.searched, counts=shown)


def as_json(report: Report, language: Language) -> dict[str, Any]:
    """Return the report for ``--json``; remarks carry their key, their values and the sentence."""
    return {
        "searched": report.searched,
        "counts": {str(verdict): number for verdict, number in report.counts.items()},
        "devices": [_match(match, language) for match in report.matches],
        "remarks": [_remark(one, language) for one in report.notes],
    }


def _row(match: Match, language: Language) -> tuple[str, ...]:
    found = match.found
    remarks = (*match.conflicts, *(found.notes if found else ()))
    return (
        VERDICTS[language][match.verdict],
        match.host,
        str(found.address) if found else "",
        str(found.port or "") if found else "",
        "/".join(SPEAKS[one] for one in sorted(found.speaks)) if found else "",
        found.vendor if found else "",
        found.model if found else "",
        found.mac if found else "",
        found.serial_number if found else "",
        "/".join(WAYS[language][way] for way in sorted(match.ways)),
        ("；" if language == "zh" else "; ").join(sentence(one, language) for one in remarks),
    )


def _match(match: Match, language: Language) -> dict[str, Any]:
    found = match.found
    shown: dict[str, Any] = {
        "verdict": str(match.verdict),
        "host": match.host,
        "ways": sorted(map(str, match.ways)),
        "conflicts": [_remark(one, language) for one in match.conflicts],
    }
    if found is not None:
        shown["found"] = {
            "address": str(found.address),
            "port": found.port,
            "speaks": sorted(map(str, found.speaks)),
            "mac": found.mac,
            "serial_number": found.serial_number,
            "vendor": found.vendor,
            "model": found.model,
            "name": found.name,
            "codes": list(found.codes),
            "recorder": found.recorder,
            "remarks": [_remark(one, language) for one in found.notes],
        }
    return shown


def _remark(one: Remark, language: Language) -> dict[str, Any]:
    return {"key": one.key, **dict(one.about), "text": sentence(one, language)}
