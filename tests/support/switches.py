"""Switch twins for tests: pytest plugin.

They stand on loopback addresses of their own (127.77.x.y) with a free SSH port each, in the background loop of this
process. What their configuration says their address is, is another matter: ``address`` of the order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Interface
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

from lab.switches.device import Switch
from lab.switches.fleet import Fleet, Order
from tests.support.background import Background

Result = TypeVar("Result")
_numbers = count(1)


@dataclass(frozen=True)
class Twin:
    """A running switch: where it is, and the way into its thread."""

    switch: Switch
    host: str  # the address to connect to
    port: int
    user: str
    password: str
    platform: str  # as netmiko calls it
    _fleet: Fleet
    _background: Background

    def call(self, function: Callable[..., Result], *arguments: object, **options: object) -> Result:
        """Call ``function`` in the switch's thread and return its result."""

        async def there() -> Result:
            return function(*arguments, **options)

        return self._background.run(there())

    def running(self) -> list[str]:
        """Return the running configuration as it is displayed."""
        return self.call(lambda: self.switch.dialect.render(self.switch.running))

    def vlans(self) -> set[int]:
        """Return the VLANs of the running configuration."""
        return self.call(lambda: {ident for ident, _ in self.switch.running.of("vlan")})

    def startup(self) -> list[str]:
        """Return the saved configuration."""
        return self.call(self.switch.saved)

    def typed(self) -> list[str]:
        """Return every line of every session, oldest first, without answers to questions."""
        return self.call(lambda: [item.line for item in self.switch.transcript if not item.answers])

    def advance(self, seconds: float) -> None:
        """Let time pass for the switch; what its timers do is done when this returns."""

        async def pass_time() -> None:
            self.switch.clock.advance(seconds)
            await self.switch.settle()

        self._background.run(pass_time())

    def reboot(self) -> None:
        """Restart it; returns when it answers again."""
        self._background.run(self.switch.reboot())

    def power_off(self) -> None:
        """Pull the plug: what was not saved is gone. Starting the host again boots from its flash memory."""
        self._background.run(self._fleet.remove(self.switch.installation.host))

    def drop(self) -> None:
        """Cut every session."""
        self.call(self.switch.drop_all)

    def fault(self, **faults: Any) -> None:
        """Let something go wrong from now on: ``drops_after``, ``refuses``, ``save_fails``, ``slow_s``."""

        def switch_on() -> None:
            self.switch.faults = replace(self.switch.faults, **faults)

        self.call(switch_on)

    def netmiko(self, **more: Any) -> dict[str, Any]:
        """Return arguments for netmiko's ConnectHandler."""
        return {
            "device_type": self.platform,
            "host": self.host,
            "port": self.port,
            "username": self.user,
            "password": self.password,
            "fast_cli": True,
            "conn_timeout": 10,
            **more,
        }


#: ``start(platform, **order)``, see :class:`lab.switches.fleet.Order`; the switch ends with the fixture.
StartSwitch = Callable[..., Twin]


def _start(background: Background, folder: Path | None) -> Iterator[StartSwitch]:
    async def make() -> Fleet:
        return Fleet(folder)

    fleet = background.run(make())

    def start(platform: str, **options: Any) -> Twin:
        number = next(_numbers)
        settings = {
            "host": f"sw{number:03}",
            "address": IPv4Interface("10.98.0.66/27"),
            "gateway": IPv4Address("10.98.0.65"),
            "controller": IPv4Address("10.98.255.10"),
            "listen": f"127.77.{number // 250}.{number % 250 + 1}",
            "port": 0,
        } | options
        order = Order(platform=platform, **settings)
        switch = background.run(fleet.add(order))
        server = fleet.servers[order.host]
        return Twin(
            switch, order.listen, server.port, order.user, order.password, platform, fleet, background
        )

    yield start
    background.run(fleet.stop())


@pytest.fixture
def switches(background: Background) -> Iterator[StartSwitch]:
    """Start switches that live as long as the test; ``switches("huawei_vrp", ports=48)``."""
    yield from _start(background, None)


@pytest.fixture(scope="module")
def module_switches(background: Background) -> Iterator[StartSwitch]:
    """Start switches that live as long as the module."""
    yield from _start(background, None)


@pytest.fixture
def switches_with_flash(background: Background, tmp_path: Path) -> Iterator[StartSwitch]:
    """Start switches whose flash memory is a folder of the test's."""
    yield from _start(background, tmp_path / "flash")
