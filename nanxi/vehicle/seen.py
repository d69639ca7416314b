"""What a depot knows of the vehicles, as figures: for people and for the exporter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nanxi.recording.events import Cause
from nanxi.recording.statements import BOARD, Statement
from nanxi.recording.timeline import total, union


@dataclass(frozen=True, slots=True)
class Seen:
    """One vehicle as it was when it was last heard.

    Attributes:
        vehicle: its host name.
        heard_ms: when, Unix time in ms by this depot's clock.
        offset_ms: by how much this clock was ahead of the vehicle's.
        waiting_ms: video that no depot had, summed over its cameras.
        waiting_bytes: the same in bytes.
        oldest_ms: when the oldest of it begins; None without any.
        lost_ms: video that was deleted on board before any depot had it, or could not be written there.
    """

    vehicle: str
    heard_ms: int
    offset_ms: int
    waiting_ms: int
    waiting_bytes: int
    oldest_ms: int | None
    lost_ms: int


def seen(statements: Iterable[Statement]) -> Iterator[Seen]:
    """Yield what each statement amounts to."""
    for said in statements:
        aboard = [
            (one.from_ms, one.until_ms)
            for ones in said.cameras.values()
            for one in ones
            if one.where == BOARD
        ]
        lost: dict[str | None, list[tuple[int, int]]] = {}
        for event in said.events:
            if event.cause is Cause.DISK and event.until_ms is not None:
                lost.setdefault(event.camera, []).append((event.from_ms, event.until_ms))
        yield Seen(
            said.vehicle,
            said.said_ms + said.offset_ms,
            said.offset_ms,
            sum(until - begin for begin, until in aboard),
            said.backlog,
            min((begin for begin, _ in aboard), default=None),
            sum(total(union(ones)) for ones in lost.values()),
        )
