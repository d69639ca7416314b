"""Every state that a power cut could leave, from one recorded run (as ALICE and CrashMonkey do it).

A run on the mounted disk costs a mount and a process; its record, replayed in memory up to any step and cut there, costs
milliseconds. What stays is the model's business (``lab.faults.model``), so both ways leave the same.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.faults.lossyfs import NOTE, LossyFs, Record
from lab.faults.model import Disk, Node


@dataclass(frozen=True, slots=True)
class Cut:
    """A power cut: so many of the recorded operations were done, and ``seed`` lets some unsynced ones through."""

    step: int
    seed: int | None = None


def after(record: Record, cuts: Iterable[Cut]) -> Iterator[tuple[Cut, Disk, list[str]]]:
    """Yield, for each cut in order of its step, the disk as the next start finds it, and the notes made until then."""
    fs, notes, done = LossyFs(), list[str](), 0
    for cut in sorted(cuts, key=lambda one: (one.step, one.seed is None, one.seed or 0)):
        for operation, arguments in record[done : cut.step]:
            if operation == NOTE:
                notes.append(arguments[0])
            else:
                fs(operation, *arguments)
        done = max(done, cut.step)
        disk = copy.deepcopy(fs.disk)
        disk.cut(cut.seed)
        disk.on()
        yield cut, disk, list(notes)


def steps(record: Record) -> int:
    """Return how many steps there are to cut at: one behind each operation, and one before the first."""
    return len(record) + 1


def write_out(disk: Disk, folder: Path) -> None:
    """Write what is on the disk into an empty folder of a real file system."""
    _write_out(disk, disk.root, folder)


def _write_out(disk: Disk, node: Node, folder: Path) -> None:
    for name, number in node.names.items():
        child, path = disk.node(number), folder / name
        if child.folder:
            path.mkdir()
            _write_out(disk, child, path)
        else:
            path.write_bytes(child.data)
            os.utime(path, (child.changed, child.changed))
