"""What somebody asks for: a camera, a time, and, as the law wants it registered, who and why."""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nanxi.recording.completeness import CST
from nanxi.recording.errors import RecordingError
from nanxi.recording.names import is_camera

_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y%m%dT%H%M%S")


@dataclass(frozen=True, slots=True)
class Request:
    """One retrieval. Times are Unix time in ms; State Council Order 799 Art. 16: reason, content, person and unit."""

    camera: str
    from_ms: int
    until_ms: int
    who: str
    organisation: str
    reason: str

    def __post_init__(self) -> None:
        missing = [name for name in ("who", "organisation", "reason") if not getattr(self, name).strip()]
        if missing:
            raise RecordingError(f"a retrieval is registered with {', '.join(missing)}: none may be empty")
        check_time(self.camera, self.from_ms, self.until_ms)

    def as_record(self) -> dict[str, Any]:
        """Return what log and manifest say of it."""
        return {
            "camera": self.camera,
            "from": utc(self.from_ms),
            "until": utc(self.until_ms),
            "who": self.who,
            "organisation": self.organisation,
            "reason": self.reason,
            "account": account(),
        }


def check_time(camera: str, from_ms: int, until_ms: int) -> None:
    """Refuse what is no camera's name and time that ends before it begins.

    Raises:
        RecordingError: with what would be right.
    """
    if not is_camera(camera):
        raise RecordingError(f"{camera!r} is no camera's host name; one looks like shangtang-cam0007")
    if from_ms >= until_ms:
        raise RecordingError(f"the time ends ({utc(until_ms)}) before it begins ({utc(from_ms)})")


def moment(text: str) -> int:
    """Return the Unix time in ms of what a person typed: Chinese time unless it names a zone, or ``now``.

    Raises:
        RecordingError: it is no time.
    """
    if text == "now":
        return int(datetime.now(UTC).timestamp() * 1000)
    for form in _FORMS:
        try:
            return int(datetime.strptime(text, form).replace(tzinfo=CST).timestamp() * 1000)
        except ValueError:
            continue
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise RecordingError(
            f"{text!r} is no time; write 2026-03-02 18:00 (Chinese time), or 2026-03-02T10:00:00Z"
        ) from None
    return int((read if read.tzinfo else read.replace(tzinfo=CST)).timestamp() * 1000)


def utc(ms: int) -> str:
    """Return a moment in UTC, for machines."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local(ms: int) -> str:
    """Return a moment in Chinese time, for people."""
    return datetime.fromtimestamp(ms / 1000, CST).strftime("%Y-%m-%d %H:%M:%S")


def account() -> str:
    """Return the operating system's account that asks, the one behind sudo if there is one."""
    return os.environ.get("SUDO_USER") or getpass.getuser()
