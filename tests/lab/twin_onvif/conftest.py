"""Fixtures: a clock that tests move, and fleets of twins on loopback addresses of their own."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from lab.twin.fleet import Fleet
from lab.twin.fleetfile import FleetConfig
from lab.twin.twin import Time, Twin
from nanxi.register.model import Camera

PORT = 8080
MakeTwin = Callable[..., Any]


class HandClock:
    """Real time, moved by hand."""

    def __init__(self, start: float = 1_790_000_000.0) -> None:
        self.now = start

    def move(self, seconds: float) -> None:
        self.now += seconds

    @property
    def time(self) -> Time:
        return Time(wall=lambda: self.now, monotonic=lambda: self.now)


def camera(serial: int, address: str, vendor: str = "generic", **fields: Any) -> Camera:
    """Return a register row."""
    row = {
        "unit": "shangtang",
        "serial": serial,
        "code": f"33032401001320{serial:06d}",
        "name": f"上塘{serial}号",
        "place": f"上塘{serial}号",
        "state": "installed",
        "vendor": vendor,
        "network": "police",
        "point_class": "1",
        "ipv4": address,
        "http_port": PORT,
        "rtsp_port": 8554,
    }
    return Camera.model_validate({**row, **fields})


def loopback() -> str:
    """Return a network of 127.0.0.0/8 that no other test process uses (chosen by chance)."""
    return f"127.{100 + secrets.randbelow(150)}.{secrets.randbelow(256)}"


@pytest.fixture
def hand_clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def start_fleet(hand_clock: HandClock) -> AsyncIterator[Callable[..., Any]]:
    """Start a fleet on loopback; it is stopped after the test."""
    running: list[Fleet] = []

    async def start(
        cameras: list[Camera], config: FleetConfig | None = None, state: Path | None = None
    ) -> Fleet:
        fleet = Fleet(cameras, config, state, clock=hand_clock.time)
        await fleet.start("each", rtsp=False)
        running.append(fleet)
        return fleet

    yield start
    for fleet in running:
        await fleet.stop()


@pytest.fixture
def make_twin(start_fleet: Callable[..., Any]) -> MakeTwin:
    """Start a fleet of one twin with a profile, quirks and overrides."""

    async def make(profile: str = "generic", quirks: tuple[str, ...] = (), **entry: Any) -> Twin:
        config = FleetConfig.model_validate(
            {"hosts": {"shangtang-cam0001": {"profile": profile, "quirks": quirks, **entry}}}
        )
        fleet = await start_fleet([camera(1, f"{loopback()}.1")], config)
        return fleet.twin("shangtang-cam0001")

    return make
