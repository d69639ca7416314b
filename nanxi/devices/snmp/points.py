"""What a poll found: named numbers with labels, and who the agent is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Point(NamedTuple):
    """One value. ``name`` is the metric's without its prefix; ``labels`` beyond the device's own."""

    name: str
    labels: tuple[tuple[str, str], ...]
    value: float


@dataclass(frozen=True, slots=True)
class AgentIdentity:
    """Who the agent says it is."""

    family: str
    object_id: str
    description: str
    software: str
    serial_number: str


@dataclass(frozen=True, slots=True)
class SnmpState:
    """Everything that one poll found."""

    identity: AgentIdentity
    points: tuple[Point, ...]
    problems: tuple[str, ...] = ()
    requests: int = 0
    names: dict[int, str] = field(default_factory=dict)  # ifIndex to port


def point(name: str, value: float | None, /, **labels: str) -> list[Point]:
    """Return a point in a list, or an empty one when there is no value."""
    return [] if value is None else [Point(name, tuple(sorted(labels.items())), value)]
