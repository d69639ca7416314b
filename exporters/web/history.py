"""The last probes, for people: what was asked, how it ended, and the log; failures are kept longer than successes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import count

from exporters.probe import Result
from nanxi.register.model import Device


@dataclass(frozen=True, slots=True)
class Remembered:
    """One probe."""

    number: int
    module: str
    host: str
    result: Result


class History:
    """Holds the last ``size`` probes that did well and the last ``size`` that did not."""

    def __init__(self, size: int) -> None:
        self._numbers = count(1)
        self._kept: dict[bool, deque[Remembered]] = {good: deque(maxlen=size) for good in (True, False)}

    def add(self, module: str, device: Device, result: Result) -> None:
        """Remember a probe."""
        one = Remembered(next(self._numbers), module, device.host, result)
        self._kept[result.verdict.success is True].append(one)

    def all(self) -> list[Remembered]:
        """Return what is kept, newest first."""
        return sorted((one for kept in self._kept.values() for one in kept), key=lambda one: -one.number)

    def get(self, number: int) -> Remembered | None:
        """Return one probe."""
        return next((one for one in self.all() if one.number == number), None)
