"""What a vehicle's host has, what of it no depot has yet, and what it says of itself to a depot."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from nanxi.findings import NanxiError
from nanxi.recording import tracks
from nanxi.recording.closing import sha256
from nanxi.recording.config import OnBoard
from nanxi.recording.host import Host, open_host
from nanxi.recording.receipts import Receipt, Receipts
from nanxi.recording.rows import Row
from nanxi.recording.statements import BOARD, Statement, Stretch
from nanxi.recording.timeline import DAY_MS
from nanxi.vehicle.config import BoardConfig
from nanxi.vehicle.order import Item
from nanxi.vehicle.wire import Presented

#: Pieces of a camera's time that touch, give or take a second's rounding, are one stretch.
_SEAM_MS = 1500
#: A depot is told of so many causes at most, the newest: more is a host that has other worries.
_MOST_EVENTS = 5000
#: What happened longer ago than this has had its time everywhere.
_PAST_DAYS = 60


@dataclass(frozen=True, slots=True)
class Board:
    """The host on board. One thread: SQLite's connections belong to one."""

    config: BoardConfig
    host: Host
    receipts: Receipts

    @property
    def cameras(self) -> tuple[str, ...]:
        """The vehicle's cameras."""
        return tuple(sorted(self.host.config.cameras))

    def rows(self) -> list[Row]:
        """Return every closed segment on board, with until when it covers its camera's time."""
        return [row for camera in self.cameras for row in self.host.index.all(camera)]

    def waiting(self) -> list[Item]:
        """Return what no depot has."""
        confirmed = self.receipts.confirmed()
        return [item for item in self.items() if confirmed.get(item.name) != item.size]

    def items(self) -> Iterator[Item]:
        """Yield every file on board that is to come to a depot: closed segments and closed tracks."""
        for segment, end in self.rows():
            volume = self.host.volumes.get(segment.volume)
            if volume is not None:
                code = self.host.config.cameras[segment.name.camera].code
                record = segment.as_record(code)
                path = segment.name.path(volume.path)
                yield Item(
                    str(segment.name), segment.name.camera, segment.start_ms, end, segment.size, path, record
                )
        open_since = time.time() - 2 * self.config.period_s
        for volume in self.host.volumes.values():
            for name in tracks.names_on(volume.path, self.config.vehicle):
                path = name.path(volume.path)
                try:
                    status = path.stat()
                except FileNotFoundError:
                    continue
                # One whose period is over and that nobody writes to; an empty one says nothing.
                if status.st_size and status.st_mtime < open_since:
                    until = name.start + self.config.period_s
                    yield Item(str(name), name.vehicle, name.start * 1000, until * 1000, status.st_size, path)

    def confirm(self, items: list[tuple[Item, str]], depot: str) -> None:
        """Keep that ``depot`` proved to have these items, given with the hash of what it has."""
        now = time.time_ns() // 1_000_000
        self.receipts.add(
            Receipt(item.name, item.owner, item.from_ms, item.until_ms, item.size, digest, depot, now)
            for item, digest in items
        )

    def statement(self, depot: str) -> Statement:
        """Return what ``depot`` is told."""
        now = time.time_ns() // 1_000_000
        confirmed = self.receipts.confirmed()
        found: dict[str, list[Stretch]] = {camera: [] for camera in self.cameras}
        backlog = 0
        for segment, end in self.rows():
            if confirmed.get(str(segment.name)) != segment.size:
                found[segment.name.camera].append(Stretch(segment.start_ms, end, BOARD))
                backlog += segment.size
        for receipt in self.receipts.all():
            if receipt.depot != depot and receipt.camera in found:
                found[receipt.camera].append(Stretch(receipt.from_ms, receipt.until_ms, receipt.depot))
        since = now - _PAST_DAYS * DAY_MS
        events = self.host.events.between(None, since, 1 << 62, everything=True)
        stretches = {camera: tuple(_joined(sorted(ones, key=_place))) for camera, ones in found.items()}
        return Statement(self.config.vehicle, now, 0, stretches, tuple(events[-_MOST_EVENTS:]), backlog)

    def holds(self) -> list[dict[str, Any]]:
        """Return what is held on board, as a depot takes it."""
        return [asdict(hold) for hold in self.host.holds.all() if hold.released_ms is None]

    def present(self, item: Item) -> Presented:
        """Return the item as it is presented: with what its bytes are now and a new nonce.

        Raises:
            OSError: it cannot be read, for example because it was deleted meanwhile.
        """
        return Presented(item.name, item.size, sha256(item.path), os.urandom(16).hex(), item.record)


@contextmanager
def open_board(config: BoardConfig) -> Iterator[Board]:
    """Open what is on board.

    Raises:
        InputError: the recordings' configuration is wrong.
        NanxiError: it is that of no vehicle, or there is no index yet.
    """
    with open_host(config.recording) as host:
        board: OnBoard | None = host.config.on_board
        if board is None:
            raise NanxiError(f"{config.recording}: on_board is missing: this is no vehicle's host")
        with Receipts(board.receipts) as receipts:
            yield Board(config, host, receipts)


def _place(one: Stretch) -> tuple[int, int, str]:
    return one.from_ms, one.until_ms, one.where


def _joined(stretches: list[Stretch]) -> Iterator[Stretch]:
    """Yield stretches in order, those that touch and are in one place as one."""
    last: Stretch | None = None
    for one in stretches:
        if last is not None and one.where == last.where and one.from_ms - last.until_ms <= _SEAM_MS:
            last = Stretch(last.from_ms, max(last.until_ms, one.until_ms), last.where)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last
