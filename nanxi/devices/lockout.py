"""What is known of refused passwords of one device, and what may be tried next (pure)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

#: C2: at most this many failed logins per device in this time, over all components.
BUDGET = 2
WINDOW = timedelta(minutes=30)

#: Stop at once, whatever the budget, when the device says that so few attempts are left.
FEW_ATTEMPTS = 2


class Refusal(NamedTuple):
    """A credential that the device refused; ``fingerprint`` is keyed and tells nothing."""

    fingerprint: str
    user: str
    origin: str
    at: datetime


class GuardState(BaseModel):
    """What the guard holds about one device; no secret is in it."""

    model_config = ConfigDict(extra="forbid")

    host: str
    refused: list[Refusal] = []
    failures: list[datetime] = []  # failed logins of the last 30 minutes, UTC
    attempts_left: int | None = None  # as the device said last
    locked_until: datetime | None = None  # the device said that it is locked

    def obstacle(self, fingerprint: str, now: datetime) -> str:
        """Return why this credential may not be tried now, empty when it may."""
        if self.locked_until and now < self.locked_until:
            return f"the camera said that it is locked; wait until {self.locked_until:%Y-%m-%d %H:%M:%S} UTC"
        for refusal in self.refused:
            if refusal.fingerprint == fingerprint:
                return (
                    f"the {refusal.origin} password of {refusal.user!r} was refused at {refusal.at:%Y-%m-%d %H:%M} UTC"
                    " and is not tried again until it changes or somebody clears it"
                )
        if self.attempts_left is not None and self.attempts_left <= FEW_ATTEMPTS and self.failures:
            return f"the camera leaves only {self.attempts_left} attempts; waiting for {WINDOW} without one"
        if len(self.failures) >= BUDGET:
            return f"{len(self.failures)} logins failed in the last {WINDOW.seconds // 60} minutes"
        return ""
