"""One twin on loopback and what is declared of it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any

from lab.twin.fleet import Fleet
from lab.twin.fleetfile import FleetConfig, HostEntry
from lab.twin.twin import Twin
from nanxi.county.model import Network, PointClass
from nanxi.devices.declare import target
from nanxi.devices.driver import Auth, Credential, Secret
from nanxi.devices.state import Account, DeclaredChannel, DeclaredDevice, DeclaredStream
from nanxi.devices.survey import Job
from nanxi.register.model import Camera, Encoder, Kind, State

ADDRESS = IPv4Address("127.77.0.1")
VAULT = {"admin": Secret("Vault-Admin-77"), "recorder": Secret("Vault-Rec-77")}

DECLARED = DeclaredDevice(
    kind=Kind.CAMERA,
    host="unit-cam0001",
    code="33032401001320000001",
    address=ADDRESS,
    http_port=0,
    rtsp_port=554,
    vendor="generic",
    model="",
    mac="",
    serial_number="",
    hostname="unit-cam0001",
    timezone="CST-8",
    ntp_servers=("10.33.255.2", "10.33.255.3"),
    dns_servers=("10.33.255.2",),
    prefix_length=24,
    gateway="127.77.0.254",
    clock_warn_s=2,
    clock_fail_s=5,
    accounts=(Account("admin", "Administrator"), Account("recorder", "User")),
    channels=(
        DeclaredChannel(
            number=1,
            host="unit-cam0001",
            code="33032401001320000001",
            place="上塘阳光大道菜市场东门",
            streams=(
                DeclaredStream("main", "H264", 1280, 720, 25, 2048, 50),
                DeclaredStream("sub", "H264", 640, 360, 15, 384, 30),
            ),
        ),
    ),
)

#: What a camera that Nanxi has converged before has for accounts.
KNOWN_USERS = [
    {"name": "admin", "password": VAULT["admin"].value, "level": "Administrator"},
    {"name": "recorder", "password": VAULT["recorder"].value, "level": "User"},
]


@dataclass(frozen=True)
class Bench:
    """A running twin and the job that reads or converges it."""

    twin: Twin
    job: Job


@asynccontextmanager
async def twin(
    profile: str = "generic",
    quirks: Sequence[str] = (),
    overrides: Mapping[str, Any] | None = None,
    *,
    known: bool = True,
    factory: Sequence[tuple[str, str]] = (),
    auth: Auth = "auto",
    power: bool = True,
    inputs: int = 0,
    channels: Sequence[int] = (),
    may_write: bool = True,
) -> AsyncIterator[Bench]:
    """Serve one twin; ``known`` gives it the vault's accounts instead of the factory's.

    With ``inputs`` it is an encoder with so many of them, and the register has cameras on ``channels``.
    """
    with socket.create_server((str(ADDRESS), 0)) as probe:
        port = probe.getsockname()[1]
    declared = replace(DECLARED, http_port=port)
    device = _device(port, inputs)
    if inputs:
        declared = replace(declared, kind=Kind.ENCODER, channels=tuple(map(_channel, channels)))
    layers = dict(overrides or {})
    if known:
        layers["factory"] = {**layers.get("factory", {}), "users": KNOWN_USERS}
    entry = HostEntry(profile=profile, quirks=tuple(quirks), overrides=layers, power=power)
    fleet = Fleet([device], FleetConfig(hosts={device.host: entry}))
    await fleet.start("each", rtsp=False)
    try:
        credentials = [Credential(user, Secret(password), "factory") for user, password in factory]
        goal = target(declared, passwords=VAULT, factory=credentials, auth=auth, may_write=may_write)
        yield Bench(fleet.twin(device.host), Job(declared, goal))
    finally:
        await fleet.stop()


def _device(port: int, inputs: int) -> Camera | Encoder:
    common = {
        "unit": "unit",
        "serial": 1,
        "code": DECLARED.code,
        "name": "点",
        "state": State.ACCEPTED,
        "vendor": "generic",
        "network": Network.PUBLIC,
        "ipv4": ADDRESS,
        "http_port": port,
    }
    if inputs:
        return Encoder(**common, channels=inputs)
    return Camera(**common, point_class=PointClass.CLASS_3, place=DECLARED.channels[0].place)


def _channel(number: int) -> DeclaredChannel:
    (camera,) = DECLARED.channels
    return replace(camera, number=number, host=f"unit-cam{number:04d}", place=f"{camera.place}{number}")
