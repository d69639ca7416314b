"""Import cameras from the police's template: what was read, column by column, and every bad cell with its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from nanxi.county.model import Network, Plan
from nanxi.findings import Finding, InputError
from nanxi.register.checks import check
from nanxi.register.codes import DeviceCode, decode, network_digits
from nanxi.register.columns import names
from nanxi.register.exporting import NOT_CONNECTED
from nanxi.register.load import finding, reason
from nanxi.register.model import Camera, Device
from nanxi.register.template import Column, columns, find_header, values

_VEHICLE_TYPE = "138"


@dataclass
class ColumnReport:
    """What became of one column of the file."""

    title: str
    filled: int = 0
    imported: int = 0
    why_not: str = ""


@dataclass
class Import:
    """What an import brings: the new cameras, the ones that were there, and every mistake."""

    rows: int = 0
    new: list[Camera] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    columns: list[ColumnReport] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def import_cameras(
    plan: Plan, devices: Mapping[str, Device], table: list[list[str]], file: str, defaults: Mapping[str, str]
) -> Import:
    """Read a filled template against the register as it is.

    Cameras whose code the register has are reported and left alone. The others get the next running numbers of
    their unit, which digits 7-8 of the code tell.

    Args:
        plan: The county's plan.
        devices: The register as it is.
        table: Every cell of the file as text, headings included.
        file: The file's name, for findings.
        defaults: Cells for what the template cannot say (``counted``, ``management``, ``datum``), by field or title.

    Raises:
        InputError: there is no title row, or ``defaults`` names no column of cameras.csv.
    """
    found = find_header(table)
    if found is None:
        remedy = "the titles of the template, among them 设备编码"
        raise InputError([Finding(file, 0, "", "", "no title row in the first ten rows", remedy, "header")])
    unknown = [name for name in defaults if name not in names(Camera)]
    if unknown:
        raise InputError(Finding(file, 0, name, "", "cameras.csv has no such column", "") for name in unknown)
    top, titles = found
    reader = _Reader(plan, devices, file, {names(Camera)[name]: value for name, value in defaults.items()})
    reader.start(titles)
    for line, cells in enumerate(table[top + 1 :], start=top + 2):
        if any(cell.strip() for cell in cells):
            reader.read(line, dict(zip(titles, (cell.strip() for cell in cells), strict=False)))
    reader.check()
    return reader.result


class _Reader:
    def __init__(
        self, plan: Plan, devices: Mapping[str, Device], file: str, defaults: Mapping[str, str]
    ) -> None:
        self._plan, self._devices, self._file, self._defaults = plan, devices, file, defaults
        self._hosts = {device.code: device.host for device in devices.values()}
        self._units = {unit.station_code: unit.key for unit in plan.units}
        self._numbers: dict[str, int] = {}
        for device in devices.values():
            if isinstance(device, Camera):
                self._numbers[device.unit] = max(self._numbers.get(device.unit, 0), device.serial)
        self._reports: dict[str, ColumnReport] = {}
        self._columns = {column.title: column for column in columns()}
        self.result = Import()

    def start(self, titles: list[str]) -> None:
        """Note which columns the file has, lacks, and has beside the template's."""
        for title in filter(None, titles):
            column = self._columns.get(title)
            why = column.why_not_read if column else "not a column of the template"
            self._reports[title] = ColumnReport(title, why_not=why)
        self.result.columns = list(self._reports.values())
        self.result.missing = [
            one.title for one in self._columns.values() if one.mandatory and one.title not in titles
        ]

    def read(self, line: int, cells: Mapping[str, str]) -> None:
        """Take one row: a new camera, a known one, or findings."""
        self.result.rows += 1
        for title, text in cells.items():
            if text and title in self._reports:
                self._reports[title].filled += 1
        fields = self._translate(cells)
        code = str(fields.get("code", "")).replace("-", "")
        if code in self._hosts:
            self.result.known.append(self._hosts[code])
            return
        # A code that no unit has is reported by its own column; until then any unit will do.
        unit = self._units.get(code[6:8], self._plan.units[0].key)
        fields |= {"unit": unit, "line": line, "serial": self._numbers.get(unit, 0) + 1}
        try:
            camera = Camera.model_validate(fields)
        except ValidationError as error:
            titles = {column.field: column.title for column in columns() if column.field}
            for detail in error.errors(include_url=False):
                name = str(detail["loc"][0])
                self.result.findings.append(
                    Finding(self._file, line, titles.get(name, name), *reason(detail, Camera))
                )
            return
        if code[6:8] not in self._units:
            remedy = "digits 7-8 are the station code of a unit in units.yml"
            problem = "no unit has this station code"
            self.result.findings.append(
                Finding(self._file, line, "设备编码", code, problem, remedy, "code-station")
            )
            return
        self._numbers[unit] = camera.serial
        self.result.new.append(camera)
        for title in cells:
            column = self._columns.get(title)
            if column and column.field and cells[title]:
                self._reports[title].imported += 1

    def _translate(self, cells: Mapping[str, str]) -> dict[str, object]:
        """Return the row's cells as a person would type them into cameras.csv."""
        fields: dict[str, object] = dict(self._defaults)
        code = cells.get("设备编码", "")
        for title, text in cells.items():
            column = self._columns.get(title)
            if column and column.field and text:
                fields[column.field] = self._value(column, text, code)
        fields.setdefault("place", fields.get("name", ""))
        if "network" not in fields and (network := self._network_of(code)):
            fields["network"] = network
        return {name: value for name, value in fields.items() if value != ""}

    def _value(self, column: Column, text: str, code: str) -> str:
        if column.field in ("encoder", "nvr"):
            return self._hosts.get(text.replace("-", ""), text)
        if column.field == "network":
            named = {spec.name: str(spec.key) for spec in self._plan.county.networks}
            return (named | {NOT_CONNECTED: str(Network.STANDALONE)}).get(text, text)
        if column.field == "point_class" and text in ("9", "其他") and _type_of(code) == _VEHICLE_TYPE:
            return "vehicle"
        return values(column.field).get(text, text)

    def _network_of(self, code: str) -> str:
        """Return the network that digit 14 of a code tells, empty if it tells none."""
        parts = _decoded(code)
        if parts:
            for network in (Network.POLICE, Network.PUBLIC):
                if parts.network in network_digits(network, self._plan):
                    return str(network)
        return ""

    def check(self) -> None:
        """Check the new cameras together with the register; the register's own rows are not this file's matter."""
        fresh = {camera.host for camera in self.result.new}
        titles = {column.field: column.title for column in columns() if column.field}
        for mistake in check(self._plan, [*self._devices.values(), *self.result.new]):
            if mistake.device.host in fresh:
                self.result.findings.append(finding(mistake, titles, self._file))


def _decoded(code: str) -> DeviceCode | None:
    try:
        parts = decode(code.replace("-", ""))
    except ValueError:
        return None
    return parts if isinstance(parts, DeviceCode) else None


def _type_of(code: str) -> str:
    parts = _decoded(code)
    return parts.type if parts else ""
