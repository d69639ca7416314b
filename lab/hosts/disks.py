"""The disks of a machine beside its system's: files with ext4 on them, which fill and break like real ones. Standard library only."""

from __future__ import annotations

import subprocess
from pathlib import Path

#: Disks by role, as inventory/lab/group_vars/ names them to the roles; each is mounted at ``/srv/nanxi/<disk>``.
OF_ROLE = {"recorder": ("disk1", "disk2"), "mobile_recorder": ("disk1",)}
#: Bytes. The file is sparse: it takes what was written.
SIZE = 4 << 30


class DiskError(Exception):
    """A disk cannot be made or mounted."""


def mount(folder: Path, disk: str) -> Path:
    """Mount a disk that is kept in ``folder``, made at its first use; return where.

    Where the kernel has no loop devices it is memory, and forgets everything at power off.

    Raises:
        DiskError: it cannot be made or mounted.
    """
    file, point = folder / f"{disk}.ext4", folder / disk
    point.mkdir(parents=True, exist_ok=True)
    unmount(folder, disk)
    if not file.exists():
        draft = file.with_suffix(".new")
        with draft.open("wb") as stream:
            stream.truncate(SIZE)
        # Nothing reserved for root: what a recorder may use is what is free. Tables are made when they are needed.
        _run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1", str(draft))
        draft.rename(file)
    try:
        _run("mount", "-o", "loop,noatime", str(file), str(point))
    except DiskError:
        _run("mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", disk, str(point))
    return point


def unmount(folder: Path, disk: str) -> None:
    """Take a disk out; nothing happens when it is not in."""
    point = folder / disk
    while point.is_mount():
        _run("umount", "--lazy", str(point))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DiskError(f"{' '.join(command)}: {done.stderr.strip()}")
