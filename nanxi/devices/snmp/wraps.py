"""32-bit counters made whole (pure): wraps are added up, a restart begins anew.

Prometheus takes a counter that falls for a restart and loses what was counted before the wrap. A camera's or recorder's
agent has no 64-bit counters, and 2^32 bytes are 5.7 minutes at 100 Mbit/s.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_WRAP = 2**32


@dataclass
class _Counter:
    raw: int
    total: int


@dataclass
class Unwrapper:
    """Running totals of one device's 32-bit counters, kept by the poller from poll to poll."""

    _uptime_s: float = 0.0
    _counters: dict[tuple[str, str], _Counter] = field(default_factory=dict)

    def began(self, uptime_s: float | None) -> None:
        """Begin a poll. An agent whose uptime fell has restarted, and its counters are at nought again."""
        if uptime_s is None or uptime_s < self._uptime_s:
            self._counters.clear()
        self._uptime_s = uptime_s or 0.0

    def total(self, port: str, name: str, raw: int) -> int:
        """Return the counter's running total after a reading of ``raw``."""
        known = self._counters.get((port, name))
        if known is None:
            self._counters[port, name] = _Counter(raw, raw)
            return raw
        known.total += (raw - known.raw) % _WRAP
        known.raw = raw
        return known.total


def ambiguous(speed_bytes_per_second: float | None, interval_s: float) -> bool:
    """Return whether a port may wrap twice between two polls, so that nothing tells how often it did."""
    return bool(speed_bytes_per_second and speed_bytes_per_second * interval_s >= _WRAP)
