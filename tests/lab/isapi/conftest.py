"""Fleets as for ONVIF; the profile says which kind of device of the register it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lab.twin.fleetfile import FleetConfig
from lab.twin.twin import Twin
from nanxi.register.model import Device, Encoder, Nvr
from tests.lab.twin_onvif.conftest import PORT, camera, hand_clock, loopback, start_fleet

__all__ = ["hand_clock", "start_fleet"]

_KINDS: dict[str, tuple[type[Device], str]] = {
    "hikvision-nvr": (Nvr, "118"),
    "hikvision-dvr": (Encoder, "113"),
}


def device(profile: str, address: str) -> Device:
    """Return a register row that fits a profile; recorders and encoders have four channels."""
    if profile not in _KINDS:
        return camera(1, address)
    kind, code = _KINDS[profile]
    row = {
        "unit": "shangtang",
        "serial": 1,
        "code": f"3303240100{code}0000001",
        "name": "上塘1号",
        "state": "installed",
        "vendor": "hikvision",
        "network": "police",
        "ipv4": address,
        "http_port": PORT,
        "channels": 4,
    }
    return kind.model_validate(row)


def fleet_file(host: str, **entry: Any) -> FleetConfig:
    """Return a fleet file of one entry."""
    return FleetConfig.model_validate({"hosts": {host: entry}})


@pytest.fixture
def make_twin(start_fleet: Callable[..., Any]) -> Callable[..., Any]:
    """Start a fleet of one twin with a profile, quirks and overrides."""

    async def make(profile: str = "hikvision", quirks: tuple[str, ...] = (), **entry: Any) -> Twin:
        row = device(profile, f"{loopback()}.1")
        fleet = await start_fleet([row], fleet_file(row.host, profile=profile, quirks=quirks, **entry))
        return fleet.twin(row.host)

    return make
