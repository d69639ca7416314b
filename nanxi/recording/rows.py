"""Segments as rows of the index, and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from nanxi.recording.media import Media
from nanxi.recording.names import SegmentName
from nanxi.recording.segment import Segment

#: Columns of a whole segment, in the order of :func:`of_row`; the camera's name comes from the caller.
COLUMNS = (
    "segment.start, segment.session, segment.unsync, volume.key, size, closed_ms, codec, frames, first_pts, end_pts, "
    "span_ms, holes, jumps, sha256, end_ms"
)
SELECT = f"SELECT {COLUMNS} FROM segment JOIN volume ON volume.id = segment.volume"  # noqa: S608 - our own constant
_INSERT = f"INSERT OR REPLACE INTO segment VALUES ({','.join('?' * 16)})"  # noqa: S608 - placeholders only

#: A segment with the moment until which it covers the time, Unix time in ms.
Row = tuple[Segment, int]


def of_row(camera: str, row: tuple[Any, ...]) -> Row:
    """Return what a row of ``SELECT`` says."""
    (
        start,
        session,
        unsync,
        volume,
        size,
        closed,
        codec,
        frames,
        first,
        end,
        span,
        holes,
        jumps,
        sha256,
        end_ms,
    ) = row
    media = Media(
        codec, frames, first, end, span, tuple(map(tuple, json.loads(holes))) if holes else (), jumps
    )
    name = SegmentName(camera, start, session, not unsync)
    return Segment(name, volume, size, closed, media, sha256), end_ms


def read(
    connection: sqlite3.Connection, camera: str, where: str, parameters: Iterable[object]
) -> Iterator[Row]:
    """Yield the camera's rows that ``where`` selects; it may say how they are ordered and how many are wanted."""
    found = connection.execute(
        f"{SELECT} WHERE segment.camera = (SELECT id FROM camera WHERE host = ?) AND {where}",  # noqa: S608 - callers' constants
        (camera, *parameters),
    )
    for row in found:
        yield of_row(camera, row)


def write(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Insert rows, or replace those of the same names."""
    cameras, volumes = Keys(connection, "camera", "host"), Keys(connection, "volume", "key")
    connection.executemany(_INSERT, (_values(cameras, volumes, segment, end) for segment, end in rows))


def _values(cameras: Keys, volumes: Keys, segment: Segment, end: int) -> tuple[object, ...]:
    media = segment.media
    return (
        cameras[segment.name.camera],
        segment.name.start,
        segment.name.session,
        int(not segment.name.synchronised),
        volumes[segment.volume],
        segment.size,
        segment.closed_ms,
        media.codec,
        media.frames,
        media.first_pts,
        media.end_pts,
        media.span_ms,
        json.dumps(media.holes) if media.holes else "",
        media.jumps,
        segment.sha256,
        end,
    )


class Keys:
    """Small tables of names: their numbers, made at the first use of a name."""

    def __init__(self, connection: sqlite3.Connection, table: str, column: str) -> None:
        self._connection, self._table, self._column = connection, table, column
        self._known: dict[str, int] = {}

    def __getitem__(self, name: str) -> int:
        if name not in self._known:
            self._connection.execute(
                f"INSERT OR IGNORE INTO {self._table} ({self._column}) VALUES (?)",  # noqa: S608 - our own constants
                (name,),
            )
            (self._known[name],) = self._connection.execute(
                f"SELECT id FROM {self._table} WHERE {self._column} = ?",  # noqa: S608 - as above
                (name,),
            ).fetchone()
        return self._known[name]
