"""The conversations with one switch during a change: the first, which changes it, and a fresh one, which proves it."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from nanxi.devices.errors import DeviceError, UnreachableError
from nanxi.devices.switch.job import Surroundings, SwitchJob
from nanxi.devices.switch.shell import Shell

#: Seconds between two tries to get in again.
RETRY_S = 5.0


class Sessions:
    """At most two at once: a switch has few terminals, and some have one."""

    def __init__(self, job: SwitchJob, around: Surroundings) -> None:
        self._job = job
        self._around = around
        self._first: Shell | None = None
        self._fresh: Shell | None = None

    def begin(self) -> Shell:
        """Sign in for the first time.

        Raises:
            DeviceError: the switch does not answer or does not let us in.
        """
        self._first = self._around.connect(self._job)
        return self._first

    def first(self) -> Shell:
        """Return the session that changes the switch."""
        assert self._first is not None, "it begins before anything is changed"
        return self._first

    def last(self) -> Shell:
        """Return the fresh session if there is one, else the first."""
        return self._fresh or self.first()

    def renew(self, seconds: float) -> Shell:
        """Sign in anew; try again for so many seconds as long as the switch does not answer.

        Raises:
            UnreachableError: it has not answered by then.
            DeviceError: it answers and does not let us in.
        """
        end = self._around.clock.now() + timedelta(seconds=seconds)
        while True:
            try:
                self._fresh = self._around.connect(self._job)
            except UnreachableError:
                if self._around.clock.now() + timedelta(seconds=RETRY_S) > end:
                    raise
                self._around.clock.sleep(RETRY_S)
            else:
                return self._fresh

    def usable(self) -> Shell:
        """Return a session that answers: the fresh one, the first, or another fresh one.

        Raises:
            DeviceError: the switch does not let us in any more.
        """
        for shell in (self._fresh, self._first):
            if shell is not None:
                with contextlib.suppress(DeviceError):
                    shell.send("")
                    return shell
        self.close()
        return self.renew(2 * RETRY_S)

    def close_first(self) -> None:
        """End the first session."""
        if self._first is not None:
            self._first.close()
        self._first = None

    def close(self) -> None:
        """End every session."""
        if self._fresh is not None:
            self._fresh.close()
        self._fresh = None
        self.close_first()
