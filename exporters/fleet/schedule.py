"""When which device is probed (pure): spread over the interval by a stable hash, re-checked soon after a first failure."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from math import inf


def place(host: str, module: str) -> float:
    """Return where in the interval a device stands, 0 to 1. The same in every process and after every restart."""
    digest = hashlib.blake2b(f"{module}\0{host}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def first_due(host: str, module: str, interval_s: float, now: float) -> float:
    """Return the first moment at or after ``now`` that is the device's own, on the clock that ``now`` is of."""
    turn = now - (now % interval_s) + place(host, module) * interval_s
    return turn if turn >= now else turn + interval_s


class Agenda:
    """Who is due next. Devices may come and go while it runs; their places never move."""

    def __init__(self, module: str, interval_s: float, first_within_s: float | None = None) -> None:
        self.module = module
        self.interval_s = interval_s
        self._first_within_s = first_within_s
        self._heap: list[tuple[float, str]] = []
        self._regular: dict[str, float] = {}
        self._extra: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._regular)

    def set_hosts(self, hosts: Iterable[str], now: float) -> set[str]:
        """Take in new devices, drop those that are gone, and return the dropped ones."""
        wanted = set(hosts)
        gone = self._regular.keys() - wanted
        for host in gone:
            del self._regular[host]
            self._extra.pop(host, None)
        for host in wanted - self._regular.keys():
            due = first_due(host, self.module, self.interval_s, now)
            self._regular[host] = due
            heapq.heappush(self._heap, (due, host))
            if self._first_within_s is not None:  # nobody knows anything of it yet
                self.recheck(host, now + place(host, self.module) * self._first_within_s)
        return gone

    def next_due(self) -> float | None:
        """Return when the next turn is; None when there are no devices."""
        return self._heap[0][0] if self._heap else None

    def pop(self, now: float) -> list[tuple[float, str]]:
        """Return every turn that is due, with the moment at which it was, and plan the next ones.

        Turns that were missed altogether (a suspended machine) are not made up for: one is enough.
        """
        turns = []
        while self._heap and self._heap[0][0] <= now:
            due, host = heapq.heappop(self._heap)
            if host not in self._regular:
                continue
            if due < self._regular[host]:
                if self._extra.get(host) != due:  # another was wanted sooner
                    continue
                del self._extra[host]
            else:
                missed = max(0.0, now - due) // self.interval_s
                following = due + (missed + 1) * self.interval_s
                self._regular[host] = following
                heapq.heappush(self._heap, (following, host))
            turns.append((due, host))
        return turns

    def recheck(self, host: str, at: float) -> None:
        """Give a device one more turn, unless its own comes first or it has one. A dead switch is doubted by each camera."""
        if at < min(self._regular.get(host, 0.0), self._extra.get(host, inf)):
            self._extra[host] = at
            heapq.heappush(self._heap, (at, host))
