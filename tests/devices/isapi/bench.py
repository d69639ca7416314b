"""One ISAPI twin on loopback, the cameras that a recorder takes in, and what is declared of it."""

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
from nanxi.devices.declare import target
from nanxi.devices.driver import Credential, Secret
from nanxi.devices.state import DeclaredDevice, DeclaredInput, Platform
from nanxi.devices.survey import Job
from nanxi.register.model import Camera, Device, Encoder, Kind, Nvr
from tests.devices.twins import DECLARED, KNOWN_USERS, VAULT

ADDRESS = IPv4Address("127.78.0.1")
PASSWORDS = {**VAULT, "sip": Secret("Vault-Sip-77")}
KINDS: dict[str, type[Device]] = {"hikvision": Camera, "hikvision-dvr": Encoder, "hikvision-nvr": Nvr}


@dataclass(frozen=True)
class Bench:
    """A running device, the cameras around it, and the job that reads or converges it."""

    twin: Twin
    cameras: tuple[Twin, ...]
    job: Job


@asynccontextmanager
async def device(
    profile: str = "hikvision",
    quirks: Sequence[str] = (),
    overrides: Mapping[str, Any] | None = None,
    *,
    known: bool = True,
    factory: Sequence[tuple[str, str]] = (),
    channels: Sequence[int] = (1,),
    inputs: int = 0,
    platform: bool = False,
    room: int = 4,
    power: bool = True,
) -> AsyncIterator[Bench]:
    """Serve one device.

    Args:
        profile: of the twin; it says which kind of device this is.
        quirks: of the twin.
        overrides: laid over its profile.
        known: it has the vault's accounts instead of the factory's.
        factory: accounts to try, names and passwords.
        channels: on which the register has cameras, of an encoder.
        inputs: how many cameras the register gives a recorder; they stand around it.
        platform: the plan names a GB/T 28181 platform.
        room: how many channels an encoder or recorder has.
        power: whether it is switched on.
    """
    with socket.create_server((str(ADDRESS), 0)) as probe:
        port = probe.getsockname()[1]
    kind = KINDS[profile]
    row = row_of(kind, 1, ADDRESS, port, room)
    cameras = [row_of(Camera, 100 + n, ADDRESS + n, port, 0) for n in range(1, inputs + 1)]
    users = {"factory": {"users": KNOWN_USERS}}
    layers = dict(overrides or {})
    if known:
        layers["factory"] = {**layers.get("factory", {}), **users["factory"]}
    entries = {camera.host: HostEntry(profile="hikvision", overrides=users) for camera in cameras}
    entries[row.host] = HostEntry(profile=profile, quirks=tuple(quirks), overrides=layers, power=power)
    fleet = Fleet([row, *cameras], FleetConfig(hosts=entries))
    await fleet.start("each", rtsp=False)
    try:
        declared = declared_of(
            kind.kind, row, channels, [input_of(n, one) for n, one in enumerate(cameras, 1)]
        )
        if platform:
            declared = replace(declared, platform=_platform(declared))
        logins = {camera.host: Credential("recorder", VAULT["recorder"]) for camera in cameras}
        goal = target(
            declared,
            passwords=PASSWORDS,
            factory=[Credential(user, Secret(password), "factory") for user, password in factory],
            input_passwords=logins,
        )
        around = tuple(fleet.twin(camera.host) for camera in cameras)
        yield Bench(fleet.twin(row.host), around, Job(declared, goal, "isapi"))
    finally:
        await fleet.stop()


def row_of(kind: type[Device], serial: int, address: IPv4Address, port: int, room: int) -> Device:
    code = {Camera: "132", Encoder: "113", Nvr: "118"}[kind]
    row: dict[str, Any] = {
        "unit": "unit",
        "serial": serial,
        "code": f"3303240100{code}0{serial:06d}",
        "name": "点",
        "state": "accepted",
        "vendor": "hikvision",
        "driver": "isapi",
        "network": "public",
        "ipv4": address,
        "http_port": port,
    }
    if kind is Camera:
        row |= {"point_class": "3", "place": "点"}
    else:
        row["channels"] = room
    return kind.model_validate(row)


def declared_of(
    kind: Kind, row: Device, channels: Sequence[int], inputs: Sequence[DeclaredInput]
) -> DeclaredDevice:
    (camera,) = DECLARED.channels
    own = [replace(camera, number=number, place=f"{camera.place[:6]}{number}") for number in channels]
    return replace(
        DECLARED,
        kind=kind,
        host=row.host,
        code=row.code,
        address=ADDRESS,
        http_port=row.http_port,
        vendor="hikvision",
        hostname=row.host,
        gateway="127.78.0.1",
        channels=() if kind is Kind.NVR else tuple(own),
        inputs=tuple(inputs),
    )


def input_of(number: int, camera: Device) -> DeclaredInput:
    assert camera.ipv4 is not None
    return DeclaredInput(
        channel=number,
        host=camera.host,
        code=camera.code,
        name=f"上塘点{number}",
        address=camera.ipv4,
        rtsp_port=554,
        http_port=camera.http_port,
        recording=True,
        retention_days=30,
        device=camera.host,
    )


def _platform(declared: DeclaredDevice) -> Platform:
    return Platform(
        server_id="33032400002000000001",
        domain="3303240000",
        address="10.33.255.5",
        port=5060,
        device_code=declared.code,
        channel_codes={channel.number: channel.code for channel in declared.channels},
    )
