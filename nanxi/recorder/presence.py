"""When this host was last known to be up: what happened while it was down, nobody on it could write down.

A keeper that starts in another boot than the last one knows only when that one was seen alive. It is the whole host that was
down then, whatever the first minute after the boot looks like from inside.
"""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from nanxi.files import write_atomically

#: Seconds between signs of life. The time between the last one and the end is recorded, and counts as such.
EVERY_S = 10.0


class Presence(NamedTuple):
    """A sign of life: in which boot, and when, Unix time in ms."""

    boot: str
    at_ms: int


def absence(last: Presence | None, now: Presence) -> tuple[int, int] | None:
    """Return from when until when the host was down, Unix time in ms; None when it is the same boot, or the first.

    A last sign of life in the future says that the clock is wrong, not that the host was down.
    """
    if last is None or last.boot == now.boot or last.at_ms >= now.at_ms:
        return None
    return last.at_ms, now.at_ms


def boot_of(run: Path) -> str:
    """Return a token that lives as long as this boot: a file in ``run``, which is memory and lost with it.

    The kernel's own boot_id is of no use: in a container under ProtectKernelTunables a service sees the machine's below.

    Raises:
        OSError: it cannot be written.
    """
    file = run / "boot"
    with suppress(OSError):
        if token := file.read_text("ascii").strip():
            return token
    token = uuid.uuid4().hex
    write_atomically(file, f"{token}\n", 0o644)
    return token


def read(path: Path) -> Presence | None:
    """Return the last sign of life, None when there is none or it is spoiled."""
    try:
        return Presence(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def write(path: Path, presence: Presence) -> None:
    """Leave a sign of life that survives a power cut.

    Raises:
        OSError: it cannot be written.
    """
    write_atomically(path, json.dumps(presence._asdict()), 0o644)
