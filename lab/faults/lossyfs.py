"""The forgetful disk as a mounted file system: ``python -m lab.faults.lossyfs MOUNTPOINT SOCKET``.

One line of JSON per command on the Unix socket, one line back; ``lab.faults.disk`` speaks it:

=========================================  ============================================================================
``{"do": "mount"}``                        switch on and mount; answers when programs can use it
``{"do": "cut", "seed": 7}``               cut the power now; from then on everything fails with EIO
``{"do": "cut-at", "step": 31, "seed": 7}``  cut it at that step: making, removing, renaming, writing, truncating, syncing
``{"do": "fail-syncs", "count": 1}``       the next syncs fail with EIO, and what they should have kept counts as clean
``{"do": "capacity", "bytes": 100000}``    writes beyond it fail with ENOSPC
``{"do": "state"}``                        steps so far, bytes used, whether the power is cut
``{"do": "sync"}``                         everything so far stays, as after an orderly shutdown
``{"do": "new"}``                          forget everything: an empty disk
``{"do": "record"}``                       from now on keep every change and every sync, for ``lab.faults.replay``
``{"do": "note", "text": "..."}``          put a remark between them: what the program had promised by then
``{"do": "recorded", "to": "/a/file"}``    write them to that file, and keep no more
=========================================  ============================================================================

After a cut, unmount (``umount -f -l``), then ``mount``: a program that kept files open sees EIO, as after the real thing.
Needs /dev/fuse, libfuse2 and the right to mount.
"""

from __future__ import annotations

import errno
import json
import os
import pickle
import socket
import stat
import sys
import threading
from pathlib import Path
from typing import Any

import fuse

from lab.faults.model import Disk, Node

#: What was done to the disk, in order: the operation and its arguments. File handles are node numbers, which a disk gives
#: out in order, so that the same operations on another empty disk mean the same files.
Record = list[tuple[str, tuple[Any, ...]]]
NOTE = "note"
CHANGES = frozenset(
    (
        "create",
        "mkdir",
        "write",
        "truncate",
        "unlink",
        "rmdir",
        "rename",
        "fsync",
        "fsyncdir",
        "utimens",
        "chmod",
    )
)


