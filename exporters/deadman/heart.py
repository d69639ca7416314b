"""When the monitoring counts as dead (pure).

Alertmanager goes on repeating an alert for up to four minutes after Prometheus has died (Prometheus gives every alert an
end four resend delays ahead), so that a message alone proves Alertmanager only. The Watchdog alert carries the second of
its evaluation as annotation ``beat``: a beat is a message with another second than the one before. Only that it changes
counts, so the clocks of the two hosts need not agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Event(StrEnum):
    """What a person is told of a path."""

    STOPPED = "stopped"
    BACK = "back"


@dataclass(slots=True)
class Heart:
    """One path. It is taken to beat when the switch starts: who never calls is noticed like one who stopped.

    Args:
        within_s: seconds without a new beat that are one too many.
        repeat_s: seconds after which a silence is told again.
        last: when it beat last, on the clock of ``now``.
    """

    within_s: float
    repeat_s: float
    last: float
    _mark: str | None = None
    _told: float | None = None

    def beat(self, mark: str | None, now: float) -> bool:
        """Take in a message; return whether it is a beat. Without a mark every message is one."""
        if mark is not None and mark == self._mark:
            return False
        self._mark, self.last = mark, now
        return True

    def age(self, now: float) -> float:
        """Return the seconds since the last beat."""
        return now - self.last

    def look(self, now: float) -> Iterator[Event]:
        """Yield what is to be told now, each thing once."""
        silent = self.age(now) > self.within_s
        if silent and (self._told is None or now - self._told >= self.repeat_s):
            self._told = now
            yield Event.STOPPED
        elif not silent and self._told is not None:
            self._told = None
            yield Event.BACK
