"""A file system in memory that knows what would be left after a power cut: what was synced, and by chance a little more.

Strict POSIX, stricter than ext4: ``fsync`` of a file keeps its bytes, not its name; ``fsync`` of a folder keeps the names
in it. A failed ``fsync`` throws the unsynced bytes' marks away, as Linux does, so that a second one succeeds.
"""

from __future__ import annotations

import errno
import random
import stat
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

PAGE = 4096


class PowerCutError(OSError):
    """The disk is off."""

    def __init__(self) -> None:
        super().__init__(errno.EIO, "the power is cut")


@dataclass
class Node:
    """A file or a folder: as programs see it, and as the platters have it."""

    number: int
    mode: int
    data: bytearray = field(default_factory=bytearray)
    kept: bytes = b""
    dirty: set[int] = field(default_factory=set)
    names: dict[str, int] = field(default_factory=dict)
    kept_names: dict[str, int] = field(default_factory=dict)
    changed: float = 0.0
    kept_changed: float = 0.0

    @property
    def folder(self) -> bool:
        """Whether it is a folder."""
        return stat.S_ISDIR(self.mode)


#: One change of names, of one or (rename) two folders: folder, name, node or None.
Change = tuple[tuple[int, str, int | None], ...]


class Disk:
    """The file system. Every method that changes or syncs something is one step; the power can be cut at any step."""

    def __init__(self, capacity: int = 1 << 30) -> None:
        self.capacity = capacity
        self.steps = 0
        self.cut_at: int | None = None
        self.cut_seed: int | None = None
        self.off = False
        self.fail_syncs = 0
        self._next = 1
        self._nodes: dict[int, Node] = {}
        self._pending: list[Change] = []
        self.root = self._node(stat.S_IFDIR | 0o755)

    # What programs see

    def find(self, path: str) -> Node:
        """Return what is at ``path``; FileNotFoundError when nothing is."""
        self._alive()
        node = self.root
        for name in filter(None, path.split("/")):
            if name not in node.names:
                raise FileNotFoundError(errno.ENOENT, path)
            node = self._nodes[node.names[name]]
        return node

    def node(self, number: int) -> Node:
        """Return an open file, also one whose name is gone."""
        self._alive()
        return self._nodes[number]

    def used(self) -> int:
        """Return the bytes of all files that have a name."""
        named = {number for node in self._nodes.values() for number in node.names.values()}
        return sum(len(self._nodes[number].data) for number in named)

    # Steps

    def make(self, path: str, mode: int) -> Node:
        """Make a file or a folder."""
        self._step()
        parent, name = self._place(path)
        node = self._node(mode)
        self._change(((parent.number, name, node.number),))
        return node

    def remove(self, path: str) -> None:
        """Take a name away."""
        self._step()
        node = self.find(path)
        if node.folder and node.names:
            raise OSError(errno.ENOTEMPTY, path)
        parent, name = self._place(path)
        self._change(((parent.number, name, None),))

    def rename(self, old: str, new: str) -> None:
        """Give a file another name, in one change."""
        self._step()
        node = self.find(old)
        (source, was), (target, becomes) = self._place(old), self._place(new)
        self._change(((target.number, becomes, node.number), (source.number, was, None)))

    def write(self, number: int, data: bytes, offset: int) -> int:
        """Write into a file."""
        self._step()
        node = self.node(number)
        growth = max(0, offset + len(data) - len(node.data))
        if growth and self.used() + growth > self.capacity:
            raise OSError(errno.ENOSPC, "no space left")
        node.data.extend(bytes(max(0, offset - len(node.data))))
        node.data[offset : offset + len(data)] = data
        node.dirty.update(range(offset // PAGE, (offset + len(data) + PAGE - 1) // PAGE))
        node.changed = time.time()
        return len(data)

    def truncate(self, number: int, length: int) -> None:
        """Shorten or lengthen a file."""
        self._step()
        node = self.node(number)
        del node.data[length:]
        node.data.extend(bytes(length - len(node.data)))
        node.dirty.update(range(length // PAGE, len(node.kept) // PAGE + 1))
        node.changed = time.time()

    def sync(self, number: int) -> None:
        """Keep a file's bytes."""
        self._step()
        node = self.node(number)
        self._fail(node)
        node.kept, node.kept_changed = bytes(node.data), node.changed
        node.dirty.clear()

    def sync_folder(self, number: int) -> None:
        """Keep the names in a folder."""
        self._step()
        self._fail(None)
        mine = [change for change in self._pending if any(folder == number for folder, _, _ in change)]
        self._keep(mine)
        self._pending = [change for change in self._pending if change not in mine]

    def sync_all(self) -> None:
        """Keep everything, as after an orderly shutdown."""
        self._alive()
        self._keep(self._pending)
        self._pending.clear()
        for node in self._nodes.values():
            node.kept, node.kept_changed = bytes(node.data), node.changed
            node.dirty.clear()

    # Power

    def cut(self, seed: int | None = None) -> None:
        """Switch off. Without ``seed`` only what was synced stays; with it, by chance, also what the kernel wrote early.

        Names come in the order in which they were changed (a journal); pages of files in any.
        """
        chance = random.Random(seed)
        if seed is not None:
            self._keep(self._pending[: chance.randint(0, len(self._pending))])
        for node in self._nodes.values():
            if seed is not None:
                self._keep_some_pages(node, chance)
            node.data, node.changed = bytearray(node.kept), node.kept_changed
            node.names = dict(node.kept_names)
            node.dirty.clear()
        self._pending.clear()
        self.off = True

    def on(self) -> None:
        """Switch on again."""
        self.off = False
        self.cut_at = None

    def _keep_some_pages(self, node: Node, chance: random.Random) -> None:
        kept = bytearray(node.kept)
        for page in sorted(node.dirty):
            begin, end = page * PAGE, min((page + 1) * PAGE, len(node.data))
            if begin < end and chance.random() < 0.5:
                kept.extend(bytes(max(0, end - len(kept))))
                kept[begin:end] = node.data[begin:end]
        if len(node.data) < len(kept) and chance.random() < 0.5:
            del kept[len(node.data) :]
        if kept != node.kept:
            node.kept, node.kept_changed = bytes(kept), node.changed

    def _keep(self, changes: Iterable[Change]) -> None:
        for change in changes:
            for folder, name, number in change:
                names = self._nodes[folder].kept_names
                if number is None:
                    names.pop(name, None)
                else:
                    names[name] = number

    def _change(self, change: Change) -> None:
        for folder, name, number in change:
            names = self._nodes[folder].names
            if number is None:
                names.pop(name, None)
            else:
                names[name] = number
        self._pending.append(change)

    def _fail(self, node: Node | None) -> None:
        if self.fail_syncs:
            self.fail_syncs -= 1
            if node is not None:
                node.dirty.clear()
            raise OSError(errno.EIO, "the disk refused")

    def _step(self) -> None:
        self._alive()
        if self.cut_at is not None and self.steps >= self.cut_at:
            self.cut(self.cut_seed)
            raise PowerCutError
        self.steps += 1

    def _alive(self) -> None:
        if self.off:
            raise PowerCutError

    def _place(self, path: str) -> tuple[Node, str]:
        parent, _, name = path.rpartition("/")
        return self.find(parent), name

    def _node(self, mode: int) -> Node:
        now = time.time()
        node = Node(self._next, mode, changed=now, kept_changed=now)
        self._nodes[self._next] = node
        self._next += 1
        return node
