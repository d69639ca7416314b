"""From raw rows of a family's tables to points (pure)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

from nanxi.devices.snmp.convert import CONVERSIONS, Raw, measured, text
from nanxi.devices.snmp.families import Cell, Scalar, Table, Value
from nanxi.devices.snmp.points import Point, point

#: EntitySensorDataScale of RFC 3433, and of CISCO-ENTITY-SENSOR-MIB before it: 8 is milli, 9 is units, 10 is kilo.
_UNITS = 9.0
#: Values of a table: column to index to raw value.
Columns = Mapping[int, Mapping[str, Raw]]


def needed(table: Table) -> set[int]:
    """Return the columns that a table's cells, keys and conditions read."""
    columns = {cell.column for cell in table.cells} | set(table.where)
    for cell in table.cells:
        columns |= {other for other in (cell.minus, cell.times, cell.scale, cell.precision) if other}
    return columns | ({table.name_column} if table.name_column else set())


def scalar_points(scalars: Iterable[Scalar], values: Mapping[str, Raw]) -> list[Point]:
    """Return the points of single objects."""
    found: list[Point] = []
    for one in scalars:
        if one.oid in values:
            found += _points(one, values[one.oid], dict(one.labels))
    return found


def table_points(table: Table, columns: Columns, names: Mapping[str, str]) -> list[Point]:
    """Return the points of a table. ``names`` has the label of an index where the index alone tells nobody anything."""
    found: list[Point] = []
    for cell in table.cells:
        for index, raw in columns.get(cell.column, {}).items():
            if not all(
                _fits(columns.get(column, {}).get(index), wanted) for column, wanted in table.where.items()
            ):
                continue
            label = _label(table, columns, names, index)
            if label:
                found += _points(cell, _combined(cell, columns, index, raw), {table.label: label})
    return found


def _label(table: Table, columns: Columns, names: Mapping[str, str], index: str) -> str:
    if table.key == "index":
        return f"{table.prefix}{index.removesuffix('.0')}"
    if table.key == "column":
        return text(columns.get(table.name_column or 0, {}).get(index)) or index
    return names.get(index, "" if table.label == "port" else index)


def _combined(cell: Cell, columns: Columns, index: str, raw: Raw) -> Raw:
    if cell.scale or cell.precision:
        return _scaled(cell, columns, index, raw)
    if cell.minus is None and cell.times is None:
        return raw
    number = measured(raw)
    other = measured(columns.get(cell.minus, {}).get(index)) if cell.minus else (0.0, "")
    factor = measured(columns.get(cell.times, {}).get(index)) if cell.times else (1.0, "")
    # HOST-RESOURCES-MIB's sizes are 32 bits with a sign: big file systems wrap below zero and tell nothing.
    if number is None or other is None or factor is None or number[0] < 0 or other[0] < 0:
        return None
    return (number[0] - other[0]) * factor[0]


def _scaled(cell: Cell, columns: Columns, index: str, raw: Raw) -> Raw:
    """Return a sensor's value in units (RFC 3433: EntitySensorDataScale, EntitySensorPrecision)."""
    number = measured(raw)
    scale = measured(columns.get(cell.scale, {}).get(index)) if cell.scale else (_UNITS, "")
    decimals = measured(columns.get(cell.precision, {}).get(index)) if cell.precision else (0.0, "")
    if number is None or scale is None or decimals is None:
        return None
    return number[0] * math.pow(10, 3 * (scale[0] - _UNITS) - decimals[0])


def _points(value: Value, raw: Raw, labels: Mapping[str, str]) -> list[Point]:
    if raw is None or _one_of(raw, value.skip):
        return []
    if value.point.endswith("_info"):
        number = measured(raw)
        word = value.words.get(int(number[0]), str(int(number[0]))) if number else text(raw)
        return point(value.point, 1.0 if word else None, **labels, status=word)
    if value.good:
        if _one_of(raw, value.good):
            return point(value.point, 1.0, **labels)
        return point(value.point, 0.0, **labels) if not value.bad or _one_of(raw, value.bad) else []
    return point(value.point, CONVERSIONS[value.as_](raw), **labels)


def _one_of(raw: Raw, values: tuple[int | str, ...]) -> bool:
    return any(text(raw) == one if isinstance(one, str) else _equal(raw, one) for one in values)


def _equal(raw: Raw, wanted: int) -> bool:
    number = measured(raw)
    return number is not None and number[0] == wanted


def _fits(raw: Raw, wanted: tuple[int | str, ...]) -> bool:
    if ">0" in wanted:
        number = measured(raw)
        return number is not None and number[0] > 0
    return raw is not None and _one_of(raw, wanted)


def derived(points: Iterable[Point]) -> list[Point]:
    """Return the points with what follows from them: shares in use, where an agent gives two sizes instead."""
    by_part: dict[tuple[tuple[str, str], ...], dict[str, float]] = defaultdict(dict)
    kept: list[Point] = []
    for one in points:
        by_part[one.labels].setdefault(one.name, one.value)
        if one.name not in ("memory_used", "memory_free"):
            kept.append(one)
    for labels, values in by_part.items():
        size, free = values.get("storage_bytes"), values.get("storage_free_bytes")
        if size and free is not None and "storage_used_ratio" not in values and free <= size:
            kept.append(Point("storage_used_ratio", labels, 1 - free / size))
        used = values.get("memory_used")
        whole = values.get("device_memory_bytes") or (used or 0) + values.get("memory_free", 0.0)
        if used is not None and whole and "device_memory_used_ratio" not in values:
            kept.append(Point("device_memory_used_ratio", labels, used / whole))
            if "device_memory_bytes" not in values:
                kept.append(Point("device_memory_bytes", labels, whole))
    return kept
