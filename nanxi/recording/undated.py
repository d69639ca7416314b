"""Footage whose names do not tell its age: the clock was not believed when its run began.

Such a run counts from the first round of retention that saw it whole with a clock that is believed. It may go late by the
time between, never early: after a start in 1970 its names would have it deleted in the next round, and after a leap into
the next year never.
"""

from __future__ import annotations

from collections.abc import Mapping

from nanxi.recording.index import Index
from nanxi.recording.segment import Segment

#: By camera and session, Unix time in ms.
Dates = Mapping[tuple[str, str], int]

_COUNTED = "SELECT camera, session, COUNT(*) AS count FROM segment WHERE unsync = 1 GROUP BY camera, session"


def date(index: Index, now_ms: int) -> None:
    """Date the runs that are new, or have grown, with the believed moment ``now_ms``; forget those that are gone.

    Raises:
        IndexFailedError: nothing was dated.
    """
    with index.writing() as connection:
        connection.execute(
            f"INSERT INTO undated SELECT camera, session, count, ? FROM ({_COUNTED}) WHERE TRUE "  # noqa: S608 - our own constant
            "ON CONFLICT (camera, session) DO UPDATE SET "
            "seen_ms = IIF(excluded.segments > segments, excluded.seen_ms, seen_ms), segments = excluded.segments",
            (now_ms,),
        )
        connection.execute(
            "DELETE FROM undated WHERE NOT EXISTS (SELECT 1 FROM segment "
            "WHERE segment.camera = undated.camera AND segment.session = undated.session AND unsync = 1)"
        )


def dates(index: Index) -> Dates:
    """Return since when each dated run counts.

    Raises:
        IndexFailedError: the index cannot be read.
    """
    with index.reading() as connection:
        found = connection.execute(
            "SELECT host, session, seen_ms FROM undated JOIN camera ON camera.id = undated.camera"
        ).fetchall()
    return {(host, session): seen for host, session, seen in found}


def dated(index: Index, camera: str, volume: str, known: Dates) -> list[tuple[int, Segment]]:
    """Return the camera's undated segments on a volume with the moment from which they count, the earliest first."""
    found = [
        (known[camera, segment.name.session], segment)
        for segment in index.undated(camera, volume)
        if (camera, segment.name.session) in known
    ]
    return sorted(found, key=lambda one: (one[0], one[1].name))
