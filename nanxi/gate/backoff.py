"""How long to leave a camera alone after a failure: full jitter, by cause (R8, R9, R10)."""

from __future__ import annotations

from tenacity import RetryCallState, Retrying
from tenacity.wait import wait_random_exponential

from nanxi.gate.causes import Cause

#: Seconds of picture after which a camera counts as well again. One that hangs up every few seconds (R10) is not.
HEALTHY_S = 30.0

#: Longest wait, seconds. A camera that comes back must be recorded within 15 s (R4), connection included; a password
#: that was refused cannot become right by itself, so that only the guard's file is looked at again.
_LONGEST = {Cause.BUSY: 60.0, Cause.HOSTILE: 60.0, Cause.REFUSED: 30.0, Cause.UNAUTHORISED: 60.0}
_USUAL_S = 8.0
_SHORTEST_S = 0.5


class Backoff:
    """Counts the failures of one stream in a row."""

    def __init__(self) -> None:
        self._state = RetryCallState(Retrying(), None, (), {})
        self._state.attempt_number = 0

    def well(self) -> None:
        """Begin anew: the stream played long enough."""
        self._state.attempt_number = 0

    def wait_s(self, cause: Cause, *, hold_s: float = 0.0) -> float:
        """Return how long to wait after one more failure.

        ``hold_s``: for so long the camera may still keep a session of ours that broke off (R9).
        """
        self._state.attempt_number += 1
        longest = _LONGEST.get(cause, _USUAL_S)
        wait = wait_random_exponential(multiplier=1, max=longest, min=_SHORTEST_S)(self._state)
        return max(float(wait), hold_s if cause is Cause.BUSY else 0.0)
