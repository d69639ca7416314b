"""Series as functions of time: written at once as a past for promtool, or scraped as the present."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from exporters.signals import Identity, Samples
from exporters.signals.sample import number

#: A value, or the value at a UNIX time; None is no sample.
Value = float | Callable[[float], float | None]


@dataclass(frozen=True, slots=True)
class Series:
    """``head`` is the metric's name with all labels."""

    head: str
    value: Value

    @property
    def name(self) -> str:
        """The metric's name."""
        return self.head.partition("{")[0]

    def at(self, when: float) -> float | None:
        """Return the value at a UNIX time."""
        value = self.value(when) if callable(self.value) else self.value
        return None if value is None else float(value)


class Drawing:
    """Collects series, checked against the catalogue of signals, as an exporter of one station would expose them."""

    def __init__(self, instance: str, identity: Identity | None = None) -> None:
        self._identity = identity
        self._scraped = f'job="nanxi",instance="{instance}"'
        self.series: list[Series] = []

    def add(self, name: str, value: Value, /, **labels: str) -> None:
        """Add a series; names and labels that the catalogue does not have are refused."""
        made = Samples(self._identity)
        made.add(name, 0, **labels)
        self.take(made, value)

    def take(self, samples: Iterable[object], value: Value | None = None) -> None:
        """Add what an exporter emitted, as constants or with a value of its own."""
        for sample in samples:
            head, _, constant = sample.line.rpartition(" ")  # type: ignore[attr-defined]
            name, labels = head[:-1].split("{", 1)
            scraped = f"{labels},{self._scraped}" if labels else self._scraped
            self.series.append(Series(f"{name}{{{scraped}}}", float(constant) if value is None else value))


def exposition(series: Iterable[Series], when: float) -> bytes:
    """Return what a scrape at ``when`` finds."""
    lines: dict[str, list[str]] = {}
    for one in series:
        value = one.at(when)
        if value is not None:
            lines.setdefault(one.name, []).append(f"{one.head} {number(value)}")
    return "".join("\n".join(rows) + "\n" for rows in lines.values()).encode()


def openmetrics(series: Iterable[Series], times: Sequence[float], into: TextIO) -> int:
    """Write the series at ``times`` for ``promtool tsdb create-blocks-from openmetrics``; return how many samples."""
    count = 0
    for one in series:
        for when in times:
            value = one.at(when)
            if value is not None:
                into.write(f"{one.head} {value} {when:.0f}\n")
                count += 1
    into.write("# EOF\n")
    return count
