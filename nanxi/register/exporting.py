"""Export the register's cameras into the police's template; the account columns stay empty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nanxi.county.model import Plan, PointClass
from nanxi.register.datum import to_wgs84
from nanxi.register.model import Camera, Device, State
from nanxi.register.template import Column, columns, values

#: Decimal places of an exported coordinate: about 0.1 m.
_PLACES = 6


@dataclass
class Export:
    """The table, and what a person should know about it."""

    rows: list[list[str]]
    planned: int = 0
    blank: Counter[str] = field(default_factory=Counter)
    secret: list[str] = field(default_factory=list)


def export(plan: Plan, devices: Mapping[str, Device], *, public: bool = False) -> Export:
    """Return the template filled from the register.

    ``public`` keeps only columns that name no address, person or network, and leaves key units' internal cameras
    out. Planned cameras are left out in any case: they do not exist yet. Coordinates leave as WGS-84, as the template demands.
    """
    wanted = [column for column in columns() if column.public or not public]
    result = Export([[f"{column.title}{'*' if column.mandatory else ''}" for column in wanted]])
    result.secret = [column.title for column in wanted if column.secret]
    for device in devices.values():
        if not isinstance(device, Camera):
            continue
        if device.state is State.PLANNED:
            result.planned += 1
            continue
        if public and device.point_class is PointClass.INTERNAL:
            continue  # what a key unit watches inside is nobody else's matter
        row = Row(plan, devices, device, number=len(result.rows))
        cells = [row.cell(column) for column in wanted]
        result.blank.update(
            column.title for column, cell in zip(wanted, cells, strict=True) if column.mandatory and not cell
        )
        result.rows.append(cells)
    return result


@dataclass(frozen=True, slots=True)
class Row:
    """One camera on its way into the template."""

    plan: Plan
    devices: Mapping[str, Device]
    camera: Camera
    number: int

    def cell(self, column: Column) -> str:
        """Return the camera's cell of one column."""
        if column.derived:
            return DERIVED[column.derived](self)
        if not column.field:
            return ""
        special = SPECIAL.get(column.field)
        if special:
            return special(self)
        value = getattr(self.camera, column.field)
        return "" if value is None else str(value)

    def code_of(self, host: str) -> str:
        """Return the code of the device that a column refers to by host name."""
        return self.devices[host].code if host else ""

    def coordinate(self, index: int) -> str:
        """Return longitude (0) or latitude (1) in WGS-84 degrees."""
        camera = self.camera
        if camera.longitude is None or camera.latitude is None:
            return ""
        return f"{to_wgs84(camera.longitude, camera.latitude, camera.datum)[index]:.{_PLACES}f}"

    def numbered(self, name: str) -> str:
        """Return the template's number for a field's value."""
        value = getattr(self.camera, name)
        own = str(value).upper() if isinstance(value, bool) else str(value)
        return next((theirs for theirs, ours in values(name).items() if ours == own), "")

    def point_class(self) -> str:
        """Return 1 to 3, or 9 for what GB/T 28181-2022 calls other."""
        return "9" if self.camera.point_class is PointClass.VEHICLE else self.numbered("point_class")

    def state(self) -> str:
        """Return 1 in use, 2 under repair, 3 removed."""
        return "1" if self.camera.touchable else self.numbered("state")

    def network(self) -> str:
        """Return the network's name in the plan."""
        spec = self.plan.network_spec(self.camera.network)
        return spec.name if spec else NOT_CONNECTED


#: What the template calls a point on neither network.
NOT_CONNECTED = "未联网"
_CODECS = {"H264": "H.264", "H265": "H.265"}

DERIVED: dict[str, Callable[[Row], str]] = {
    "number": lambda row: str(row.number),
    "civil_code": lambda row: row.camera.code[:6],
    "parent_code": lambda row: row.code_of(row.camera.encoder or row.camera.nvr),
    "codec": lambda row: _CODECS[row.plan.policies.streams[row.camera.point_class].main.codec],
    "resolution": lambda row: "{0.width}x{0.height}".format(
        row.plan.policies.streams[row.camera.point_class].main
    ),
    "retention_days": lambda row: str(row.plan.retention_days(row.camera.unit, row.camera.point_class)),
}

SPECIAL: dict[str, Callable[[Row], str]] = {
    "point_class": Row.point_class,
    "state": Row.state,
    "network": Row.network,
    "indoor": lambda row: row.numbered("indoor"),
    "longitude": lambda row: row.coordinate(0),
    "latitude": lambda row: row.coordinate(1),
    "encoder": lambda row: row.code_of(row.camera.encoder),
    "nvr": lambda row: row.code_of(row.camera.nvr),
    "ipv4": lambda row: str(row.camera.ipv4 or ""),
}
