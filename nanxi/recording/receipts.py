"""What a vehicle's host knows to be safe: which of its files a depot has, proved, so that the copy on board may go.

Losing this database loses no footage: everything counts as not uploaded then, is offered again, and a depot that has it
proves so without a byte of video on the way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from nanxi.recording.database import durable, failing, transaction

_SCHEMA = """
CREATE TABLE IF NOT EXISTS receipt (
  name         TEXT PRIMARY KEY,  -- of the file
  camera       TEXT NOT NULL,     -- or the vehicle, of a track
  from_ms      INTEGER NOT NULL,
  until_ms     INTEGER NOT NULL,
  size         INTEGER NOT NULL,
  sha256       TEXT NOT NULL,
  depot        TEXT NOT NULL,
  confirmed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A depot proved to have a file. Times are Unix time in ms, ``size`` is bytes, ``sha256`` of what it has."""

    name: str
    camera: str
    from_ms: int
    until_ms: int
    size: int
    sha256: str
    depot: str
    confirmed_ms: int


class Receipts:
    """The receipts at ``path``; a context manager, for one thread. What a method did is durable when it returns.

    Raises:
        IndexFailedError: by every method; nothing changed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = durable(path)
        with failing(path):
            self._connection.execute(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def add(self, receipts: Iterable[Receipt]) -> None:
        """Keep receipts; a later one about a file replaces an earlier one."""
        with transaction(self._connection, self.path):
            self._connection.executemany(
                "INSERT OR REPLACE INTO receipt VALUES (?,?,?,?,?,?,?,?)",
                (
                    (r.name, r.camera, r.from_ms, r.until_ms, r.size, r.sha256, r.depot, r.confirmed_ms)
                    for r in receipts
                ),
            )

    def withdraw(self, names: Iterable[str]) -> None:
        """Forget receipts: the depot turned out not to have the files."""
        with transaction(self._connection, self.path):
            self._connection.executemany("DELETE FROM receipt WHERE name = ?", ((name,) for name in names))

    def forget(self, camera: str, before_ms: int, there: Iterable[str]) -> None:
        """Forget a camera's receipts about footage that ended before ``before_ms``: its time is over everywhere.

        Those of ``there`` stay: files that are still on board, because somebody holds them.
        """
        names = json.dumps(sorted(there))
        with transaction(self._connection, self.path):
            self._connection.execute(
                "DELETE FROM receipt WHERE camera = ? AND until_ms < ?"
                " AND name NOT IN (SELECT value FROM json_each(?))",
                (camera, before_ms, names),
            )

    def confirmed(self) -> dict[str, int]:
        """Return the size of each confirmed file, by its name: a file of another size is not what was confirmed."""
        with failing(self.path):
            return dict(self._connection.execute("SELECT name, size FROM receipt"))

    def all(self) -> list[Receipt]:
        """Return every receipt, by camera and time."""
        with failing(self.path):
            found = self._connection.execute("SELECT * FROM receipt ORDER BY camera, from_ms").fetchall()
        return [Receipt(*row) for row in found]
