"""Columns of the register's files: the fields of the models, under their Chinese or English titles."""

from __future__ import annotations

import sys
from datetime import date
from enum import Enum
from functools import cache
from ipaddress import IPv4Address
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from nanxi.files import write_atomically
from nanxi.register.model import MODELS, Device

Language = Literal["zh", "en"]


@cache
def titles(model: type[Device], language: Language = "zh") -> dict[str, str]:
    """Return field name -> column title, in the order of the columns."""
    return {
        name: (field.title or name) if language == "zh" else name
        for name, field in model.model_fields.items()
        if not field.exclude
    }


@cache
def names(model: type[Device]) -> dict[str, str]:
    """Return column title -> field name, for titles in either language."""
    chinese = {title: name for name, title in titles(model).items()}
    return chinese | {name: name for name in titles(model)}


@cache
def required(model: type[Device]) -> frozenset[str]:
    """Return the names of the fields that a file must have a column for."""
    return frozenset(name for name in titles(model) if model.model_fields[name].is_required())


def markdown() -> str:
    """Return every file's columns as Markdown tables, for ``docs/register.md``."""
    parts = []
    for model in MODELS.values():
        lines = [
            f"### {model.kind}.csv",
            "",
            "| 列 | field | must | values | meaning |",
            "|---|---|---|---|---|",
        ]
        for name, title in titles(model).items():
            field = model.model_fields[name]
            must = "yes" if field.is_required() else _default(field.default)
            lines.append(
                f"| {title} | `{name}` | {must} | {_values(field.annotation)} | {field.description or ''} |"
            )
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _default(value: object) -> str:
    if value in (None, ""):
        return ""
    shown = str(value).upper() if isinstance(value, bool) else str(value)
    return f"default {shown}"


def _values(annotation: Any) -> str:
    """Return the values that a field may take, if they can be told one by one."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(str(one.value) for one in annotation)
    if get_origin(annotation) is Literal:
        return ", ".join(str(one) for one in get_args(annotation) if one != "")
    inner = (_values(part) for part in get_args(annotation) if part is not NoneType)
    return next(inner, _SHOWN.get(annotation, "text"))


_SHOWN = {bool: "TRUE, FALSE", int: "number", float: "degrees", date: "2026-01-05", IPv4Address: "10.33.0.2"}


def replace_generated(path: Path, begin: str = "<!-- columns -->", end: str = "<!-- /columns -->") -> str:
    """Return the text of ``path`` with what stands between the two marks replaced by the current tables."""
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition(begin)
    _, _, tail = rest.partition(end)
    return f"{head}{begin}\n{markdown()}{end}{tail}"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    write_atomically(page, replace_generated(page))
