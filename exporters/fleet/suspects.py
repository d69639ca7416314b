"""Who may be the reason that a device does not answer (pure). Asked at once, they settle what is cause and what symptom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from nanxi.register.model import Device, Kind

_CARRIERS = (Kind.SWITCH, Kind.HOST)


class Suspects:
    """The switches and hosts of every unit, by the unit: an index, because an uplink loses hundreds of devices at once."""

    def __init__(self, devices: Iterable[Device]) -> None:
        found: dict[str, set[str]] = defaultdict(set)
        for one in devices:
            if one.kind in _CARRIERS:
                found[one.unit].add(one.host)
        self._carriers = {unit: frozenset(hosts) for unit, hosts in found.items()}

    def of(self, lost: Device) -> frozenset[str]:
        """Return the host names to ask: the switch above, and for a switch, a host, or what hangs on nothing known its unit's.

        A unit is cut off when all of them are silent (nanxi:unit_cut_off), so all are asked.
        """
        above = frozenset({lost.switch}) if lost.switch else frozenset[str]()
        if above and lost.kind not in _CARRIERS:
            return above
        return (above | self._carriers.get(lost.unit, frozenset())) - {lost.host}
