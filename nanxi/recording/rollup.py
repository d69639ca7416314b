"""Recorded time, segments and bytes per camera and hour, changed with every row: no audit ever walks the segments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from sqlite3 import Connection

from nanxi.recording.rows import Row
from nanxi.recording.timeline import Interval, by_hour, pieces, union


def covered(found: Iterable[Row]) -> list[Interval]:
    """Return the time that rows cover, without holes and counted once where runs overlap."""
    return union(piece for segment, end in found for piece in pieces(segment, end))


def apply(
    connection: Connection,
    camera: str,
    before: Sequence[Row],
    after: Sequence[Row],
    *,
    keep_past: bool = False,
) -> None:
    """Book what changed between two states of one camera's neighbourhood.

    Both hold the same unchanged rows, so that whatever those overlap cancels out. With ``keep_past``, what goes was
    recorded all the same: retention does not spoil completeness.
    """
    recorded: Counter[int] = Counter()
    segments: Counter[int] = Counter()
    size: Counter[int] = Counter()
    for sign, state in ((-1, before), (1, after)):
        for hour, length in by_hour(covered(state)):
            recorded[hour] += sign * length
        for segment, _ in state:
            hour = segment.name.start // 3600
            segments[hour] += sign
            size[hour] += sign * segment.size
    changed = [
        hour for hour in recorded.keys() | segments.keys() if recorded[hour] or segments[hour] or size[hour]
    ]
    connection.executemany(
        "INSERT INTO hour SELECT id, ?1, ?2, ?3, ?4 FROM camera WHERE host = ?5 "
        "ON CONFLICT (camera, hour) DO UPDATE SET recorded_ms = recorded_ms + ?2, segments = segments + ?3, "
        "bytes = bytes + ?4",
        ((hour, recorded[hour], segments[hour], size[hour], camera) for hour in changed),
    )
    if keep_past:
        connection.executemany(
            "INSERT INTO past SELECT id, ?1, ?2 FROM camera WHERE host = ?3 "
            "ON CONFLICT (camera, hour) DO UPDATE SET recorded_ms = recorded_ms + ?2",
            ((hour, -recorded[hour], camera) for hour in changed if recorded[hour] < 0),
        )
    connection.executemany(
        "DELETE FROM hour WHERE camera = (SELECT id FROM camera WHERE host = ?) AND hour = ? "
        "AND recorded_ms = 0 AND segments = 0",
        ((camera, hour) for hour in changed),
    )


def forget_past(connection: Connection, before_hour: int) -> None:
    """Drop what is remembered of deleted footage from before an hour (Unix time / 3,600)."""
    connection.execute("DELETE FROM past WHERE hour < ?", (before_hour,))
