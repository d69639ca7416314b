"""What vehicles said, the last time they were in reach, of footage that a depot does not have: on board, or elsewhere.

One file per vehicle, replaced as a whole at each contact; losing one loses nothing, because the vehicle says it again.
Without it a depot could not tell footage that is still to come from footage that is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nanxi.files import write_atomically
from nanxi.recording.events import Cause, Event, as_record, from_record

#: Where footage is that is not here: ``BOARD``, or the name of the depot that has it.
BOARD = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Footage of a camera, Unix time in ms by the vehicle's clock, and where it is."""

    from_ms: int
    until_ms: int
    where: str = BOARD


@dataclass(frozen=True, slots=True)
class Statement:
    """What one vehicle said.

    Attributes:
        vehicle: its host name.
        said_ms: when, by the vehicle's clock: it says nothing about later times.
        offset_ms: by how much the depot's clock was ahead of the vehicle's then.
        cameras: each camera's footage that is not at the depot which is told.
        events: causes of what was not recorded on board; camera None is the whole vehicle.
        backlog: bytes of video that no depot has.
    """

    vehicle: str
    said_ms: int
    offset_ms: int
    cameras: dict[str, tuple[Stretch, ...]]
    events: tuple[Event, ...] = field(default=())
    backlog: int = 0

    def as_record(self) -> dict[str, Any]:
        """Return it as it is sent and kept."""
        return {
            "vehicle": self.vehicle,
            "said_ms": self.said_ms,
            "offset_ms": self.offset_ms,
            "cameras": {
                camera: [list(asdict(one).values()) for one in found]
                for camera, found in self.cameras.items()
            },
            "events": [as_record(one) for one in self.events],
            "backlog": self.backlog,
        }


def from_statement(record: dict[str, Any]) -> Statement:
    """Return the statement of a record.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is none.
    """
    return Statement(
        str(record["vehicle"]),
        int(record["said_ms"]),
        int(record["offset_ms"]),
        {
            str(camera): tuple(Stretch(int(begin), int(end), str(where)) for begin, end, where in found)
            for camera, found in record["cameras"].items()
        },
        tuple(event for one in record["events"] if (event := from_record(one)) is not None),
        int(record.get("backlog", 0)),
    )


class Statements:
    """The statements in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, statement: Statement) -> None:
        """Replace the vehicle's statement.

        Raises:
            OSError: the old one stays.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(statement.as_record(), ensure_ascii=False)
        write_atomically(self._folder / f"{statement.vehicle}.json", text, 0o644)

    def all(self) -> list[Statement]:
        """Return every vehicle's; what was spoiled on the disk is passed over."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                found.append(from_statement(json.loads(path.read_bytes())))
            except (OSError, KeyError, TypeError, ValueError, AttributeError):
                continue
        return found

    def events(self, camera: str) -> list[Event] | None:
        """Return what explains a vehicle's camera, in order of time; None for a camera of no vehicle."""
        for statement in self.all():
            if camera in statement.cameras:
                return sorted(_events(statement, camera), key=lambda one: (one.from_ms, one.id))
        return None


def _events(statement: Statement, camera: str) -> Iterable[Event]:
    for number, one in enumerate(statement.cameras[camera]):
        cause, detail = (Cause.ELSEWHERE, one.where) if one.where else (Cause.NOT_UPLOADED, statement.vehicle)
        yield Event(f"{camera}-{number}", camera, cause, one.from_ms, one.until_ms, detail)
    said = datetime.fromtimestamp(statement.said_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    detail = f"{statement.vehicle} was last heard at {said}"
    yield Event(f"{camera}-silent", camera, Cause.NOT_UPLOADED, statement.said_ms, None, detail)
    yield from (one for one in statement.events if one.camera in (None, camera))
