"""A synthetic county of any size: the fleet for scale tests and demonstrations. Equal seeds give equal registers.

Units share the cameras by their quotas, classes by the plan's tranches (7.5/17.5/75 % for Yongjia), vendors by
``sample.yml``. Cameras beyond the quotas are the ones that stood before the plan: not counted, with an 18-digit
code from before GB/T 28181. Every row is marked as synthetic in its remark and passes every check.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from nanxi.county.model import Plan, PointClass, Unit
from nanxi.register.codes import LegacyCode
from nanxi.register.invent import Makers, sample_data
from nanxi.register.model import Device, Kind
from nanxi.register.new import Allocator, make_draft

Key = TypeVar("Key")

EVERY_KIND = frozenset(Kind)
#: Devices a unit gets at most: the fixed zones of the address plan have room for no more.
_MAX_SWITCHES, _MAX_NVRS = 48, 8
_OLD_DAYS = (date(2004, 3, 1), date(2007, 12, 31))
_NEW_DAYS = (date(2008, 9, 1), date(2012, 12, 31))


def share(total: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """Return ``total`` split in proportion to ``weights`` into whole numbers that sum to it (largest remainders)."""
    whole = sum(weights.values())
    parts = {key: total * weight // whole for key, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda key: -(total * weights[key] % whole))
    for key in by_remainder[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def sample(plan: Plan, size: int, seed: int, kinds: frozenset[Kind] = EVERY_KIND) -> Iterator[Device]:
    """Yield the devices of a synthetic register with ``size`` cameras, unit by unit.

    Args:
        plan: Whose units, quotas, classes and address blocks to honour.
        size: Cameras in all; switches, hosts, encoders and recorders come on top.
        seed: Equal seeds give equal registers.
        kinds: Kinds of devices to make; cameras refer only to devices of these kinds.

    Raises:
        NanxiError: the address plan has no room for so many.
    """
    sampler = _Sampler(plan, Makers(seed), kinds)
    old = min(size, round(size * plan.county.totals.existing / plan.total_by_table))
    quotas = {unit.key: unit.quota for unit in plan.units}
    existing, new = share(old, quotas), share(size - old, quotas)
    for unit in plan.units:
        yield from sampler.unit(unit, existing[unit.key], new[unit.key])


class _Sampler:
    def __init__(self, plan: Plan, makers: Makers, kinds: frozenset[Kind]) -> None:
        self._plan, self._makers, self._kinds = plan, makers, kinds
        self._allocator = Allocator(plan, [])
        # The plan splits only its tranches by class, so their split is the whole county's.
        self._classes: Counter[PointClass] = Counter()
        for tranche in plan.county.tranches:
            self._classes.update(tranche.by_class)

    def unit(self, unit: Unit, existing: int, new: int) -> Iterator[Device]:
        """Yield a unit's devices, those that cameras refer to first."""
        cameras = existing + new
        switches = list(self._several(unit, Kind.SWITCH, "switch", cameras, _MAX_SWITCHES))
        nvrs = list(self._several(unit, Kind.NVR, "nvr", cameras, _MAX_NVRS))
        yield from switches
        yield from self._several(unit, Kind.HOST, "recorder", 1, 1)
        yield from self._several(unit, Kind.ENCODER, "encoder", 1, 1)
        yield from nvrs
        if Kind.CAMERA not in self._kinds:
            return
        centre = self._makers.centre(self._plan.county.bounding_box)
        for index, point_class in enumerate([*self._mixed(existing), *self._mixed(new)]):
            fields = self._makers.camera(unit, point_class, centre)
            if index < existing:
                old_code = LegacyCode(unit.civil_code, unit.station_code, "00", index + 1, "00")
                fields |= {
                    "counted": "FALSE",
                    "installed_on": self._makers.day(_OLD_DAYS),
                    "original_code": old_code,
                }
            fields |= _link(
                index, switches, "switch", "switch_port", lambda port: f"GigabitEthernet0/0/{port}"
            )
            fields |= _link(index, nvrs, "nvr", "nvr_channel", str)
            yield self._add(unit, Kind.CAMERA, fields)

    def _mixed(self, number: int) -> list[PointClass]:
        shares = share(number, self._classes)
        return self._makers.shuffled([key for key, count in shares.items() for _ in range(count)])

    def _several(self, unit: Unit, kind: Kind, recipe: str, cameras: int, most: int) -> Iterator[Device]:
        """Yield as many devices as ``cameras`` need, one at least, by the number of ports or channels each has."""
        if kind not in self._kinds:
            return
        room = sample_data()[recipe].get("takes", 1)
        for _ in range(max(1, min(-(-cameras // room), most))):
            yield self._add(unit, kind, self._makers.fixed(recipe))

    def _add(self, unit: Unit, kind: Kind, fields: Mapping[str, object]) -> Device:
        usual = {
            "state": "installed",
            "remark": sample_data()["remark"],
            "installed_on": self._makers.day(_NEW_DAYS),
        }
        cells = {field: str(cell) for field, cell in (usual | dict(fields)).items()}
        return self._allocator.complete(make_draft(self._plan, kind, unit.key, cells))


def _link(
    index: int, targets: Sequence[Device], field: str, channel: str, label: Callable[[int], str]
) -> dict[str, object]:
    """Return where the ``index``-th camera of a unit is connected, as far as ports and channels go."""
    if not targets:
        return {}
    room = sample_data()[field]["takes"]
    number, place = divmod(index, room)
    if number >= len(targets):
        return {}
    return {field: targets[number].host, channel: label(place + 1)}
