"""The connection to the index: SQLite with a log that is synced at every commit, so that what is committed stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nanxi.recording.errors import IndexFailedError

SCHEMA = Path(__file__).with_name("schema.sql")
VERSION = 2
#: What brings an index of version 1 to version 2.
_FROM_1 = (
    "CREATE INDEX IF NOT EXISTS segment_undated ON segment (camera, session) WHERE unsync = 1",
    """CREATE TABLE IF NOT EXISTS undated (
      camera INTEGER NOT NULL REFERENCES camera, session TEXT NOT NULL, segments INTEGER NOT NULL,
      seen_ms INTEGER NOT NULL, PRIMARY KEY (camera, session)) STRICT, WITHOUT ROWID""",
)
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
            _migrate(connection, path)
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


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == VERSION:
        return
    if version == 1:
        with transaction(connection, path):
            for statement in _FROM_1:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={VERSION}")
        return
    if version:
        raise IndexFailedError(
            f"{path} is an index of version {version}, this program knows {VERSION}; rebuild it"
        )
    with transaction(connection, path):
        # Another process may have made it while this one waited.
        if connection.execute("PRAGMA user_version").fetchone() == (0,):
            for statement in SCHEMA.read_text("utf-8").split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={VERSION}")
