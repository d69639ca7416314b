"""One device in one line, for operators (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from nanxi.devices.outcome import Verdict
from nanxi.fleet.results import WELL, Result
from nanxi.fleet.words import VERDICTS, WORDS, Language

#: So many fields are named one by one; ``--diff`` shows all of them with their values.
MANY = 4


def described(host: str, result: Result, language: Language) -> Iterator[str]:
    """Yield a line with the verdict and its reason or fields, then one for each finding."""
    verdict = Verdict(result["verdict"])
    fields = result["fields"]
    if len(fields) > MANY:
        counts = Counter(field.split(".")[0] for field in fields)
        fields = [f"{aspect} ({count})" if count > 1 else aspect for aspect, count in counts.items()]
    detail = ", ".join(fields) if verdict in WELL else result["reason"]
    yield f"{VERDICTS[language][verdict]}: [{host}] {detail}".rstrip()
    for finding in result["findings"]:
        yield f"  - {finding}"


def listed(devices: Mapping[str, Result], language: Language, limit: int | None) -> Iterator[str]:
    """Yield a line for each device that a survey did not find as declared, ``limit`` at most, then how many more."""
    for host in list(devices)[:limit]:
        yield from described(host, devices[host], language)
    if limit is not None and len(devices) > limit:
        yield WORDS[language]["more"].format(count=len(devices) - limit)
