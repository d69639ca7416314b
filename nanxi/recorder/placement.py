"""Which camera is recorded on which disk of which host: by capacity, and stable when one is added. Pure.

Every camera ranks all disks by a hash of both names (rendezvous hashing), weighted by capacity; a disk that is full keeps
the cameras that rank it highest, and the others go to their next choice (deferred acceptance). So the result does not
depend on any order, a camera that comes displaces few others, and a disk that comes takes only its share.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

#: MPEG-TS beside the video's own bytes, measured (docs/recording.md), and the share that retention keeps free.
CONTAINER = 1.032
USABLE = 0.93
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Need:
    """What one camera takes. ``kbps``: the upper limit of its main stream; ``days``: how long recordings are kept."""

    camera: str
    kbps: int
    days: int

    @property
    def size(self) -> int:
        """Bytes of a full retention."""
        return int(self.kbps * 125 * CONTAINER * DAY_S * self.days)


class Disk(NamedTuple):
    """One volume of one host; ``size`` in bytes, as the file system has them."""

    host: str
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Site:
    """What there is to place on: disks, and the kbit/s that each host may take in."""

    disks: tuple[Disk, ...]
    kbps: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Placement:
    """The disk of each camera, and the cameras that no disk has room for."""

    disks: dict[str, Disk]
    left: tuple[str, ...]


def place(needs: Iterable[Need], site: Site) -> Placement:
    """Return where each camera goes."""
    by_camera = {need.camera: need for need in needs}
    choices = {camera: _choices(camera, site.disks) for camera in by_camera}
    next_choice = dict.fromkeys(by_camera, 0)
    held: dict[Disk, set[str]] = {disk: set() for disk in site.disks}
    waiting = sorted(by_camera)
    left: list[str] = []
    while waiting:
        camera = waiting.pop()
        if next_choice[camera] == len(site.disks):
            left.append(camera)
            continue
        disk = choices[camera][next_choice[camera]]
        next_choice[camera] += 1
        held[disk].add(camera)
        waiting += _evicted(disk, held, by_camera, site)
    return Placement(
        {camera: disk for disk, cameras in held.items() for camera in cameras}, tuple(sorted(left))
    )


def shortage(needs: Collection[Need], site: Site) -> tuple[int, int]:
    """Return how many bytes and kbit/s a site lacks in all, zero when it has enough."""
    size = sum(need.size for need in needs) - sum(int(disk.size * USABLE) for disk in site.disks)
    kbps = sum(need.kbps for need in needs) - sum(site.kbps.values())
    return max(0, size), max(0, kbps)


def _evicted(disk: Disk, held: dict[Disk, set[str]], needs: Mapping[str, Need], site: Site) -> list[str]:
    """Take from a disk, and from its host, what is too much for it: those that rank it lowest."""
    gone: list[str] = []
    here = held[disk]
    while sum(needs[one].size for one in here) > disk.size * USABLE:
        gone.append(min(here, key=lambda one: (_rank(one, disk), one)))
        here.remove(gone[-1])
    mine = [(one, other) for other, cameras in held.items() if other.host == disk.host for one in cameras]
    while sum(needs[one].kbps for one, _ in mine) > site.kbps.get(disk.host, 0):
        worst = min(mine, key=lambda pair: (_rank(*pair), pair[0]))
        mine.remove(worst)
        held[worst[1]].remove(worst[0])
        gone.append(worst[0])
    return gone


def _choices(camera: str, disks: Iterable[Disk]) -> list[Disk]:
    return sorted(disks, key=lambda disk: (-_rank(camera, disk), disk))


def _rank(camera: str, disk: Disk) -> float:
    """Return a camera's weighted rendezvous score of a disk: ``-size / ln(hash)``."""
    digest = hashlib.sha256(f"{camera}\0{disk.host}\0{disk.path}".encode()).digest()
    draw = (int.from_bytes(digest[:8], "big") + 1) / (2**64 + 2)
    return -disk.size / math.log(draw)
