"""Records of a run as files, so that what two laptops saw is put together when they meet again."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from nanxi.acceptance.zones.model import Record
from nanxi.files import write_atomically
from nanxi.findings import NanxiError

_ADAPTER = TypeAdapter(Record)


def write_record(path: Path, record: Record) -> None:
    """Write a record."""
    write_atomically(path, _ADAPTER.dump_json(record, indent=1).decode() + "\n")


def read_record(path: Path) -> Record:
    """Read a record.

    Raises:
        NanxiError: there is none, or it is no record.
    """
    try:
        return _ADAPTER.validate_json(path.read_bytes())
    except FileNotFoundError:
        raise NanxiError(f"{path}: no such file") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise NanxiError(f"{path}: no record of scripts/accept zones ({where}: {first['msg']})") from None
