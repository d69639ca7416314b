"""Completeness (录像完整率) per camera and day: sums of the hours' rows, never a walk over segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from nanxi.recording.index import Index
from nanxi.recording.timeline import HOUR_MS

#: The Chinese civil day, UTC+8 all year: China keeps no daylight saving time, so every day has 86,400 s.
CST = timezone(timedelta(hours=8), "CST")
#: The last segment of a running camera is not closed yet: of a day that is not over, so much is not due yet, in ms.
_NOT_YET_CLOSED_MS = 120_000


@dataclass(frozen=True, slots=True)
class Completeness:
    """One camera's day. ``due_ms`` is what should have been recorded of it so far.

    ``recorded_ms`` counts what retention has deleted since; ``segments`` and ``size`` (bytes) are what is still there.
    """

    camera: str
    day: date
    recorded_ms: int
    due_ms: int
    segments: int
    size: int

    @property
    def ratio(self) -> float | None:
        """Recorded part of what was due, 0 to 1; None when nothing was due."""
        return min(self.recorded_ms / self.due_ms, 1.0) if self.due_ms else None


def bounds(day: date, zone: timezone = CST) -> tuple[int, int]:
    """Return begin and end of the civil day in ``zone``, Unix time in ms."""
    begin = int(datetime.combine(day, time(), zone).timestamp()) * 1000
    return begin, begin + 24 * HOUR_MS


def completeness(
    index: Index,
    day: date,
    since: Mapping[str, int],
    zone: timezone = CST,
    now: datetime | None = None,
) -> list[Completeness]:
    """Return the day of every camera of ``since``, and of any other that was recorded on it, sorted by camera.

    Args:
        index: of one recorder host.
        day: the civil day in ``zone``, which is a whole number of hours off UTC.
        since: cameras that are due, with the Unix time in ms from which on they are.
        zone: of the day.
        now: for the day that is not over; the present by default.

    Raises:
        IndexFailedError: the index cannot be read.
    """
    begin, end = bounds(day, zone)
    present = int((now or datetime.now(UTC)).timestamp() * 1000)
    due_until = end if present >= end else max(begin, present - _NOT_YET_CLOSED_MS)
    with index.reading() as connection:
        found = connection.execute(
            "SELECT host, SUM(recorded_ms), SUM(segments), SUM(bytes) FROM ("
            "SELECT camera, recorded_ms, segments, bytes FROM hour WHERE hour >= ?1 AND hour < ?2 "
            "UNION ALL SELECT camera, recorded_ms, 0, 0 FROM past WHERE hour >= ?1 AND hour < ?2"
            ") JOIN camera ON id = camera GROUP BY host",
            (begin // HOUR_MS, end // HOUR_MS),
        ).fetchall()
    sums = {host: (recorded, segments, size) for host, recorded, segments, size in found}
    result = []
    for camera in sorted(sums.keys() | since.keys()):
        recorded, segments, size = sums.get(camera, (0, 0, 0))
        due = max(0, due_until - max(begin, since.get(camera, begin)))
        result.append(Completeness(camera, day, recorded, due, segments, size))
    return result
