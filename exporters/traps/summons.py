"""Who says that something changed is looked at soon: a port that fell is known in seconds, and not at the switch's turn.

A trap may be lost, be late, and come from a port that comes and goes all day: it never says what is, only that it is time
to look, and a device is not looked at more often than every few seconds for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf

#: What changes what the module ``snmp`` tells.
SUMMONING = frozenset(
    {
        "coldStart", "warmStart", "linkDown", "linkUp", "entConfigChange",
        "pethPsePortOnOffNotification", "pethMainPowerUsageOnNotification", "hwPoePdPowerOverload", "hwPowerInvalid",
        "upsTrapOnBattery", "upsTrapAlarmEntryAdded", "upsTrapAlarmEntryRemoved", "hikPowerOn", "hikPowerOff",
    }
)  # fmt: skip
#: Seconds until the look: a switch whose cables are pulled says so port by port.
SETTLE_S = 1.0
#: Seconds between two looks at one device for what it says.
EVERY_S = 5.0


class Summons:
    """Calls ``look`` with the device's host name, once for all that it says until then.

    Args:
        look: looks at a device now.
        later: calls something after so many seconds (``loop.call_later``).
        now: a clock that only goes forward.
    """

    def __init__(
        self,
        look: Callable[[str], None],
        later: Callable[[float, Callable[[], None]], object],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look = look
        self._later = later
        self._now = now
        self._awaited: set[str] = set()
        self._last: dict[str, float] = {}

    def told(self, host: str, name: str) -> None:
        """Take in a notification by its name."""
        if name not in SUMMONING or host in self._awaited:
            return
        self._awaited.add(host)
        now = self._now()
        wait = max(SETTLE_S, self._last.get(host, -inf) + EVERY_S - now)
        self._later(wait, lambda: self._go(host))

    def _go(self, host: str) -> None:
        self._awaited.discard(host)
        self._last[host] = self._now()
        self._look(host)
