"""One switch to read or to converge, and what the outside world lends to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from nanxi.devices.driver import Target
from nanxi.devices.switch.course import TIMER_S
from nanxi.devices.switch.dialects.model import Dialect
from nanxi.devices.switch.shell import Shell
from nanxi.devices.switch.text import Tree


@dataclass(frozen=True, slots=True)
class Proof:
    """Something that works before a change and must work after it. ``check`` returns what is wrong, empty when nothing."""

    name: str
    check: Callable[[], str]


@dataclass(frozen=True, slots=True)
class SwitchJob:
    """One switch.

    Attributes:
        target: where it is and how to sign in; ``http_port`` is its SSH port, ``passwords`` hold every secret of the
            rendered lines by the name in their placeholder.
        dialect: its command line.
        intended: what is rendered for it, in normal form.
        own: sections from which what is not intended is removed.
        allow_unarmed: change also what cannot take a change back by itself.
        timer_s: seconds until an unconfirmed change is taken back, at least.
        proofs: what must still work after a change.
        above: switches on the way to it, the nearest to the centre first: none of them changes meanwhile (N7).
    """

    target: Target
    dialect: Dialect
    intended: Tree
    own: frozenset[str] = frozenset()
    allow_unarmed: bool = False
    timer_s: float = TIMER_S
    proofs: tuple[Proof, ...] = ()
    above: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """Return the switch's host name."""
        return self.target.host


class Clock(Protocol):
    """Time, so that tests need not wait for a timer."""

    def now(self) -> datetime:
        """Return the time, UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class WallClock:
    """The real one."""

    def now(self) -> datetime:
        """Return the time, UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


#: Opens a new, signed-in conversation with the switch of a job; raises DeviceError.
Connect = Callable[[SwitchJob], Shell]


@dataclass(slots=True)
class Surroundings:
    """What a run needs besides the job."""

    connect: Connect
    clock: Clock = field(default_factory=WallClock)
