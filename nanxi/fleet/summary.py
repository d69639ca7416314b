"""The closing summary of a run: how many devices of each unit are as declared, changed, unreachable, ..."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from io import StringIO

from nanxi.devices.outcome import Verdict
from nanxi.fleet.results import Result
from nanxi.fleet.words import VERDICTS, WORDS, Language

Tally = dict[str, Counter[str]]


class Summary:
    """Counts every device once, by what was last heard of it: a converge overrules the survey before it."""

    def __init__(self) -> None:
        self._verdicts: dict[str, tuple[str, str]] = {}
        self._declared: Counter[str] = Counter()

    def __bool__(self) -> bool:
        return bool(self._verdicts or self._declared)

    def add_survey(self, declared: Mapping[str, int], devices: Mapping[str, Result]) -> None:
        """Count what a survey found: of devices as declared it tells their number by unit, of all others the verdict."""
        self._declared.update(declared)
        for host, device in devices.items():
            self.add(device["unit"], host, device["verdict"])

    def add(self, unit: str, host: str, verdict: str) -> None:
        """Count one device."""
        self._verdicts[host] = (unit, verdict)

    def add_host(self, unit: str, host: str, recap: Mapping[str, int], *, check: bool) -> None:
        """Count a Linux host by Ansible's recap of it, unless something was heard of it already."""
        if host in self._verdicts:
            return
        verdict = Verdict.DRIFTED if check else Verdict.CHANGED
        if recap["unreachable"]:
            verdict = Verdict.UNREACHABLE
        elif recap["failures"]:
            verdict = Verdict.FAILED
        elif not recap["changed"]:
            verdict = Verdict.DECLARED
        self.add(unit, host, verdict)

    def tally(self) -> Tally:
        """Return the number of devices by unit and verdict, units in alphabetical order."""
        tally: Tally = {
            unit: Counter({Verdict.DECLARED.value: count}) for unit, count in self._declared.items()
        }
        for unit, verdict in self._verdicts.values():
            tally.setdefault(unit, Counter())[verdict] += 1
        return dict(sorted(tally.items()))

    def as_dict(self) -> dict[str, object]:
        """Return the counts by unit, and the verdict of every device that was not simply as declared, for programs."""
        return {
            "units": self.tally(),
            "devices": {host: verdict for host, (_, verdict) in sorted(self._verdicts.items())},
        }

    def text(self, language: Language, names: Mapping[str, str], width: int = 110) -> str:
        """Return the summary as a table; ``names`` are the units' names as people say them."""
        from rich.box import HORIZONTALS  # noqa: PLC0415 - 50 ms that only a fleet run needs
        from rich.console import Console  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415

        words, verdicts = WORDS[language], VERDICTS[language]
        tally = self.tally()
        table = Table(
            title=words["summary"],
            title_justify="left",
            box=HORIZONTALS,
            padding=(0, 1),
            collapse_padding=True,
        )
        table.add_column(words["unit"])
        for verdict in verdicts.values():
            table.add_column(verdict, justify="right")
        table.add_column(words["total"], justify="right")
        for unit, counts in tally.items():
            table.add_row(names.get(unit, unit), *_cells(counts))
        table.add_section()
        table.add_row(words["county"], *_cells(sum(tally.values(), Counter())))
        out = StringIO()
        Console(file=out, width=width).print(table)
        return out.getvalue()


def _cells(counts: Counter[str]) -> Iterable[str]:
    for verdict in Verdict:
        yield str(counts[verdict.value] or "·")
    yield str(counts.total())
