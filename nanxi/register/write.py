"""Write the register's files: Chinese titles, codes that a spreadsheet keeps, one atomic replacement a file."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from enum import Enum
from pathlib import Path

from nanxi.files import write_atomically
from nanxi.register.cells import group_code
from nanxi.register.columns import Language, names, titles
from nanxi.register.model import Device
from nanxi.register.sheet import read_sheet

_CODES = frozenset({"code", "original_code"})
#: Excel and WPS take a CSV for GBK unless it begins with this mark.
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def cell(device: Device, field: str) -> str:
    """Return a field as its CSV cell.

    A field that nobody set stays an empty cell, so that rewriting a file changes nothing but what was changed.
    """
    if field not in device.model_fields_set:
        return ""
    value = getattr(device, field)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    return group_code(str(value)) if field in _CODES else str(value)


def render(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return the text of a CSV file as spreadsheets open it."""
    out = io.StringIO()
    out.write(_BOM)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def write_register(folder: Path, devices: Iterable[Device], language: Language = "zh") -> list[Path]:
    """Write every unit's files under ``folder``, rows in the order given, and return their paths."""
    groups: dict[tuple[str, type[Device]], list[Device]] = defaultdict(list)
    for device in devices:
        groups[device.unit, type(device)].append(device)
    paths = []
    for (unit, model), group in groups.items():
        columns = titles(model, language)
        path = folder / unit / f"{model.kind}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [[cell(device, field) for field in columns] for device in group]
        write_atomically(path, render(list(columns.values()), rows))
        paths.append(path)
    return paths


def append(folder: Path, devices: Sequence[Device]) -> list[Path]:
    """Append ``devices`` to their files; rows, titles and columns that are there stay as they are.

    A column that a new row fills and the file lacks is added at the right end.
    """
    groups: dict[tuple[str, type[Device]], list[Device]] = defaultdict(list)
    for device in devices:
        groups[device.unit, type(device)].append(device)
    paths = []
    for (unit, model), group in groups.items():
        path = folder / unit / f"{model.kind}.csv"
        if not path.exists():
            paths += write_register(folder, group)
            continue
        sheet = read_sheet(path, f"{unit}/{path.name}")
        fields = [names(model)[title] for title in sheet.header]
        filled = set[str]().union(*(device.model_fields_set for device in group))
        added = {
            field: title for field, title in titles(model).items() if field in filled and field not in fields
        }
        header = [*sheet.header, *added.values()]
        old = [[*row[: len(fields)], *[""] * (len(header) - len(row[: len(fields)]))] for row in sheet.rows]
        while old and not any(old[-1]):
            old.pop()  # blank rows at the end, which spreadsheets like to leave
        new = [[cell(device, field) for field in [*fields, *added]] for device in group]
        write_atomically(path, render(header, [*old, *new]))
        paths.append(path)
    return paths


def rewrite(folder: Path, device: Device) -> None:
    """Replace one device's row in its file, found by its number; every other row stays as it is.

    Raises:
        LookupError: the file has no such row.
    """
    path = folder / device.unit / f"{device.kind}.csv"
    sheet = read_sheet(path, f"{device.unit}/{path.name}")
    known = names(type(device))
    fields = [known[title] for title in sheet.header]
    added = {
        field: title
        for field, title in titles(type(device)).items()
        if field not in fields and cell(device, field)
    }
    column = fields.index("serial")
    found = [
        row
        for row in sheet.rows
        if len(row) > column and row[column].strip().lstrip("0") == str(device.serial)
    ]
    if len(found) != 1:
        raise LookupError(f"{sheet.file} has no row of {device.host}")
    found[0][:] = [cell(device, field) for field in [*fields, *added]]
    rows = [[*row, *[""] * (len(fields) + len(added) - len(row))] for row in sheet.rows]
    write_atomically(path, render([*sheet.header, *added.values()], rows))