class LossyFs(fuse.Operations):  # type: ignore[misc]
    """The face of a :class:`Disk` to the kernel. File handles are node numbers, so that unlinked files stay usable."""

    def __init__(self) -> None:
        self.disk = Disk()
        self.guard = threading.RLock()
        self.record: Record | None = None

    def __call__(self, op: str, *arguments: Any) -> Any:
        """Run one operation; the model's errors become the kernel's."""
        with self.guard:
            try:
                result = super().__call__(op, *arguments)
            except fuse.FuseOSError:
                raise
            except OSError as error:
                raise fuse.FuseOSError(error.errno or errno.EIO) from None
            if self.record is not None and op in CHANGES:
                self.record.append((op, arguments))
            return result

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        node = self.disk.node(fh) if fh else self.disk.find(path)
        return _status(node)

    def readdir(self, path: str, _fh: int) -> list[str]:
        return [".", "..", *self.disk.find(path).names]

    def opendir(self, path: str) -> int:
        return self.disk.find(path).number

    def create(self, path: str, mode: int, _info: Any = None) -> int:
        return self.disk.make(path, stat.S_IFREG | stat.S_IMODE(mode)).number

    def mkdir(self, path: str, mode: int) -> None:
        self.disk.make(path, stat.S_IFDIR | stat.S_IMODE(mode))

    def open(self, path: str, _flags: int) -> int:
        return self.disk.find(path).number

    def read(self, _path: str, size: int, offset: int, fh: int) -> bytes:
        return bytes(self.disk.node(fh).data[offset : offset + size])

    def write(self, _path: str, data: bytes, offset: int, fh: int) -> int:
        return self.disk.write(fh, data, offset)

    def truncate(self, path: str, length: int, fh: int | None = None) -> None:
        self.disk.truncate(fh or self.disk.find(path).number, length)

    def unlink(self, path: str) -> None:
        self.disk.remove(path)

    def rmdir(self, path: str) -> None:
        self.disk.remove(path)

    def rename(self, old: str, new: str) -> None:
        self.disk.rename(old, new)

    def fsync(self, _path: str, _datasync: int, fh: int) -> None:
        self.disk.sync(fh)

    def fsyncdir(self, path: str, _datasync: int, fh: int) -> None:
        self.disk.sync_folder(fh or self.disk.find(path).number)

    def chmod(self, path: str, mode: int) -> None:
        node = self.disk.find(path)
        node.mode = stat.S_IFMT(node.mode) | stat.S_IMODE(mode)

    def chown(self, _path: str, _uid: int, _gid: int) -> None:
        """Everything belongs to whoever mounted it."""

    def utimens(self, path: str, times: tuple[float, float] | None = None) -> None:
        if times:
            self.disk.find(path).changed = times[1]

    def statfs(self, _path: str) -> dict[str, int]:
        blocks = self.disk.capacity // 512
        free = max(0, blocks - self.disk.used() // 512)
        return {
            "f_bsize": 512,
            "f_frsize": 512,
            "f_blocks": blocks,
            "f_bfree": free,
            "f_bavail": free,
            "f_namemax": 255,
        }


def _status(node: Node) -> dict[str, Any]:
    links = 2 if node.folder else 1
    moments = dict.fromkeys(("st_atime", "st_mtime", "st_ctime"), node.changed)
    return {
        "st_mode": node.mode,
        "st_ino": node.number,
        "st_nlink": links,
        "st_size": len(node.data),
        "st_uid": os.getuid(),
        "st_gid": os.getgid(),
        **moments,
    }


class Control(threading.Thread):
    """Takes commands; the main thread mounts, because FUSE wants its signals."""

    def __init__(self, path: Path, fs: LossyFs) -> None:
        super().__init__(daemon=True)
        self.fs = fs
        self.wanted = threading.Event()
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()

    def run(self) -> None:
        """Serve one command per connection."""
        while True:
            connection, _ = self._server.accept()
            with connection, connection.makefile("rw", encoding="utf-8") as stream:
                try:
                    answer = self._do(json.loads(stream.readline()))
                except (ValueError, KeyError, TypeError) as error:
                    answer = {"error": repr(error)}
                stream.write(json.dumps(answer) + "\n")

    def _do(self, command: dict[str, Any]) -> dict[str, Any]:
        with self.fs.guard:
            disk = self.fs.disk
            match command["do"]:
                case "mount":
                    disk.on()
                    self.wanted.set()
                case "cut":
                    disk.cut(command.get("seed"))
                case "cut-at":
                    disk.cut_at, disk.cut_seed = disk.steps + command["step"], command.get("seed")
                case "fail-syncs":
                    disk.fail_syncs = command["count"]
                case "capacity":
                    disk.capacity = command["bytes"]
                case "sync":
                    disk.sync_all()
                case "new":
                    self.fs.disk = Disk()
                case "record":
                    self.fs.record = []
                case "note":
                    assert self.fs.record is not None
                    self.fs.record.append((NOTE, (command["text"],)))
                case "recorded":
                    Path(command["to"]).write_bytes(pickle.dumps(self.fs.record))
                    self.fs.record = None
                case "state":
                    return {"steps": disk.steps, "used": disk.used(), "off": disk.off}
                case other:
                    return {"error": f"unknown command {other!r}"}
        return {"ok": True}


def main() -> int:
    """Mount whenever somebody asks, until the process is ended."""
    mountpoint, path = Path(sys.argv[1]), Path(sys.argv[2])
    fs = LossyFs()
    control = Control(path, fs)
    control.start()
    print("ready", flush=True)
    while True:
        control.wanted.wait()
        control.wanted.clear()
        # Nothing is cached by the kernel but pages: after a cut no name or size may come from before it.
        fuse.FUSE(fs, str(mountpoint), foreground=True, nothreads=True, attr_timeout=0, entry_timeout=0,
                  hard_remove=True, fsname="lossyfs")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
