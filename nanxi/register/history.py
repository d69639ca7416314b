"""Which devices stood at a point before: ``register/<unit>/history.csv``, one row a replacement.

The register says what hangs on the pole today. Serial numbers of what hung there before are asked for by warranty,
by the police's ledger and by whoever finds a stolen camera.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from nanxi.files import write_atomically
from nanxi.register.cells import Code, Day, Text, group_code
from nanxi.register.sheet import read_sheet
from nanxi.register.write import render

FILE = "history.csv"


class Replacement(BaseModel):
    """One device that took another's place; host name and code stay."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    date: Day = Field(title="更换日期")
    host: Text = Field(title="主机名")
    code: Code = Field(title="设备编码")
    old_vendor: Text = Field(title="原设备厂商")
    old_model: Text = Field(title="原设备型号")
    old_serial_number: Text = Field(title="原出厂序列号")
    old_mac: Text = Field(title="原MAC地址")
    new_vendor: Text = Field(title="新设备厂商")
    new_model: Text = Field(title="新设备型号")
    new_serial_number: Text = Field(title="新出厂序列号")
    new_mac: Text = Field(title="新MAC地址")
    reason: Text = Field(title="更换原因", min_length=1)
    by: Text = Field(title="经办人", min_length=1)


_TITLES = {name: field.title or name for name, field in Replacement.model_fields.items()}


def read_history(register: Path, unit: str) -> list[Replacement]:
    """Return the replacements of a unit, the oldest first.

    Raises:
        InputError: the file is there and cannot be read.
        ValidationError: a person wrote something else into it.
    """
    path = register / unit / FILE
    if not path.exists():
        return []
    sheet = read_sheet(path, f"{unit}/{FILE}")
    names = {title: name for name, title in _TITLES.items()}
    return [
        Replacement.model_validate(
            {names.get(title, title): value for title, value in zip(sheet.header, cells, strict=False)}
        )
        for _, cells in sheet.numbered()
    ]


def add_to_history(register: Path, unit: str, replacement: Replacement) -> None:
    """Append a replacement; when this returns it is on the disk.

    The same one is not written twice: a run that died right after this is run again.
    """
    rows = read_history(register, unit)
    if rows and rows[-1].model_copy(update={"date": replacement.date}) == replacement:
        return
    cells = [[_cell(row, name) for name in _TITLES] for row in [*rows, replacement]]
    write_atomically(register / unit / FILE, render(list(_TITLES.values()), cells))


def _cell(row: Replacement, name: str) -> str:
    value = getattr(row, name)
    return group_code(value) if name == "code" else str(value)
