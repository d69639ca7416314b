"""What a patrol knows of a host: the output of ``collect.sh`` as typed values (pure)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_UNITS = {"": 1, "B": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_USAGE = re.compile(r"take up ([0-9.]+)([BKMGT]?)")


class UnreadError(Exception):
    """What came from a host is not what the patrol's own script prints; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Disk:
    """A mounted file system: bytes, and the share of inodes in use."""

    mount: str
    size: int
    available: int
    inodes_used: float = 0.0

    @property
    def used(self) -> float:
        """Share in use, 0 to 1, as far as services may fill it."""
        return 1 - self.available / self.size if self.size else 0.0


@dataclass(frozen=True, slots=True)
class Clock:
    """What chrony says: ``offset_s`` is this clock minus true time; a stratum of 0 follows nobody."""

    stratum: int
    offset_s: float
    reference: str


@dataclass(frozen=True, slots=True)
class HostFacts:
    """One host at one moment. ``newest`` is the Unix time of each camera's newest recording."""

    now: int
    uptime_s: float
    disks: tuple[Disk, ...]
    memory_available: float
    failed: tuple[str, ...]
    clock: Clock | None
    journal_bytes: int
    trial: bool
    rules_kept: bool
    versions: Mapping[str, str] = field(default_factory=dict)
    cameras: tuple[str, ...] = ()
    newest: Mapping[str, int] = field(default_factory=dict)


def parse(lines: Iterable[str]) -> HostFacts:
    """Return the facts in the output of ``collect.sh``.

    Raises:
        UnreadError: the output ended early, or a number is none.
    """
    sections = _sections(lines)
    if "end" not in sections:
        last = next(reversed(sections), "the first section")
        raise UnreadError(f"the answer ends in {last}")
    try:
        return _facts(sections)
    except (ValueError, IndexError, ZeroDivisionError) as error:
        raise UnreadError(f"an answer that cannot be understood: {error}") from None


def _facts(sections: Mapping[str, list[str]]) -> HostFacts:
    memory = {name.rstrip(":"): int(value) for name, value, *_ in map(str.split, sections["memory"])}
    versions = dict(line.split() for line in sections["packages"] if len(line.split()) == 2)
    for name in ("release", "kernel", "nanxi"):
        if sections[name]:
            versions[name] = sections[name][0]
    return HostFacts(
        now=int(sections["now"][0]),
        uptime_s=float(sections["uptime"][0]),
        disks=tuple(_disks(sections["disks"], sections["inodes"])),
        memory_available=memory["MemAvailable"] / memory["MemTotal"] if "MemAvailable" in memory else 1.0,
        failed=tuple(line.split()[0] for line in sections["failed"] if line.split()),
        clock=_clock(sections["clock"]),
        journal_bytes=_journal(sections["journal"]),
        trial="trial" in sections["rules"],
        rules_kept="kept" in sections["rules"],
        versions=versions,
        cameras=tuple(sections["cameras"]),
        newest={name: int(moment) for name, moment in map(str.split, sections["newest"])},
    )


def _sections(lines: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    name = ""
    for line in lines:
        if line.startswith("@") and line[1:].isalpha():
            name = line[1:]
            found[name] = []
        elif name and line.strip():
            found[name].append(line.strip())
    return found


def _disks(blocks: list[str], inodes: list[str]) -> Iterable[Disk]:
    used = {}
    for line in inodes[1:]:
        _, total, taken, _, _, mount = line.split(None, 5)
        used[mount] = int(taken) / int(total) if total.isdigit() and int(total) else 0.0
    for line in blocks[1:]:
        _, size, _, available, _, mount = line.split(None, 5)
        yield Disk(mount, int(size), int(available), used.get(mount, 0.0))


def _clock(lines: list[str]) -> Clock | None:
    """Read ``chronyc -c tracking``; "506 Cannot talk to daemon" and the like are no clock."""
    fields = lines[0].split(",") if lines else []
    if len(fields) < 14:
        return None
    # System time: positive is slow of true time by chronyc's sign, so ours is the negative.
    return Clock(int(fields[2]), -float(fields[4]), fields[1])


def _journal(lines: list[str]) -> int:
    match = _USAGE.search(lines[0]) if lines else None
    return int(float(match[1]) * _UNITS[match[2]]) if match else 0
