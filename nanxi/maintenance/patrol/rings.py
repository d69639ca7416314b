"""In which order hosts are touched: one, then a share of every unit at once, never a whole unit (pure)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping


def rings(hosts: Iterable[str], units: Mapping[str, str], share: float) -> list[tuple[str, ...]]:
    """Return ``hosts`` in rings: each is done and looked at before the next begins.

    Args:
        hosts: those to touch.
        units: the unit of every host that there is, also of those that are left alone.
        share: of a unit's hosts that may be touched at once, above 0 and at most 1; at least one host always may.
    """
    total = Counter(units.values())
    waiting = sorted(hosts)
    if not waiting:
        return []
    # The first ring is one host: what a remedy does is seen there before it is done anywhere else.
    found: list[tuple[str, ...]] = [(waiting[0],)]
    left: dict[str, list[str]] = defaultdict(list)
    for host in waiting[1:]:
        left[units[host]].append(host)
    while any(left.values()):
        ring: list[str] = []
        for unit, several in left.items():
            room = max(1, int(total[unit] * share))
            ring += several[:room]
            left[unit] = several[room:]
        found.append(tuple(sorted(ring)))
    return found
