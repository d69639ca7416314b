"""Twins for tests: pytest plugin.

In the sandbox they stand on the register's own addresses; elsewhere on loopback, 10.33.4.7 becoming 127.33.4.7, and
without root on ports 8080 and 8554 instead of 80 and 554. A test takes addresses and ports from the devices it gets
back and works in both.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import TypeVar

import pytest

from lab.network import is_sealed
from lab.twin.fleet import Fleet
from lab.twin.fleetfile import FleetConfig
from nanxi.register.model import Device
from tests.support.background import Background

Result = TypeVar("Result")

_IN_SANDBOX = is_sealed()
_LOOPBACK = int(IPv4Address("127.0.0.0"))
_PORT_SHIFT = 0 if os.geteuid() == 0 else 8000


@dataclass(frozen=True)
class RunningTwins:
    """A fleet that serves in another thread; ``devices`` by host name, as they are placed."""

    fleet: Fleet
    devices: dict[str, Device]
    _background: Background

    def call(self, function: Callable[..., Result], *arguments: object, **options: object) -> Result:
        """Call ``function`` in the fleet's thread, which its database is bound to; return its result."""

        async def there() -> Result:
            return function(*arguments, **options)

        return self._background.run(there())


#: ``start(devices, config, state_dir=..., rtsp=..., discovery=...)``; the fleet ends with the fixture.
StartTwins = Callable[..., RunningTwins]


def place(device: Device) -> Device:
    """Return the device where its twin can stand on this machine."""
    if _IN_SANDBOX or device.ipv4 is None:
        return device
    return device.model_copy(
        update={
            "ipv4": IPv4Address(_LOOPBACK | int(device.ipv4) & 0xFFFFFF),
            "http_port": device.http_port + _PORT_SHIFT,
            "rtsp_port": device.rtsp_port + _PORT_SHIFT,
        }
    )


def _start_twins(background: Background) -> Iterator[StartTwins]:
    running: list[Fleet] = []

    def start(
        devices: Iterable[Device],
        config: FleetConfig | None = None,
        *,
        state_dir: Path | None = None,
        rtsp: bool = False,
        discovery: bool = False,
    ) -> RunningTwins:
        placed = {device.host: place(device) for device in devices}

        async def serve() -> Fleet:
            fleet = Fleet(placed.values(), config, state_dir)
            running.append(fleet)
            await fleet.start("each", rtsp=rtsp, discovery=discovery)
            return fleet

        return RunningTwins(background.run(serve()), placed, background)

    yield start
    for fleet in running:
        background.run(fleet.stop())


@pytest.fixture
def twins(background: Background) -> Iterator[StartTwins]:
    """Start twins that live as long as the test."""
    yield from _start_twins(background)


@pytest.fixture(scope="module")
def module_twins(background: Background) -> Iterator[StartTwins]:
    """Start twins that live as long as the module."""
    yield from _start_twins(background)
