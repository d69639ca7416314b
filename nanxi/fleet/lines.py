"""One device in one line, for operators (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nanxi.devices.outcome import Verdict
from nanxi.fleet.results import Result
from nanxi.fleet.words import VERDICTS, WORDS, Language


def described(host: str, result: Result, language: Language) -> Iterator[str]:
    """Yield a line with the verdict and its reason or fields, then one for each finding."""
    verdict = VERDICTS[language][Verdict(result["verdict"])]
    detail = result["reason"] or ", ".join(result["fields"])
    yield f"{verdict}: [{host}] {detail}".rstrip()
    for finding in result["findings"]:
        yield f"  - {finding}"


def listed(devices: Mapping[str, Result], language: Language, limit: int | None) -> Iterator[str]:
    """Yield a line for each device that a survey did not find as declared, ``limit`` at most, then how many more."""
    for host in list(devices)[:limit]:
        yield from described(host, devices[host], language)
    if limit is not None and len(devices) > limit:
        yield WORDS[language]["more"].format(count=len(devices) - limit)
