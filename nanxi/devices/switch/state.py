"""What this host remembers of a switch: who works on it, what it ran before, what an interrupted run left.

All of it lies in ``switches/<host>/`` of the state folder and is readable by its owner only.
"""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import os
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from nanxi.devices.errors import LockedError
from nanxi.files import write_atomically

#: Backups that are kept of one switch.
KEPT = 200
_BACKUP = ".cfg"

#: Seconds to wait until another switch of the same path is done: a change that is taken back needs minutes.
PATH_PATIENCE_S = 900.0
_POLL_S = 0.2


class Pending(BaseModel):
    """A change that is under way. It is on the disk before the timer is armed."""

    model_config = ConfigDict(extra="forbid")

    stage: Literal["armed", "unsaved"]
    since: datetime
    until: datetime  # when the switch takes an unconfirmed change back by itself
    how: str
    by: str


class SwitchState:
    """The folder of one switch."""

    def __init__(self, root: Path, host: str) -> None:
        self.root = root
        self.folder = root / "switches" / host
        self.host = host

    @contextlib.contextmanager
    def locked(self, above: Iterable[str] = (), patience_s: float = PATH_PATIENCE_S) -> Iterator[None]:
        """Hold the switch: of two runs one wins, and the other is told who holds it.

        The path to it is held as well, together with whoever else works on another branch below: two branches may
        change at once, two hops of one path may not (N7). Whoever is second there waits.

        Raises:
            LockedError: somebody else works on it, or on its path for longer than ``patience_s``.
        """
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._held("lock", fcntl.LOCK_EX, 0.0, self.host))
            for host in above:
                hop = SwitchState(self.root, host)
                what = f"{host}, on the path to {self.host}"
                stack.enter_context(hop._held("path", fcntl.LOCK_SH, patience_s, what))
            below = f"what hangs on {self.host}"
            stack.enter_context(self._held("path", fcntl.LOCK_EX, patience_s, below))
            yield

    @contextlib.contextmanager
    def _held(self, name: str, how: int, patience_s: float, what: str) -> Iterator[None]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / name
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + patience_s
        try:
            while True:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(handle, how | fcntl.LOCK_NB)
                    break
                if time.monotonic() >= deadline:
                    raise LockedError(f"another run works on {what}: {path.read_text('utf-8')}")
                time.sleep(_POLL_S)
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{who()}, since {_now():%Y-%m-%d %H:%M:%S} UTC".encode(), 0)
            yield
        finally:
            os.close(handle)

    def back_up(self, text: str) -> Path:
        """Keep a configuration (secrets hidden already) under its date; the same one is kept once.

        Returns:
            The file that holds it.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        history = self.history()
        if history and history[-1].read_text("utf-8") == text:
            return history[-1]
        file = self.folder / f"{_now():%Y-%m-%dT%H%M%S.%fZ}{_BACKUP}"
        write_atomically(file, text, mode=0o600)
        for old in history[: max(0, len(history) + 1 - KEPT)]:
            old.unlink(missing_ok=True)
        return file

    def history(self) -> list[Path]:
        """Return the backups, oldest first."""
        return sorted(self.folder.glob(f"*{_BACKUP}"))

    def pending(self) -> Pending | None:
        """Return what an interrupted run left, None where all is finished.

        A file that cannot be read counts as a change without a timer: the next run looks at the switch itself.
        """
        try:
            return Pending.model_validate_json(self._journal.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError:
            return Pending(stage="unsaved", since=_now(), until=_now(), how="unknown", by="unknown")

    def note(self, pending: Pending) -> None:
        """Write down, durably, what is under way."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(self._journal, pending.model_dump_json(), mode=0o600)

    def finished(self) -> None:
        """Nothing is under way any more."""
        self._journal.unlink(missing_ok=True)

    @property
    def _journal(self) -> Path:
        return self.folder / "pending.json"


def who() -> str:
    """Return who runs this, for people."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user} on {os.uname().nodename}, process {os.getpid()}"


def _now() -> datetime:
    return datetime.now(UTC)
