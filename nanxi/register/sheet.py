"""A CSV file as people's spreadsheets write it: UTF-8 or GBK, any line ending, blank rows, ragged rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nanxi.findings import Finding, InputError


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of one file; ``rows`` excludes the header, blank rows are kept so that row numbers stay true."""

    file: str
    header: list[str]
    rows: list[list[str]]

    def numbered(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that hold anything, each with its number in a spreadsheet (the header is 1)."""
        for number, row in enumerate(self.rows, start=2):
            if any(row):
                yield number, row


def read_sheet(path: Path, file: str) -> Sheet:
    """Return the cells of a CSV file; ``file`` is its name in findings.

    Raises:
        InputError: the file cannot be opened, is neither UTF-8 nor GBK, is not CSV, or has no header.
    """
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        raise InputError(
            [Finding(file, 0, "", "", f"cannot be read: {error.strerror}", "mend the file")]
        ) from None
    except UnicodeDecodeError as error:
        where = f"neither UTF-8 nor GBK text (byte {error.start + 1})"
        remedy = "save it as 'CSV UTF-8' in Excel or WPS"
        raise InputError([Finding(file, 0, "", "", where, remedy, "encoding")]) from None
    try:
        cells = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        remedy = "look for a stray quotation mark"
        raise InputError([Finding(file, 0, "", "", f"not CSV: {error}", remedy, "csv")]) from None
    header = [title.strip() for title in cells[0]] if cells else []
    while header and not header[-1]:
        header.pop()  # Excel keeps columns that once had something in them.
    if not header:
        raise InputError([Finding(file, 1, "", "", "no header", "the first row holds the titles", "header")])
    return Sheet(file, header, cells[1:])


def decode(raw: bytes) -> str:
    """Return the text of a file saved as UTF-8, or as GBK by a Chinese Excel ("CSV" without "UTF-8").

    Raises:
        UnicodeDecodeError: it is neither.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")
