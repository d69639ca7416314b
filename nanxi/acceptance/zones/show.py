"""The result of a run for a person at a terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from nanxi.acceptance.verdict import Verdict
from nanxi.acceptance.zones import report, words
from nanxi.acceptance.zones.judge import differences
from nanxi.acceptance.zones.matrix import matrix
from nanxi.acceptance.zones.model import Result
from nanxi.fleet.words import Language

LANGUAGE: Language = "en" if os.environ.get("NANXI_LANG") == "en" else "zh"
TITLE = {"zh": "分区互通：行为发起方，列为应答方", "en": "Zones: rows begin, columns answer"}


def grid(results: Sequence[Result]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return heads and rows of the matrix; columns are numbered, rows carry the number and the place's name."""
    shown = matrix(results)
    numbers = tuple(str(number) for number in range(1, len(shown.places) + 1))
    rows = [
        (
            f"{number} {origin}",
            *(
                words.SIGNS[cell.shade] if (cell := shown.cells.get((origin, goal))) else ""
                for goal in shown.places
            ),
        )
        for number, origin in zip(numbers, shown.places, strict=True)
    ]
    return ("", *numbers), rows


def lines(results: Sequence[Result], run: report.Run) -> Iterator[str]:
    """Yield what is said below the matrix: the differences, what is not proved, and the sum."""
    for result in differences(results):
        yield words.sentence(result, LANGUAGE)
    yield from run.failed.values()
    unproved: dict[str, int] = {}
    for result in results:
        if result.verdict is Verdict.COLLECTING:
            unproved[result.reason] = unproved.get(result.reason, 0) + 1
    for reason, times in unproved.items():
        yield f"{words.VERDICTS[LANGUAGE][Verdict.COLLECTING]}: {times} × {words.reason(reason, LANGUAGE)}"
    count = report.counts(results)
    seconds = (run.ended - run.began).total_seconds()
    if LANGUAGE == "zh":
        yield (
            f"探测 {len(results)} 次，用时 {seconds:.1f} 秒：符合 {count['pass']}，不符 {count['fail']}，待测 {count['collecting']}"
        )
    else:
        yield (
            f"{len(results)} probes in {seconds:.1f} s: {count['pass']} pass, {count['fail']} differ, "
            f"{count['collecting']} not proved"
        )
