"""A control group for each machine.

``systemd-nspawn --keep-unit`` puts its payload into the group that it was started from: two machines in one group
would share one ``/payload`` and fail.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_MOUNTED = Path("/sys/fs/cgroup")
#: Version 1 beside version 2, as hybrid systems mount them: what systemd in a machine uses, and what is measured.
_HYBRID = ("systemd", "memory", "cpuacct", "pids", "unified")


class ControlGroup:
    """The groups called ``name``, one in each hierarchy of this system."""

    def __init__(self, name: str) -> None:
        self.folders = tuple(root / name for root in _hierarchies())

    def enter(self) -> None:
        """Move this process in; what it starts from now on is in as well."""
        for folder in self.folders:
            folder.mkdir(exist_ok=True)
            (folder / "cgroup.procs").write_text(str(os.getpid()), "ascii")

    def leave(self) -> None:
        """Move this process out again and remove the groups with all that is still inside."""
        for folder in self.folders:
            with suppress(OSError):
                (folder.parent / "cgroup.procs").write_text(str(os.getpid()), "ascii")
        self.remove()

    def processes(self) -> set[int]:
        """Return the ids of all processes inside."""
        found: set[int] = set()
        for folder in self.folders:
            for path in folder.rglob("cgroup.procs"):
                with suppress(OSError):
                    found.update(map(int, path.read_text("ascii").split()))
        return found

    def remove(self, patience_s: float = 5) -> None:
        """Kill what is inside and remove the groups; nothing happens when there are none.

        Raises:
            OSError: something inside does not die.
        """
        deadline = time.monotonic() + patience_s
        while (inside := self.processes()) and time.monotonic() < deadline:
            for pid in inside - {os.getpid()}:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
        for folder in self.folders:
            for path in (*sorted(folder.rglob("*/"), reverse=True), folder):
                with suppress(FileNotFoundError):
                    path.rmdir()

    def exists(self) -> bool:
        """Return whether anything of it is there."""
        return any(folder.exists() for folder in self.folders)


def is_hybrid() -> bool:
    """Return whether machines must use version 1 (``SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=0``)."""
    return (_MOUNTED / "systemd" / "cgroup.procs").exists()


def _hierarchies() -> Iterator[Path]:
    if not is_hybrid():
        yield _MOUNTED
        return
    yield from (path for path in (_MOUNTED / name for name in _HYBRID) if (path / "cgroup.procs").exists())
