"""Which files begin and end in the folders of the cameras, as the kernel says it (inotify), without looking for them.

Three hundred folders with a day's 1,440 files each cannot be listed once a second. The standard library has no inotify;
three system calls are all it takes.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_IN_CLOSE_WRITE, _IN_CREATE, _IN_Q_OVERFLOW, _IN_ONLYDIR, _IN_ISDIR = (
    0x8,
    0x100,
    0x4000,
    0x01000000,
    0x40000000,
)
_IN_IGNORED = 0x8000
_IN_CLOEXEC, _IN_NONBLOCK = 0x80000, 0x800
_EVENT = struct.Struct("=iIII")  # watch, mask, cookie, length of the name


class Change(NamedTuple):
    """A file in a watched folder that began, or that nobody writes any more."""

    path: Path
    closed: bool


class OverflowedError(Exception):
    """The kernel dropped changes: look at the folders themselves."""


class Watcher:
    """Watches folders; ``fileno`` is readable when there is something to read."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = self._call("inotify_init1", _IN_CLOEXEC | _IN_NONBLOCK)
        self._folders: dict[int, Path] = {}
        self._watches: dict[Path, int] = {}

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._fd

    def add(self, folder: Path) -> None:
        """Watch a folder; harmless when it is watched already.

        Raises:
            OSError: it is not there, or the user's limit of watches is reached (fs.inotify.max_user_watches).
        """
        if folder in self._watches:
            return
        mask = _IN_CLOSE_WRITE | _IN_CREATE | _IN_ONLYDIR
        watch = self._call("inotify_add_watch", self._fd, os.fsencode(folder), mask)
        self._folders[watch], self._watches[folder] = folder, watch

    def remove(self, folder: Path) -> None:
        """Watch a folder no more."""
        watch = self._watches.pop(folder, None)
        if watch is not None:
            self._folders.pop(watch, None)
            self._libc.inotify_rm_watch(
                self._fd, watch
            )  # fails when the folder is gone, and the watch with it

    @property
    def folders(self) -> frozenset[Path]:
        """What is watched."""
        return frozenset(self._watches)

    def read(self) -> Iterator[Change]:
        """Yield what happened since the last time.

        Raises:
            OverflowedError: some of it is lost.
        """
        try:
            data = os.read(self._fd, 1 << 16)
        except BlockingIOError:
            return
        at, overflowed = 0, False
        while at < len(data):
            watch, mask, _, length = _EVENT.unpack_from(data, at)
            at += _EVENT.size + length
            folder = self._folders.get(watch)
            if mask & _IN_Q_OVERFLOW:
                overflowed = True
            elif mask & _IN_IGNORED and folder is not None:  # its folder was deleted, or its disk taken out
                del self._folders[watch], self._watches[folder]
            elif folder is not None and length and not mask & _IN_ISDIR:
                name = os.fsdecode(data[at - length : at].rstrip(b"\0"))
                yield Change(folder / name, bool(mask & _IN_CLOSE_WRITE))
        if overflowed:
            raise OverflowedError

    def close(self) -> None:
        """Stop."""
        os.close(self._fd)

    def _call(self, name: str, *arguments: object) -> int:
        result = int(getattr(self._libc, name)(*arguments))
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(arguments[1]) if len(arguments) > 1 else None)
        return result
