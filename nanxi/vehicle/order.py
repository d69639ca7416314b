"""What goes next: pure decisions.

What an earlier visit began to send is ended first: it takes room in the depot's spool, and a full spool that waits for files
at the end of the queue would never be empty again. Then what somebody flagged (a hold). Then the newest: what is asked for at the end of a shift is that shift's, and a
vehicle that comes back every night has no backlog that could grow old. Tracks go with their time: they are small.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nanxi.recording.timeline import Interval

#: Files in one call of rsync, so that their names fit on its command line.
MOST_FILES = 200


@dataclass(frozen=True, slots=True)
class Item:
    """A closed file on board, and what is known of it.

    Attributes:
        name: of the file.
        owner: the camera, or the vehicle of a track.
        from_ms: beginning of what it covers, Unix time.
        until_ms: end.
        size: bytes.
        path: where it is.
        record: the segment's line as in its manifest, with its hash at closing; None for a track.
    """

    name: str
    owner: str
    from_ms: int
    until_ms: int
    size: int
    path: Path
    record: dict[str, Any] | None = None


def ordered(
    items: Iterable[Item],
    held: Mapping[str, Sequence[Interval]],
    begun: Collection[str] = (),
    *,
    newest_first: bool = True,
) -> list[Item]:
    """Return the items in the order in which they go; ``held`` is what is flagged, by camera, ``begun`` are names."""

    def rank(item: Item) -> tuple[bool, bool, int, str]:
        return (
            item.name not in begun,
            not flagged(item, held),
            -item.from_ms if newest_first else item.from_ms,
            item.name,
        )

    return sorted(items, key=rank)


def flagged(item: Item, held: Mapping[str, Sequence[Interval]]) -> bool:
    """Return whether somebody flagged any of the item; a track goes with the cameras of its vehicle."""
    mine = (
        held.get(item.owner, ())
        if item.record is not None
        else [one for ones in held.values() for one in ones]
    )
    # A name's start is rounded down: a second more on the safe side.
    return any(begin < item.until_ms + 1000 and item.from_ms < end for begin, end in mine)


def first(items: Iterable[Item], most_bytes: int) -> list[Item]:
    """Return the first items that are at most ``most_bytes`` together, but always one when there is one."""
    return list(_first(items, most_bytes))


def _first(items: Iterable[Item], most_bytes: int) -> Iterator[Item]:
    taken = 0
    for count, item in enumerate(items):
        taken += item.size
        if count and (taken > most_bytes or count >= MOST_FILES):
            return
        yield item
