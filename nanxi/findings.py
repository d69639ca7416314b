"""What is wrong, where, and what would be right.

Every part that reads something a person wrote (plan, register, spreadsheet) reports *all* mistakes at once
as findings, and raises :class:`InputError` with the whole list before anything else happens.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One mistake in a file that a person wrote.

    ``row`` is the line as an editor or a spreadsheet counts it (1 is the header of a CSV), 0 for a whole file.
    ``column`` is the column's title as it stands in the file, or the dotted path of a YAML field.
    """

    file: str
    row: int
    column: str
    found: str
    problem: str
    remedy: str
    rule: str = ""

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.row or "", self.column) if part)
        found = f" (found {self.found!r})" if self.found else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{where}: {self.problem}{found}{remedy}"

    def as_dict(self) -> dict[str, str | int]:
        """Return the finding for ``--json``."""
        return asdict(self)


class NanxiError(Exception):
    """Base of every error that Nanxi raises on purpose; its text is meant for a person."""


class InputError(NanxiError):
    """A file that a person wrote is wrong; carries every finding, sorted by place."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sorted(set(findings))
        count = len(self.findings)
        head = f"{count} mistake{'s' if count != 1 else ''} found, nothing was done:"
        super().__init__("\n".join([head, *(f"  {finding}" for finding in self.findings)]))
