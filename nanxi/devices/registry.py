"""Drivers by the register's ``driver`` column. A second protocol is one line here and one folder."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from nanxi.devices.driver import Session, Target
from nanxi.devices.guard import LockoutGuard

Opener = Callable[[Target, LockoutGuard], Awaitable[Session]]

#: Driver name -> coroutine function that opens a session.
DRIVERS: Mapping[str, Opener] = {}
