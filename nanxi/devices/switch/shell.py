"""What the driver needs of a conversation with a switch, whoever carries it."""

from __future__ import annotations

from typing import Protocol

from nanxi.devices.errors import DeviceError, UnreachableError
from nanxi.devices.outcome import Verdict


class Shell(Protocol):
    """A signed-in conversation. Every method but ``close`` raises DeviceError."""

    prompt: str

    def send(self, command: str, timeout_s: float = 30.0) -> str:
        """Send one command, answer what the system asks, and return what it said; ``prompt`` is then the new one.

        Raises:
            DroppedError: the conversation ended, or the command was not done within ``timeout_s``.
        """
        ...

    def close(self) -> None:
        """End the conversation; never raises."""
        ...


class DroppedError(UnreachableError):
    """The conversation ended in the middle, or the switch stopped answering."""


class LineRefusedError(DeviceError):
    """The switch refused a line. ``line`` is as rendered: a secret is still its placeholder."""

    def __init__(self, line: str, section: tuple[str, ...], said: str) -> None:
        self.line = line
        where = f" in {' / '.join(section)}" if section else ""
        super().__init__(f"the switch refused {line!r}{where}: {said}")


class HostKeyError(DeviceError):
    """The switch shows another host key than the one that was pinned: another device, or somebody in between."""

    verdict = Verdict.HOSTILE
