"""How much of each camera is kept, in one question to the hours' rows."""

from __future__ import annotations

from nanxi.recording.index import Index


def holdings(index: Index) -> dict[str, int]:
    """Return the bytes of footage kept, by camera.

    Raises:
        IndexFailedError: the index cannot be read.
    """
    with index.reading() as connection:
        found = connection.execute(
            "SELECT host, SUM(bytes) FROM hour JOIN camera ON id = camera GROUP BY host"
        ).fetchall()
    return {host: int(size or 0) for host, size in found}
