"""The index of one recorder host: which segments exist, and which files are on their way out.

Invariant (moonfire-nvr's): each segment's file is exactly one of: in an indexed row, marked for deletion, or newer than
its camera's last indexed one. ``closing`` and ``removal`` keep it across crashes; ``reconcile`` proves it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from sqlite3 import Connection
from types import TracebackType
from typing import Self

from nanxi.recording import rollup, rows
from nanxi.recording.database import connect, failing, transaction
from nanxi.recording.names import LONGEST_SEGMENT_S, SegmentName
from nanxi.recording.rows import Keys, Row
from nanxi.recording.segment import Segment
from nanxi.recording.timeline import ends

#: A seam may stretch a segment's end by so much, in seconds (see timeline.py).
_SLACK_S = 60
#: Retention looks at a few old segments of each camera every few minutes, and at many when it deletes.
_FIRST_PAGE, _PAGE = 10, 500


class Index:
    """The index at ``path``; use it as a context manager, by one thread. Every change is durable when it returns.

    Raises:
        IndexFailedError: by every method, when SQLite fails; the change did not happen.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._connection = connect(path, read_only=read_only)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def reading(self) -> AbstractContextManager[Connection]:
        """Hold the connection for a query of one's own; errors come as ours."""
        return _Reading(self._connection, self.path)

    def writing(self) -> AbstractContextManager[Connection]:
        """Hold a transaction of one's own."""
        return transaction(self._connection, self.path)

    def add(self, segments: Iterable[Segment]) -> None:
        """Index closed segments, whose files and folders have been synced. One that is there already is replaced."""
        by_camera: dict[str, list[Segment]] = defaultdict(list)
        for segment in segments:
            by_camera[segment.name.camera].append(segment)
        with self.writing() as connection:
            for camera, new in by_camera.items():
                _change(connection, camera, add=new, remove=())
                _ungarbage(connection, [one.name for one in new])

    def mark(
        self, names: Iterable[tuple[SegmentName, str]], reason: str, *, by_retention: bool = False
    ) -> None:
        """Mark segments, given with their volumes, for deletion: rows become garbage, time becomes a gap, in one step.

        ``by_retention``: it was recorded and had its time; completeness remembers it.
        """
        by_camera: dict[str, list[tuple[SegmentName, str]]] = defaultdict(list)
        for name, volume in names:
            by_camera[name.camera].append((name, volume))
        with self.writing() as connection:
            cameras, volumes = Keys(connection, "camera", "host"), Keys(connection, "volume", "key")
            for camera, marked in by_camera.items():
                gone = {name for name, _ in marked}
                until = _change(connection, camera, add=(), remove=gone, keep_past=by_retention)
                if by_retention:
                    connection.execute(
                        "UPDATE camera SET deleted_ms = MAX(deleted_ms, ?) WHERE host = ?", (until, camera)
                    )
                connection.executemany(
                    "INSERT OR REPLACE INTO garbage VALUES (?,?,?,?,?,?)",
                    ((cameras[camera], *_key(name), volumes[volume], reason) for name, volume in marked),
                )

    def garbage(self) -> list[tuple[SegmentName, str, str]]:
        """Return what is marked for deletion: name, volume, reason."""
        with self.reading() as connection:
            found = connection.execute(
                "SELECT host, start, session, unsync, key, reason FROM garbage "
                "JOIN camera ON camera.id = garbage.camera JOIN volume ON volume.id = garbage.volume"
            ).fetchall()
        return [
            (SegmentName(host, start, session, not unsync), volume, reason)
            for host, start, session, unsync, volume, reason in found
        ]

    def forget(self, names: Iterable[SegmentName]) -> None:
        """Drop the marks of files that are gone for good: unlinked, and their folders synced."""
        with self.writing() as connection:
            _ungarbage(connection, names)

    def drop(self, names: Iterable[SegmentName]) -> None:
        """Drop rows whose files turned out to be gone; their time becomes a gap."""
        by_camera: dict[str, set[SegmentName]] = defaultdict(set)
        for name in names:
            by_camera[name.camera].add(name)
        with self.writing() as connection:
            for camera, gone in by_camera.items():
                _change(connection, camera, add=(), remove=gone)

    def cameras(self) -> list[str]:
        """Return the cameras that the index has ever seen, sorted."""
        with self.reading() as connection:
            return [host for (host,) in connection.execute("SELECT host FROM camera ORDER BY host")]

    def between(self, camera: str, begin_ms: int, end_ms: int) -> list[Row]:
        """Return the camera's segments that cover any of the time, in order."""
        where = "segment.start > ? AND segment.start * 1000 < ? AND end_ms > ? ORDER BY segment.start, session, unsync"
        earliest = begin_ms // 1000 - LONGEST_SEGMENT_S - _SLACK_S
        with self.reading() as connection:
            return list(rows.read(connection, camera, where, (earliest, end_ms, begin_ms)))

    def get(self, name: SegmentName) -> Segment | None:
        """Return the segment of that name, None when the index has none."""
        with self.reading() as connection:
            where = "segment.start = ? AND session = ? AND unsync = ?"
            return next((one for one, _ in rows.read(connection, name.camera, where, _key(name))), None)

    def last(self, camera: str, not_after: float = 1 << 62) -> Segment | None:
        """Return the camera's newest segment that did not begin after ``not_after``, Unix time in s.

        A clock that was ahead once leaves names of the future: whoever asks what is new now passes over them.
        """
        with self.reading() as connection:
            where = "segment.start <= ? ORDER BY segment.start DESC, session DESC, unsync DESC LIMIT 1"
            return next((one for one, _ in rows.read(connection, camera, where, (int(not_after),))), None)

    def oldest_first(self, camera: str, volume: str) -> Iterator[Segment]:
        """Yield the camera's segments on a volume, oldest first, page by page: what is read may be deleted meanwhile."""
        where = (
            "(segment.start, session, unsync) > (?,?,?) AND volume.key = ? "
            "ORDER BY segment.start, session, unsync LIMIT ?"
        )
        after: tuple[int, str, int] = (-1, "", 0)
        size = _FIRST_PAGE
        while True:
            with self.reading() as connection:
                page = [one for one, _ in rows.read(connection, camera, where, (*after, volume, size))]
            yield from page
            if len(page) < size:
                return
            after, size = _key(page[-1].name), _PAGE

    def undated(self, camera: str, volume: str) -> list[Segment]:
        """Return the camera's segments on a volume whose run began while the clock was not believed."""
        where = "unsync = 1 AND volume.key = ? ORDER BY segment.start, session"
        with self.reading() as connection:
            return [one for one, _ in rows.read(connection, camera, where, (volume,))]

    def first(self, camera: str) -> Segment | None:
        """Return the camera's oldest segment."""
        with self.reading() as connection:
            where = "1 ORDER BY segment.start, session, unsync LIMIT 1"
            return next((one for one, _ in rows.read(connection, camera, where, ())), None)

    def deleted_until(self, camera: str) -> int:
        """Return up to when footage of the camera went by retention, Unix time in ms, 0 for never."""
        with self.reading() as connection:
            row = connection.execute("SELECT deleted_ms FROM camera WHERE host = ?", (camera,)).fetchone()
        return int(row[0]) if row else 0

    def all(self, camera: str) -> Iterator[Row]:
        """Yield every segment of the camera in order."""
        with self.reading() as connection:
            yield from rows.read(connection, camera, "1 ORDER BY segment.start, session, unsync", ())


