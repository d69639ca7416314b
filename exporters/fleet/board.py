"""The last result of every device and module, and its text for Prometheus. Old values are never shown as new ones."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from exporters.probe import Result, Verdict, told
from exporters.signals import Identity, Samples

#: Intervals after which a result is no longer believed.
BELIEVED_INTERVALS = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One result as it is served: lines are rendered once, when the device was probed."""

    ended: float
    verdict: Verdict
    lines: tuple[tuple[str, str], ...]  # (signal, line)


class Board:
    """Results of one module.

    Args:
        module: its name.
        interval_s: seconds from probe to probe; three of them without a result are "unknown".
        now: Unix time.
    """

    def __init__(self, module: str, interval_s: float, now: Callable[[], float] = time.time) -> None:
        self.module = module
        self._believed_s = interval_s * BELIEVED_INTERVALS
        self._now = now
        self._identities: dict[str, Identity] = {}
        self._entries: dict[str, Entry] = {}
        self._failing: dict[str, float] = {}

    def set_devices(self, identities: Iterable[Identity]) -> None:
        """Say which devices there are; results of others are forgotten."""
        self._identities = {identity.device: identity for identity in identities}
        self._entries = {host: one for host, one in self._entries.items() if host in self._identities}
        self._failing = {host: since for host, since in self._failing.items() if host in self._identities}

    def put(self, host: str, result: Result) -> None:
        """Replace a device's result as a whole: nothing of the one before remains."""
        if identity := self._identities.get(host):
            samples = told(self.module, identity, result)
            if result.verdict.success is False:
                since = self._failing.setdefault(host, result.ended)
                samples.add("nanxi_probe_failing_since_timestamp_seconds", since, module=self.module)
            else:
                self._failing.pop(host, None)
            lines = tuple((sample.signal.name, sample.line) for sample in samples)
            self._entries[host] = Entry(result.ended, result.verdict, lines)

    def verdict(self, host: str) -> Verdict:
        """Return how a device fared last, UNKNOWN when that is too long ago."""
        entry = self._entries.get(host)
        return entry.verdict if entry and self._age(entry) <= self._believed_s else Verdict.UNKNOWN

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield signal and line of everything that is to be shown now."""
        for host, identity in self._identities.items():
            entry = self._entries.get(host)
            extra = Samples(identity)
            extra.add(
                "nanxi_probe_age_seconds", self._age(entry) if entry else float("inf"), module=self.module
            )
            if entry and self._age(entry) <= self._believed_s:
                yield from entry.lines
            else:
                extra.add("nanxi_probe_verdict", 1, module=self.module, verdict=Verdict.UNKNOWN.value)
            for sample in extra:
                yield sample.signal.name, sample.line

    def _age(self, entry: Entry) -> float:
        """Seconds since the result; a clock that was set back makes none negative."""
        return max(0.0, self._now() - entry.ended)


def grouped(parts: Iterable[Iterable[tuple[str, str]]]) -> dict[str, list[str]]:
    """Return lines by signal: the text format wants each metric in one block."""
    groups: dict[str, list[str]] = defaultdict(list)
    for part in parts:
        for name, line in part:
            groups[name].append(line)
    return groups
