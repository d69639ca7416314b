"""Where a recorder writes when its camera's own disk takes nothing: to another disk of the host, until that one is back.

Only from a disk that is gone, damaged or may only be read. A full one is retention's business (``nanxi.recording.retention``
frees room oldest first): to fill the neighbour's too would break the promises to other cameras.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from nanxi.findings import NanxiError
from nanxi.recording import names
from nanxi.recording.volumes import MARKER

_PROBE = ".nanxi-probe"


class NoDiskError(NanxiError):
    """No disk of the host takes this camera's pictures."""


def choose(home: Path, others: Iterable[Path], camera: str, now: datetime) -> Path:
    """Return the first disk that takes what is written, ``home`` before the others, of these the emptiest first.

    The camera's folders are made on it.

    Raises:
        NoDiskError: none does, with the reason of each.
    """
    reasons = []
    for volume in (home, *sorted(set(others) - {home}, key=_room)):
        if not (reason := refusal(volume, camera, now)):
            return volume
        reasons.append(reason)
    raise NoDiskError("; ".join(reasons))


def refusal(volume: Path, camera: str, now: datetime) -> str:
    """Return why a disk takes nothing, empty when it does or is only full: it is asked with a byte that must stay."""
    if not (volume / MARKER).exists():  # or everything would go to the system's disk
        return f"{volume} is no mounted volume: {MARKER} is missing"
    probe = volume / camera / _PROBE
    try:
        names.prepare(volume, camera, now)
        descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            os.write(descriptor, b"1")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
            probe.unlink()
    except OSError as error:
        return "" if error.errno == errno.ENOSPC else f"{volume} takes nothing: {error.strerror}"
    return ""


def _room(volume: Path) -> int:
    """Return a key that puts the volume with the most room first."""
    try:
        status = os.statvfs(volume)
    except OSError:
        return 0
    return -status.f_bavail * status.f_frsize
