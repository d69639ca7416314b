"""A clock that tests can push forward: timers of a twin fire without anybody waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(eq=False)
class Timer:
    """Something that happens at a time of a :class:`Clock`."""

    due: float
    action: Callable[[], None]
    handle: asyncio.TimerHandle | None = None


@dataclass
class Clock:
    """Seconds that pass by themselves and by :meth:`advance`."""

    _ahead: float = 0.0
    _timers: list[Timer] = field(default_factory=list)

    def now(self) -> float:
        """Return seconds since some start."""
        return time.monotonic() + self._ahead

    def wall(self) -> float:
        """Return Unix time."""
        return time.time() + self._ahead

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Call ``action`` once in so many seconds of this clock."""
        timer = Timer(self.now() + seconds, action)
        self._timers.append(timer)
        self._arm(timer)
        return timer

    def cancel(self, timer: Timer) -> None:
        """Take a timer back; nothing happens when it has fired."""
        if timer.handle is not None:
            timer.handle.cancel()
        if timer in self._timers:
            self._timers.remove(timer)

    def advance(self, seconds: float) -> None:
        """Push the clock forward, fire what became due, in its order."""
        self._ahead += seconds
        for timer in sorted(self._timers, key=lambda item: item.due):
            if timer in self._timers:
                self._fire(timer) if timer.due <= self.now() else self._arm(timer)

    def stop(self) -> None:
        """Take all timers back."""
        for timer in list(self._timers):
            self.cancel(timer)

    def _arm(self, timer: Timer) -> None:
        if timer.handle is not None:
            timer.handle.cancel()
        timer.handle = asyncio.get_running_loop().call_later(
            max(0.0, timer.due - self.now()), self._fire, timer
        )

    def _fire(self, timer: Timer) -> None:
        self.cancel(timer)
        timer.action()
