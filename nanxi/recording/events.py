"""Why nothing was recorded: the supervisor, the gate and the indexer say so here, and the gap ledger reads it.

An event is open while it lasts. It belongs to one camera or, with ``camera`` None, to the whole host. Nothing is
counted here: an event only names the cause of time that the segments leave uncovered.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nanxi.recording import journal
from nanxi.recording.index import Index

if TYPE_CHECKING:
    from nanxi.recording.statements import Statements


class Cause(StrEnum):
    """Causes of gaps, the one that explains most first: where events overlap, the earliest in this list counts."""

    NOT_UPLOADED = "not-uploaded"  # it is no loss: a vehicle has it on board, or has not been heard since
    ELSEWHERE = "elsewhere"  # nor is this: another depot has it. Vehicles say both, see ``statements``
    MAINTENANCE = "maintenance"  # announced work explains whatever it breaks
    HOST_DOWN = "host-down"
    DISK = "disk"
    UNAUTHORISED = "unauthorised"  # 401: no retry helps, somebody must act
    REFUSED = "refused"  # connection refused, 453, 503
    STALLED = "stalled"  # connected, but no pictures
    UNREACHABLE = "camera-unreachable"
    CLOCK = "clock"  # time that the clock leapt over; what was seen to happen in it, by a right clock, explains more
    NOT_DUE = "not-due"  # this host was not told to record it yet; never an event either, see ``due``
    DELETED = "deleted"  # it had its time; never written as an event, the ledger knows it from the index
    UNKNOWN = "unknown"


#: The gate's words (``nanxi.gate.causes``) for why a stream ended.
GATE_WORDS = {
    "unreachable": Cause.UNREACHABLE,
    "ended": Cause.UNREACHABLE,
    "unauthorised": Cause.UNAUTHORISED,
    "busy": Cause.REFUSED,
    "refused": Cause.REFUSED,
    "hostile": Cause.REFUSED,
    "stalled": Cause.STALLED,
    "changed": Cause.STALLED,
    "failed": Cause.HOST_DOWN,  # the gate itself, which serves the whole host
}

RANK = {cause: rank for rank, cause in enumerate(Cause)}


@dataclass(frozen=True, slots=True)
class Event:
    """One cause and its time, Unix time in ms; ``until_ms`` is None while it lasts."""

    id: str
    camera: str | None
    cause: Cause
    from_ms: int
    until_ms: int | None
    detail: str = ""


class Events:
    """The events of one host's index, with a copy on each of its ``volumes``.

    What happened to a vehicle's camera its vehicle knows, not this host: ``statements`` tells it.

    Raises:
        IndexFailedError: by every method.
    """

    def __init__(
        self, index: Index, volumes: Collection[Path] = (), statements: Statements | None = None
    ) -> None:
        self._index, self._volumes, self._statements = index, volumes, statements

    def record(
        self, camera: str | None, cause: Cause, from_ms: int, until_ms: int | None = None, detail: str = ""
    ) -> str:
        """Write an event and return its id; without ``until_ms`` it is open until :meth:`close`."""
        event = Event(uuid.uuid4().hex, camera, cause, from_ms, until_ms, detail)
        self._store(event)
        return event.id

    def close(self, event_id: str, until_ms: int | None = None) -> None:
        """End an open event, now by default; nothing happens when it is unknown or ended."""
        until = time.time_ns() // 1_000_000 if until_ms is None else until_ms
        for event in self.open_events():
            if event.id == event_id:
                self._store(replace(event, until_ms=until))

    def amend(self, event_id: str, cause: Cause, detail: str) -> None:
        """Give an open event the cause that is known by now; nothing happens when it is unknown or ended."""
        for event in self.open_events():
            if event.id == event_id:
                self._store(replace(event, cause=cause, detail=detail))

    def open_events(self, camera: str | None = None) -> list[Event]:
        """Return the events that last, of the host and of ``camera``; of every camera without."""
        return [
            event
            for event in self.between(camera, 0, 1 << 62, everything=camera is None)
            if event.until_ms is None
        ]

    def between(
        self, camera: str | None, begin_ms: int, end_ms: int, *, everything: bool = False
    ) -> list[Event]:
        """Return the events of the host and of ``camera`` that touch the time, in order of their beginning."""
        said = self._statements.events(camera) if self._statements and camera else None
        if said is not None:
            return [
                one
                for one in said
                if one.from_ms < end_ms and (one.until_ms is None or one.until_ms > begin_ms)
            ]
        with self._index.reading() as connection:
            found = connection.execute(
                "SELECT id, camera, cause, from_ms, until_ms, detail FROM event "
                "WHERE from_ms < ?2 AND (until_ms IS NULL OR until_ms > ?1) AND (?4 OR camera IS NULL OR camera = ?3) "
                "ORDER BY from_ms, id",
                (begin_ms, end_ms, camera, everything),
            ).fetchall()
        return [
            Event(one, host, Cause(cause), begin, end, detail)
            for one, host, cause, begin, end, detail in found
        ]

    def restore(self) -> int:
        """Take the events of the volumes' journals into the index, after it was lost; return how many."""
        found: dict[str, Event] = {}
        for record in journal.read(self._volumes):
            event = from_record(record)
            if event and (event.id not in found or found[event.id].until_ms is None):
                found[event.id] = event
        for event in found.values():
            self._insert(event)
        return len(found)

    def _store(self, event: Event) -> None:
        self._insert(event)
        # A full or broken disk is often what the event is about: the index has it, the copy may fail.
        journal.append(self._volumes, as_record(event))

    def _insert(self, event: Event) -> None:
        with self._index.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO event VALUES (?,?,?,?,?,?)",
                (event.id, event.camera, event.cause, event.from_ms, event.until_ms, event.detail),
            )


def as_record(event: Event) -> dict[str, Any]:
    """Return an event as a line of a journal."""
    return {
        "kind": "event",
        "id": event.id,
        "camera": event.camera,
        "cause": event.cause,
        "from_ms": event.from_ms,
        "until_ms": event.until_ms,
        "detail": event.detail,
    }


def from_record(record: dict[str, Any]) -> Event | None:
    """Return the event of a journal's line, None when it is none or was spoiled on the disk."""
    if record.get("kind") != "event":
        return None
    try:
        until = record["until_ms"]
        return Event(
            str(record["id"]),
            record["camera"],
            Cause(record["cause"]),
            int(record["from_ms"]),
            None if until is None else int(until),
            str(record["detail"]),
        )
    except (KeyError, TypeError, ValueError):
        return None