class _Reading(AbstractContextManager[Connection]):
    """The connection, with SQLite's errors turned into ours."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection = connection
        self._failing = failing(path)

    def __enter__(self) -> Connection:
        self._failing.__enter__()
        return self._connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._failing.__exit__(kind, error, trace)


def _key(name: SegmentName) -> tuple[int, str, int]:
    return name.start, name.session, int(not name.synchronised)


def _order(row: Row) -> tuple[int, str, int]:
    return _key(row[0].name)


def _ungarbage(connection: Connection, names: Iterable[SegmentName]) -> None:
    connection.executemany(
        "DELETE FROM garbage WHERE camera = (SELECT id FROM camera WHERE host = ?) "
        "AND start = ? AND session = ? AND unsync = ?",
        ((name.camera, *_key(name)) for name in names),
    )


def _change(
    connection: Connection,
    camera: str,
    add: Sequence[Segment],
    remove: Collection[SegmentName],
    *,
    keep_past: bool = False,
) -> int:
    """Add and remove segments of one camera; their neighbours' ends and the hours' sums follow.

    Returns:
        until when what is removed covered the time, Unix time in ms, 0 when nothing is; what was written while the
        clock was not believed does not count.
    """
    starts = [one.name.start for one in add] + [name.start for name in remove]
    if not starts:
        return 0
    before = _neighbourhood(connection, camera, min(starts), max(starts))
    new = {one.name for one in add}
    kept = [row for row in before if row[0].name not in new and row[0].name not in remove]
    touched = {row[0].name for row in before} - {row[0].name for row in kept}
    connection.executemany(
        "DELETE FROM segment WHERE camera = (SELECT id FROM camera WHERE host = ?) "
        "AND start = ? AND session = ? AND unsync = ?",
        ((camera, *_key(name)) for name in touched),
    )
    placed = sorted([*kept, *((one, 0) for one in add)], key=_order)
    # The last row's end depends on what follows it, which has not changed; unless it is one of ours, and nothing does.
    last = placed[-1] if placed else None
    known = last[1] if last and last[0].name not in new and _has_follower(connection, camera, last) else None
    found = ends([segment for segment, _ in placed], known)
    after = [(segment, end) for (segment, _), end in zip(placed, found, strict=True)]
    stored = set(before) - {row for row in before if row[0].name in touched}
    rows.write(connection, (row for row in after if row not in stored))
    rollup.apply(connection, camera, before, after, keep_past=keep_past)
    dated = (one for one in before if one[0].name in remove and one[0].name.synchronised)
    return max((end for _, end in dated), default=0)


def _neighbourhood(connection: Connection, camera: str, first: int, last: int) -> list[Row]:
    """Return every row that a change between two starts may touch or overlap, and one more on each side."""
    reach = LONGEST_SEGMENT_S + _SLACK_S
    found = partial(rows.read, connection, camera)
    newest_first = "segment.start < ? ORDER BY segment.start DESC, session DESC, unsync DESC LIMIT 1"
    earlier = found(newest_first, (first - reach,))
    near = found(
        "segment.start BETWEEN ? AND ? ORDER BY segment.start, session, unsync", (first - reach, last + reach)
    )
    later = found("segment.start > ? ORDER BY segment.start, session, unsync LIMIT 1", (last + reach,))
    return [*earlier, *near, *later]


def _has_follower(connection: Connection, camera: str, row: Row) -> bool:
    return any(
        True
        for _ in rows.read(
            connection, camera, "(segment.start, session, unsync) > (?,?,?) LIMIT 1", _key(row[0].name)
        )
    )
