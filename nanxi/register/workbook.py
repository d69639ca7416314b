"""Tables in files of other people: XLSX or CSV, read as text and written so that nothing turns into a number."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from nanxi.files import write_atomically
from nanxi.findings import Finding, InputError
from nanxi.register.sheet import decode
from nanxi.register.write import render

#: A county's ledger is a few megabytes; what unpacks to more is no ledger.
_MAX_UNPACKED = 256 * 1024 * 1024
#: Excel and WPS keep 15 significant digits: a larger number is no longer what was typed.
_EXACT = 10**15


def read_table(path: Path) -> list[list[str]]:
    """Return the cells of a CSV file, or of an XLSX file's first sheet, as text.

    Raises:
        InputError: the file cannot be read, or is not what its name says.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError([Finding(path.name, 0, "", "", f"cannot be read: {error.strerror}", "")]) from None
    try:
        return _read_xlsx(raw) if path.suffix.lower() in (".xlsx", ".xlsm") else _read_csv(raw)
    except UnicodeDecodeError:
        problem, remedy = "neither UTF-8 nor GBK text", "save it as XLSX or as CSV UTF-8"
    except csv.Error as error:
        problem, remedy = f"not CSV: {error}", "look for a stray quotation mark"
    except _BAD_XLSX as error:
        problem, remedy = f"not an XLSX workbook: {error}", "open it and save it as XLSX again"
    raise InputError([Finding(path.name, 0, "", "", problem, remedy)])


def write_table(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write ``rows``, the first being the titles, as XLSX (every cell a text) or as CSV, by the name's ending.

    Raises:
        InputError: another ending.
    """
    match path.suffix.lower():
        case ".csv":
            write_atomically(path, render(rows[0], rows[1:]))
        case ".xlsx":
            write_atomically(path, _xlsx(rows))
        case other:
            raise InputError(
                [Finding(path.name, 0, "", other, "no such kind of file", "end the name in .xlsx or .csv")]
            )


# What zipfile, openpyxl and its XML reader raise on mangled bytes; there is no common base.
_BAD_XLSX = (
    zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError,
    SyntaxError, EOFError, NotImplementedError, RuntimeError, zlib.error,
)  # fmt: skip


def _read_xlsx(raw: bytes) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if sum(member.file_size for member in archive.infolist()) > _MAX_UNPACKED:
            raise ValueError("it unpacks to more than a ledger can be")
        for member in archive.infolist():
            with archive.open(member) as part:
                if b"<!DOCTYPE" in part.read(4096):
                    raise ValueError(f"{member.filename} declares a document type")
    book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # some writers state a wrong size, and cells beyond it would be lost
        return [[_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    finally:
        book.close()


def _read_csv(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(decode(raw), newline=""), strict=True))


def _text(value: object) -> str:
    """Return a cell as a person reads it; a number too large to be exact shows that it is not."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and abs(value) >= _EXACT:
        return f"{value:.5E}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("一机一档")
    sheet.freeze_panes = "C2"
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
