"""What was received (pure): counts by device and trap, and what was dropped.

A sender can invent OIDs without end, so that a device has at most so many names; the rest is counted as dropped.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import yaml

from exporters.probe import identity
from exporters.signals import Sample, Samples
from nanxi.register.model import Device

_NAMES_PER_DEVICE = 50
#: Notifications of one device per second, and how many may come at once: a switch whose cables are pulled sends one a port.
RATE, BURST = 10.0, 200.0


@cache
def names() -> Mapping[str, str]:
    """Return the name of each known notification by OID."""
    return dict(yaml.safe_load((Path(__file__).parent / "names.yml").read_text("utf-8")))


class Book:
    """Counts since the process started."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._seen: dict[str, Counter[tuple[str, str]]] = {}
        self._last: dict[tuple[str, str], float] = {}
        self._allowed: dict[str, tuple[float, float]] = {}  # tokens left, when
        self.dropped: Counter[str] = Counter()

    def admit(self, host: str) -> bool:
        """Return whether another notification of this device may be looked at now."""
        now = self._now()
        tokens, then = self._allowed.get(host, (BURST, now))
        tokens = min(BURST, tokens + max(0.0, now - then) * RATE)
        self._allowed[host] = (max(0.0, tokens - 1), now)
        if tokens < 1:
            self.dropped["flood"] += 1
        return tokens >= 1

    def take(self, host: str, name: str, form: str) -> None:
        """Count a notification by its name, or its OID where it has none; ``form`` is trap or inform."""
        seen = self._seen.setdefault(host, Counter())
        if (name, form) not in seen and len(seen) >= _NAMES_PER_DEVICE:
            self.dropped["too_many_names"] += 1
            return
        seen[name, form] += 1
        self._last[host, name] = self._now()

    def samples(self, devices: Mapping[str, Device]) -> list[Sample]:
        """Return everything; devices that left the register are passed over."""
        found: list[Sample] = []
        for host, seen in self._seen.items():
            if device := devices.get(host):
                samples = Samples(identity(device))
                for (name, form), count in seen.items():
                    samples.add("nanxi_traps_total", count, trap=name, form=form)
                    samples.add("nanxi_trap_last_timestamp_seconds", self._last[host, name], trap=name)
                found += samples
        dropped = Samples()
        for reason, count in self.dropped.items():
            dropped.add("nanxi_traps_dropped_total", count, reason=reason)
        return [*found, *dropped]
