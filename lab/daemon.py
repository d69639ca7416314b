"""A process of the lab that outlives the command which started it, found again by id and start time."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


class DaemonError(Exception):
    """A daemon ended, or did not get ready in time; the text has the end of its log."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """One long-running command. ``ready`` is what its log says once it serves."""

    name: str
    command: tuple[str, ...]
    ready: str
    folder: Path  # of the lab

    @property
    def log(self) -> Path:
        """Where its output goes; the last start only."""
        return self.folder / "log" / f"{self.name}.log"

    @property
    def _pid_file(self) -> Path:
        return self.folder / "run" / f"{self.name}.pid"

    @property
    def pid(self) -> int | None:
        """Process id while it runs. A recycled id is told by its start time, so a stale file does no harm."""
        try:
            pid, started = self._pid_file.read_text("ascii").split()
        except (FileNotFoundError, ValueError):
            return None
        return int(pid) if _start_time(int(pid)) == started else None

    def start(self, enter: Sequence[str] = (), patience_s: float = 60) -> None:
        """Start it and wait until it serves. Does nothing while it runs.

        Args:
            enter: command prefix, for example that of a namespace.
            patience_s: seconds until a start counts as failed.

        Raises:
            DaemonError: it ended, or is not ready in time; then it has been ended.
        """
        if self.pid:
            return
        for path in (self.log, self._pid_file):
            path.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                [*enter, *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._pid_file.write_text(f"{process.pid} {_start_time(process.pid)}", "ascii")
        deadline = time.monotonic() + patience_s
        while not self._says_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                tail = self.log.read_text("utf-8", "replace").splitlines()[-15:]
                raise DaemonError("\n".join([f"{self.name} did not get ready; {self.log} ends with:", *tail]))
            time.sleep(0.05)

    def stop(self, patience_s: float = 10) -> None:
        """End it and what it started: politely, then by force."""
        for number, patience in ((signal.SIGTERM, patience_s), (signal.SIGKILL, 2.0)):
            pid = self.pid
            if pid is None:
                break
            with suppress(ProcessLookupError):
                os.killpg(pid, number)
            deadline = time.monotonic() + patience
            while self.pid and time.monotonic() < deadline:
                time.sleep(0.05)
        self._pid_file.unlink(missing_ok=True)

    def _says_ready(self) -> bool:
        return self.ready.encode() in self.log.read_bytes()


def _start_time(pid: int) -> str | None:
    """Return when a process started, in clock ticks since boot; None when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else fields[19]
