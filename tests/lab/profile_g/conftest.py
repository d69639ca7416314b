"""Fixtures: a recorder or an encoder beside two cameras, on loopback addresses of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from lab.twin.fleet import Fleet
from lab.twin.fleetfile import FleetConfig
from lab.twin.twin import Twin
from nanxi.register.model import Encoder, Nvr
from tests.lab.twin_onvif.conftest import PORT, camera, hand_clock, loopback, start_fleet

__all__ = ["hand_clock", "start_fleet"]

_MODELS = {"nvr": Nvr, "encoder": Encoder}


@dataclass(frozen=True)
class Site:
    """A running fleet; ``twin`` is the recorder or encoder."""

    fleet: Fleet
    twin: Twin
    addresses: dict[str, str]  # by the names that cases use: camera1, camera2, nowhere

    def filled(self, value: Any) -> Any:
        """Return a case's text with the addresses in it."""
        if isinstance(value, str):
            for name, address in self.addresses.items():
                value = value.replace(f"<{name}/>", address)
            return value
        if isinstance(value, dict):
            return {key: self.filled(item) for key, item in value.items()}
        return [self.filled(item) for item in value] if isinstance(value, list) else value


MakeSite = Callable[..., Any]


@pytest.fixture
def make_site(start_fleet: Callable[..., Any]) -> MakeSite:
    """Start a recorder or an encoder with so many channels, and two cameras."""

    async def make(device: str = "nvr", channels: int = 2, **entry: Any) -> Site:
        network = loopback()
        model = _MODELS[device]
        row = {
            "unit": "shangtang",
            "serial": 1,
            "code": f"3303240100{'118' if device == 'nvr' else '113'}0000001",
            "name": "上塘派出所",
            "state": "installed",
            "vendor": "generic",
            "network": "police",
            "ipv4": f"{network}.9",
            "http_port": PORT,
            "rtsp_port": 8554,
            "channels": channels,
        }
        box = model.model_validate(row)
        cameras = [camera(n, f"{network}.{n}") for n in (1, 2)]
        config = FleetConfig.model_validate({"hosts": {box.host: entry}})
        fleet = await start_fleet([box, *cameras], config)
        addresses = {
            "camera1": f"{network}.1:8554",
            "camera2": f"{network}.2:8554",
            "nowhere": f"{network}.77:8554",
        }
        return Site(fleet, fleet.twin(box.host), addresses)

    return make
