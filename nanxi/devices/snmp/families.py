"""The tables of a family of devices, as data: ``families/*.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from nanxi.devices.snmp.convert import CONVERSIONS

Oid = Annotated[str, Field(pattern=r"^\d+(\.\d+)+$")]
Column = Annotated[int, Field(ge=1)]


class Strict(BaseModel):
    """Unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Value(Strict):
    """What becomes of one raw value."""

    point: str = Field(description="name of the metric, without its prefix")
    as_: str = Field(default="number", alias="as")
    skip: tuple[int | str, ...] = Field(default=(), description="values that mean: not known")
    good: tuple[int | str, ...] = Field(default=(), description="a truth: 1 for these values, 0 for bad")
    bad: tuple[int | str, ...] = Field(default=(), description="empty: every other value that is not skipped")
    words: Mapping[int, str] = Field(
        default={}, description="for *_info: the device's own word (label status)"
    )

    def model_post_init(self, _: object) -> None:
        """Refuse an unknown conversion when the file is read."""
        if self.as_ not in CONVERSIONS:
            raise ValueError(f"{self.as_}: there are {', '.join(CONVERSIONS)}")


class Scalar(Value):
    """One OID."""

    oid: Oid
    labels: Mapping[str, str] = {}


class Cell(Value):
    """One column of a table."""

    column: Column
    minus: Column | None = Field(default=None, description="column that is taken away from it")
    times: Column | None = Field(default=None, description="column that it is multiplied with")
    scale: Column | None = Field(
        default=None, description="column with its power of 1000: 9 is units (RFC 3433)"
    )
    precision: Column | None = Field(
        default=None, description="column with how many of its digits are decimals"
    )


class Table(Strict):
    """A table with an index. ``key`` says how a row's label is found.

    index: the index itself; column: the text in ``name_column``; interface: the index is an ifIndex; entity: it is an
    entPhysicalIndex and the label its name; entity_interface: the same, and the name is a port's; entity_named: the
    same, and ``named`` finds the port in the name; poe: RFC 3621's group and port.
    """

    entry: Oid
    key: Literal["index", "column", "interface", "entity", "entity_interface", "entity_named", "poe"] = (
        "index"
    )
    label: Literal["part", "port"] = "part"
    prefix: str = Field(default="", description="put before an index: disk 1")
    name_column: Column | None = None
    named: str = Field(default="", description="pattern of an entity's name; its group is the port's name")
    where: Mapping[Column, tuple[int | str, ...]] = Field(
        default={}, description="only rows with these values"
    )
    cells: tuple[Cell, ...]


class Family(Strict):
    """Devices that have the same tables."""

    name: str
    object_ids: tuple[Oid, ...] = Field(description="sysObjectID begins with one of these")
    marker: Oid | None = Field(
        default=None,
        description="an object that only this family has, for agents whose sysObjectID tells nothing",
    )
    ports: bool = Field(default=True, description="whether IF-MIB is worth reading")
    bridge: bool = Field(default=False, description="whether it learns MAC addresses")
    software: Oid | None = None
    serial_number: Oid | None = None
    includes: tuple[str, ...] = Field(default=(), description="other files whose tables it has, too")
    scalars: tuple[Scalar, ...] = ()
    tables: tuple[Table, ...] = ()


@cache
def families() -> Mapping[str, Family]:
    """Return every family by name, includes put in.

    Raises:
        ValueError: a file is wrong.
    """
    folder = Path(__file__).parent / "families"
    read = {
        file.stem: Family(name=file.stem, **yaml.safe_load(file.read_text())) for file in folder.glob("*.yml")
    }
    return {name: _whole(family, read) for name, family in sorted(read.items())}


def _whole(family: Family, read: Mapping[str, Family]) -> Family:
    others = [_whole(read[name], read) for name in family.includes]
    return family.model_copy(
        update={
            "scalars": family.scalars + tuple(one for other in others for one in other.scalars),
            "tables": family.tables + tuple(one for other in others for one in other.tables),
        }
    )


def recognise(object_id: str, markers: Mapping[str, bool]) -> Family | None:
    """Return the family with the longest sysObjectID that fits, else the first whose marker the agent has.

    A marker wins over the plain Linux agent: many recorders run net-snmp and leave its sysObjectID as it is.
    """
    fits = [
        (len(prefix), family)
        for family in families().values()
        for prefix in family.object_ids
        if object_id == prefix or object_id.startswith(f"{prefix}.")
    ]
    best = max(fits, key=lambda fit: fit[0])[1] if fits else None
    if best is None or best.name == "linux":
        marked = (one for one in families().values() if one.marker and markers.get(one.marker))
        best = next(marked, best)
    return best or (families()["generic"] if object_id else None)
