"""The police's 73-column template as data (``template.yml``): which column holds what, and what its values mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nanxi.data import read_yaml

#: The title row is looked for in this many rows: ledgers begin with a heading.
_HEADING_ROWS = 10
_MARKS = re.compile(r"[\s*＊]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the template; exactly one of the five meanings is set."""

    title: str
    mandatory: bool = False
    public: bool = False
    field: str = ""
    derived: str = ""
    observed: str = ""
    secret: str = ""
    unused: str = ""

    @property
    def why_not_read(self) -> str:
        """Return why a cell of this column is not imported, empty when it is."""
        if self.secret:
            return f"dropped: {self.secret}"
        if self.observed:
            return f"measured ({self.observed}), not declared"
        if self.derived:
            return "computed from the register and the plan"
        return self.unused


@cache
def columns() -> tuple[Column, ...]:
    """Return the template's columns in their order."""
    return tuple(Column(**item) for item in _data()["columns"])


@cache
def values(field: str) -> dict[str, str]:
    """Return cell of the template -> cell of the register, for a field whose values the template numbers."""
    return _data()["values"].get(field, {})  # type: ignore[no-any-return]


def find_header(rows: Sequence[Sequence[str]]) -> tuple[int, list[str]] | None:
    """Return the index of the title row and the titles without their marks, None if no row is one."""
    for index, row in enumerate(rows[:_HEADING_ROWS]):
        titles = [_MARKS.sub("", cell).replace("（", "(").replace("）", ")") for cell in row]
        if "设备编码" in titles:
            return index, titles
    return None


def _data() -> dict[str, Any]:
    return read_yaml(Path(__file__).parent / "template.yml")  # type: ignore[no-any-return]
