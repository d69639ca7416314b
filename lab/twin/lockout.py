"""The firmware's counter of wrong passwords (quirk O7): in memory, so a reboot clears it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lab.twin.traits import LockOut


@dataclass(slots=True)
class LockOutCounter:
    """Wrong passwords per account, shared by ONVIF, HTTP Digest and RTSP as on real devices.

    ``now`` gives seconds of a monotonic clock. A locked account refuses the right password too, and an attempt
    while it is locked does not prolong the lock.
    """

    rule: LockOut | None
    now: Callable[[], float]
    _failures: dict[str, int] = field(default_factory=dict)
    _locked_until: dict[str, float] = field(default_factory=dict)

    def locked_s(self, user: str) -> float:
        """Return for how many more seconds the account is locked, 0 when it is not."""
        return max(0.0, self._locked_until.get(user, 0.0) - self.now())

    def attempts_left(self, user: str) -> int | None:
        """Return how many wrong passwords are still allowed, None when the firmware does not count."""
        return None if self.rule is None else self.rule.after - self._failures.get(user, 0)

    def login(self, user: str, ok: bool) -> bool:
        """Note one attempt and return whether it may enter."""
        if self.rule is None:
            return ok
        if self.locked_s(user):
            return False
        if self._locked_until.pop(user, None) is not None or ok:
            self._failures.pop(user, None)
        if ok:
            return True
        self._failures[user] = self._failures.get(user, 0) + 1
        if self._failures[user] >= self.rule.after:
            self._locked_until[user] = self.now() + 60 * self.rule.minutes
        return False

    def clear(self) -> None:
        """Forget everything, as a reboot does."""
        self._failures.clear()
        self._locked_until.clear()
