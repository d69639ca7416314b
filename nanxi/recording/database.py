"""The connection to the index: SQLite with a log that is synced at every commit, so that what is committed stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nanxi.recording.errors import IndexFailedError

SCHEMA = Path(__file__).with_name("schema.sql")
VERSION = 3
#: What brings an index of each older version to the next one.
_STEPS = {
    1: (
        "CREATE INDEX IF NOT EXISTS segment_undated ON segment (camera, session) WHERE unsync = 1",
        """CREATE TABLE IF NOT EXISTS undated (
          camera INTEGER NOT NULL REFERENCES camera, session TEXT NOT NULL, segments INTEGER NOT NULL,
          seen_ms INTEGER NOT NULL, PRIMARY KEY (camera, session)) STRICT, WITHOUT ROWID""",
    ),
    2: (
        """CREATE TABLE IF NOT EXISTS due (camera TEXT PRIMARY KEY, since_ms INTEGER NOT NULL)
          STRICT, WITHOUT ROWID""",
    ),
}
#: A retrieval or an audit waits this long, in seconds, for the indexer's transaction of a few milliseconds.
_PATIENCE_S = 30.0


def durable(path: Path, *, writable: bool = True) -> sqlite3.Connection:
    """Open a database whose commits stay.

    WAL lets readers and one writer work at once. FULL makes a commit survive a power cut: with NORMAL recent commits can
    vanish, and a deleted file's row would come back.

    Raises:
        IndexFailedError: it cannot be opened, or is no database, or cannot be written although it is to be ``writable``.
    """
    with failing(path):
        connection = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            if writable:
                # Where opening for writing fails (EIO, EMFILE), SQLite opens for reading and says nothing: whoever kept
                # that connection would index nothing until its process ends, long after the disk is well again.
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("PRAGMA user_version=0")
                connection.execute("ROLLBACK")
        except BaseException:
            connection.close()
            raise
    return connection


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the index at ``path``, made when it is missing unless ``read_only``.

    One of an older version is brought up by whoever writes; readers take it as it is.

    Raises:
        IndexFailedError: it cannot be opened, is no index, or is of another version.
    """
    with failing(path):
        if read_only and not path.exists():
            raise IndexFailedError(
                f"{path}: there is no index; `scripts/recordings rebuild` makes it from the files"
            )
        connection = durable(path, writable=not read_only)
        try:
            connection.execute("PRAGMA foreign_keys=ON")
            if read_only:
                connection.execute("PRAGMA query_only=ON")
            _migrate(connection, path, read_only=read_only)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[sqlite3.Connection]:
    """Hold a write transaction; it is committed when the body ends, undone when it raises.

    Raises:
        IndexFailedError: nothing of it happened, for example because the disk is full.
    """
    with failing(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


@contextmanager
def failing(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, with the file's name."""
    try:
        yield
    except sqlite3.Error as error:
        raise IndexFailedError(f"{path}: {error}") from error


def version(connection: sqlite3.Connection) -> int:
    """Return the version of the index, 0 for a database that is none yet."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    return int(found)


def _migrate(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    found = version(connection)
    if found == VERSION:
        return
    if found in _STEPS:
        if not read_only:
            with transaction(connection, path):
                # Another process may have brought it up while this one waited.
                for step in range(version(connection), VERSION):
                    for statement in _STEPS[step]:
                        connection.execute(statement)
                connection.execute(f"PRAGMA user_version={VERSION}")
        return
    if found:
        raise IndexFailedError(
            f"{path} is an index of version {found}, this program knows {VERSION}; rebuild it"
        )
    with transaction(connection, path):
        # Another process may have made it while this one waited.
        if version(connection) == 0:
            for statement in SCHEMA.read_text("utf-8").split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={VERSION}")
