"""Invents the cells of a synthetic register, repeatably, from ``sample.yml``."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from nanxi.county.model import BoundingBox, PointClass, Unit
from nanxi.data import read_yaml


def sample_data() -> dict[str, Any]:
    """Return what a synthetic county is made of."""
    return read_yaml(Path(__file__).parent / "sample.yml")  # type: ignore[no-any-return]


class Makers:
    """Invents cells, repeatably."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - invented data, not secrets
        self._macs: Counter[str] = Counter()
        self._made: Counter[str] = Counter()
        self._places: Counter[str] = Counter()

    def centre(self, box: BoundingBox) -> tuple[float, float]:
        """Return the spot around which a unit's points lie, well inside the county: longitude, latitude."""
        east, north = (box.east - box.west) / 4, (box.north - box.south) / 4
        return (
            self._chance.uniform(box.west + east, box.east - east),
            self._chance.uniform(box.south + north, box.north - north),
        )

    def shuffled(self, classes: list[PointClass]) -> list[PointClass]:
        """Return ``classes`` in another order."""
        return self._chance.sample(classes, len(classes))

    def day(self, span: tuple[date, date]) -> str:
        """Return a day of ``span`` as ISO text."""
        return (span[0] + timedelta(days=self._chance.randrange((span[1] - span[0]).days + 1))).isoformat()

    def identity(self, vendor: str, oui: str) -> dict[str, object]:
        """Return a MAC address and a serial number that no other device of the sample has."""
        self._macs[oui] += 1
        self._made[vendor] += 1
        tail = f"{self._macs[oui]:06X}"
        mac = "-".join((oui, tail[:2], tail[2:4], tail[4:]))
        return {"mac": mac, "serial_number": f"{vendor[:3].upper()}{self._made[vendor]:08d}"}

    def fixed(self, kind: str) -> dict[str, object]:
        """Return the cells of a device that is the same everywhere but for its identity."""
        cells = {field: cell for field, cell in sample_data()[kind].items() if field not in ("oui", "takes")}
        return cells | self.identity(cells["vendor"], sample_data()[kind]["oui"])

    def camera(self, unit: Unit, point_class: PointClass, centre: tuple[float, float]) -> dict[str, object]:
        """Return the cells of a camera of a class somewhere around ``centre``."""
        data, pick = sample_data(), self._chance.choice
        vendor = self._chance.choices(data["vendors"], [one["weight"] for one in data["vendors"]])[0]
        road, spot = pick(data["roads"]), pick(data["spots"])
        place = f"{unit.name}{road}{spot}"
        self._places[place] += 1
        if self._places[place] > 1:
            place += f"{self._places[place]}号"
        return {
            "point_class": point_class.value,
            "name": place,
            "place": place,
            "address": f"{data['county']}{unit.name}{road}{self._chance.randrange(1, 400)}号",
            "landmark": pick(data["landmarks"]),
            "longitude": f"{self._chance.gauss(centre[0], 0.02):.6f}",
            "latitude": f"{self._chance.gauss(centre[1], 0.02):.6f}",
            "pole": f"{unit.station_code}-{self._places.total():05d}",
            "orientation": str(self._chance.randrange(1, 9)),
            "camera_type": str(pick((1, 2, 3))),
            "vendor": vendor["key"],
            "model": vendor["model"],
            "builder": data["builder"],
            "maintainer": data["maintainer"],
            "owner": data["owner"],
            "manager": f"{unit.name}派出所" if unit.tier == 3 else unit.name,
        } | self.identity(vendor["key"], vendor["oui"])
