"""The cameras of the arena: two healthy ones and one for every case, as twins and as what is declared of them."""

import asyncio
import dataclasses
import json
import signal
from functools import cache
from ipaddress import IPv4Address
from pathlib import Path

import uvloop

from lab.network import ROOT
from lab.twin.fleet import Fleet
from lab.twin.fleetfile import FleetConfig, HostEntry
from nanxi.devices.declare import declare, target
from nanxi.devices.driver import Secret
from nanxi.devices.state import DeclaredDevice
from nanxi.devices.survey import Job
from nanxi.estate import load_estate
from nanxi.register.model import Camera, State
from tests.hostile.cases import Case

HEALTHY = ("healthy-one", "healthy-two")

_FIRST = IPv4Address("10.99.8.1")  # inside the lab's public network, outside every unit's block


@cache
def _declared() -> DeclaredDevice:
    estate = load_estate(ROOT / "inventory" / "lab")
    host = next(host for host, device in sorted(estate.devices.items()) if isinstance(device, Camera))
    return dataclasses.replace(
        declare(estate, host), vendor="generic", mac="", serial_number="", http_port=80
    )


def address(number: int) -> str:
    """Return the address of the camera with that number; the healthy ones are 0 and 1."""
    return str(_FIRST + number)


def password(number: int) -> str:
    """Return the password of a camera's accounts, unlike any other text."""
    return f"Kx7-{number:03d}-qZ9w"


def job(number: int, name: str) -> Job:
    """Return what survey and converge are told about a camera."""
    (channel,) = _declared().channels
    declared = dataclasses.replace(
        _declared(),
        host=name,
        hostname=name,
        address=IPv4Address(address(number)),
        channels=(dataclasses.replace(channel, host=name, place=f"测试点{number}"),),
    )
    secret = Secret(password(number))
    return Job(declared, target(declared, passwords={"admin": secret, "recorder": secret}))


def fleet_of(cases: list[Case]) -> Fleet:
    """Return the twins of the healthy cameras and of one for every case."""
    devices = [_device(number) for number in range(len(HEALTHY) + len(cases))]
    entries = {device.host: _entry(number) for number, device in enumerate(devices)}
    for device, case in zip(devices[len(HEALTHY) :], cases, strict=True):
        fault = {"behaviour": case.behaviour, "operations": list(case.operations), "options": case.options}
        entries[device.host].overrides["traits"] = {"misbehaves": [fault]}
    return Fleet(devices, FleetConfig(hosts=entries))


def serve(cases: list[Case], counts: Path) -> None:
    """Be all cameras until SIGTERM, then write how often each operation of each camera was asked for."""
    counts.write_text(json.dumps(uvloop.run(_serve(cases))))


async def _serve(cases: list[Case]) -> dict[str, dict[str, int]]:
    fleet = fleet_of(cases)
    await fleet.start(rtsp=False)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()
    names = [*HEALTHY, *(case.name for case in cases)]
    counts = {name: dict(fleet.twin(_host(number)).counts) for number, name in enumerate(names)}
    await fleet.stop()
    return counts


def _host(number: int) -> str:
    return _device(number).host


def _device(number: int) -> Camera:
    return Camera(
        unit="arena",
        serial=number + 1,
        code=f"3303240000131{number + 1:07d}",
        name=f"测试点{number}",
        state=State.INSTALLED,
        vendor="generic",
        network="public",
        point_class="3",
        place=f"测试点{number}",
        ipv4=IPv4Address(address(number)),
    )


def _entry(number: int) -> HostEntry:
    users = [{"name": "admin", "password": password(number), "level": "Administrator"}]
    return HostEntry(profile="generic", overrides={"factory": {"users": users}})
