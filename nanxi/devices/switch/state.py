"""What this host remembers of a switch: who works on it, what it ran before, what an interrupted run left.

All of it lies in ``switches/<host>/`` of the state folder and is readable by its owner only.
"""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from nanxi.devices.errors import LockedError
from nanxi.files import write_atomically

#: Backups that are kept of one switch.
KEPT = 200
_BACKUP = ".cfg"


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
    def locked(self) -> Iterator[None]:
        """Hold the switch: of two runs one wins, and the other is told who holds it.

        Raises:
            LockedError: somebody else does.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / "lock"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LockedError(f"another run works on {self.host}: {path.read_text('utf-8')}") from None
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
