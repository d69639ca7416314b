"""Legal holds: footage under investigation, of which nothing is deleted before somebody releases it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from nanxi.recording import journal
from nanxi.recording.errors import RecordingError
from nanxi.recording.index import Index
from nanxi.recording.timeline import Interval, union

_COLUMNS = "id, camera, from_ms, until_ms, reason, who, placed_ms, released_ms, released_by, released_reason"


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold on a camera's time, Unix time in ms; it lasts until ``released_ms`` is set."""

    id: str
    camera: str
    from_ms: int
    until_ms: int
    reason: str
    who: str
    placed_ms: int
    released_ms: int | None = None
    released_by: str = ""
    released_reason: str = ""


class Holds:
    """The holds of one host: in the index, and on each of its ``volumes``, so that no lost index releases evidence."""

    def __init__(self, index: Index, volumes: Collection[Path]) -> None:
        self._index, self._volumes = index, volumes

    def place(self, camera: str, from_ms: int, until_ms: int, reason: str, who: str) -> Hold:
        """Hold the camera's footage of a time.

        Raises:
            RecordingError: no reason, nobody, or no time is given; or no volume takes the hold, so that it would not
                survive the index.
            IndexFailedError: it was not placed.
        """
        if not reason.strip() or not who.strip():
            raise RecordingError("a hold needs a reason and who asks for it")
        if from_ms >= until_ms:
            raise RecordingError("a hold ends after it begins")
        hold = Hold(
            uuid.uuid4().hex[:12], camera, from_ms, until_ms, reason, who, time.time_ns() // 1_000_000
        )
        self._store(hold)
        return hold

    def take(self, hold: Hold) -> bool:
        """Take a hold that was placed on another host, and is known there by the same id; False when it is here already.

        Raises:
            RecordingError, IndexFailedError: as :meth:`place`.
        """
        if any(one.id == hold.id for one in self.all()):
            return False
        self._store(hold)
        return True

    def release(self, hold_id: str, reason: str, who: str) -> Hold:
        """End a hold; its footage goes when its own time is over.

        Raises:
            RecordingError: there is no such hold, it is released already, or no reason or nobody is given.
            IndexFailedError: it still holds.
        """
        if not reason.strip() or not who.strip():
            raise RecordingError("a release needs a reason and who asks for it")
        found = next((hold for hold in self.all() if hold.id == hold_id), None)
        if found is None or found.released_ms is not None:
            raise RecordingError(f"there is no hold {hold_id} that could be released")
        now = time.time_ns() // 1_000_000
        released = replace(found, released_ms=now, released_by=who, released_reason=reason)
        self._store(released)
        return released

    def all(self) -> list[Hold]:
        """Return every hold, the released ones too, in the order of their placing."""
        with self._index.reading() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM hold ORDER BY placed_ms, id").fetchall()  # noqa: S608 - our own constant
        return [Hold(*row) for row in rows]

    def intervals(self) -> dict[str, list[Interval]]:
        """Return what is held now, united, by camera."""
        found: dict[str, list[Interval]] = {}
        for hold in self.all():
            if hold.released_ms is None:
                found.setdefault(hold.camera, []).append((hold.from_ms, hold.until_ms))
        return {camera: union(intervals) for camera, intervals in found.items()}

    def restore(self) -> int:
        """Take the holds of the volumes' journals into the index, after it was lost; return how many."""
        found: dict[str, Hold] = {}
        for record in journal.read(self._volumes):
            if record.pop("kind", None) == "hold" and set(record) == set(Hold.__slots__):
                hold = Hold(**record)
                if hold.id not in found or hold.released_ms is not None:
                    found[hold.id] = hold
        for hold in found.values():
            self._insert(hold)
        return len(found)

    def _store(self, hold: Hold) -> None:
        failed = journal.append(self._volumes, {"kind": "hold", **asdict(hold)})
        if self._volumes and len(failed) == len(self._volumes):
            raise RecordingError(f"no volume takes the hold, it was not changed: {failed[0]}")
        self._insert(hold)

    def _insert(self, hold: Hold) -> None:
        values = asdict(hold)
        with self._index.writing() as connection:
            connection.execute(
                f"INSERT OR REPLACE INTO hold ({_COLUMNS}) VALUES ({','.join('?' * len(values))})",  # noqa: S608 - as above
                tuple(values.values()),
            )
