"""The twins' flash memory: changed sections, kept over restarts."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from lab.twin.settings import Section, adapter


class Store:
    """Sections by host in one SQLite file; in memory when no folder is given.

    Each write is one transaction, so a killed lab loses nothing that a twin has answered OK to. The disk is not
    flushed: a power cut of the machine that runs the lab is nobody's concern.
    """

    def __init__(self, folder: Path | None) -> None:
        file: Path | str = ":memory:"
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = folder / "twins.sqlite"
            # The accounts' passwords are among the settings.
            file.touch(mode=0o600)
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS settings (host TEXT, section TEXT, value BLOB, PRIMARY KEY (host, section))"
        )

    def load(self, host: str) -> dict[Section, Any]:
        """Return the changed sections of one twin."""
        rows = self._db.execute("SELECT section, value FROM settings WHERE host = ?", (host,))
        return {section: adapter(section).validate_json(value) for section, value in rows}

    def save(self, host: str, section: Section, value: Any) -> None:
        """Keep one section."""
        self._db.execute(
            "INSERT OR REPLACE INTO settings VALUES (?, ?, ?)",
            (host, section, adapter(section).dump_json(value)),
        )

    def forget(self, host: str) -> None:
        """Drop everything of one twin."""
        self._db.execute("DELETE FROM settings WHERE host = ?", (host,))

    def close(self) -> None:
        """Close the file."""
        self._db.close()
