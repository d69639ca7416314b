"""A recorder, two cameras and an encoder on loopback, and what the register says of them."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any

from lab.twin.fleet import Fleet
from lab.twin.fleetfile import FleetConfig
from lab.twin.twin import Twin
from nanxi.devices.declare import target
from nanxi.devices.driver import Credential, Secret
from nanxi.devices.state import DeclaredInput
from nanxi.devices.survey import Job
from nanxi.register.model import Camera, Device, Encoder, Kind, Nvr
from tests.devices.twins import DECLARED, KNOWN_USERS, VAULT

NETWORK = "127.78.0"
#: What devices sign in with at a camera; a URI must hold it in other letters.
RECORDER = Credential("recorder", Secret("p@ss:w/rd %1"))
CAMERA_USERS = [KNOWN_USERS[0], {"name": "recorder", "password": RECORDER.password.value, "level": "User"}]

#: Last number of the address, by host.
HOSTS = {"unit-cam0001": 1, "unit-cam0002": 2, "unit-enc01": 5, "unit-nvr01": 9}


@dataclass(frozen=True)
class Site:
    """Running twins and the job about the recorder."""

    fleet: Fleet
    job: Job
    port: int

    @property
    def twin(self) -> Twin:
        """The recorder."""
        return self.fleet.twin("unit-nvr01")


@asynccontextmanager
async def site(
    inputs: Sequence[Mapping[str, Any]], *, channels: int = 4, twins: Mapping[str, Any] | None = None
) -> AsyncIterator[Site]:
    """Serve the twins; ``inputs`` are the declared ones, ``twins`` the fleet file's entries by host."""
    with socket.create_server((f"{NETWORK}.9", 0)) as probe:
        port = probe.getsockname()[1]
    hosts = {host: dict(entry) for host, entry in (twins or {}).items()}
    for host in HOSTS:
        users = KNOWN_USERS if host == "unit-nvr01" else CAMERA_USERS
        overrides = hosts.setdefault(host, {}).setdefault("overrides", {})
        overrides["factory"] = {"users": users, **overrides.get("factory", {})}
    fleet = Fleet(devices(port, channels=channels), FleetConfig.model_validate({"hosts": hosts}))
    await fleet.start("each", rtsp=False)
    declared = replace(
        DECLARED,
        kind=Kind.NVR,
        host="unit-nvr01",
        address=IPv4Address(f"{NETWORK}.9"),
        http_port=port,
        channels=(),
        inputs=tuple(wanted_input(port, **one) for one in inputs),
    )
    known = {host: RECORDER for host in HOSTS if host != "unit-nvr01"}
    try:
        yield Site(fleet, Job(declared, target(declared, passwords=VAULT, input_passwords=known)), port)
    finally:
        await fleet.stop()


def wanted_input(port: int, channel: int, device: str = "unit-cam0001", **fields: Any) -> DeclaredInput:
    """Return an input that the register declares."""
    wanted = {
        "host": device,
        "code": f"33032401001320{channel:06d}",
        "name": f"上塘{channel}号",
        "address": IPv4Address(f"{NETWORK}.{HOSTS.get(device, 77)}"),
        "rtsp_port": 554,
        "http_port": port,
        "recording": True,
        "retention_days": 30,
    }
    return DeclaredInput(channel=channel, device=device, **{**wanted, **fields})


def devices(port: int, *, channels: int) -> list[Device]:
    """Return the register's rows."""

    def row(model: type[Device], kind: int, host: str, **fields: Any) -> Device:
        common = {"unit": "unit", "serial": int(host[-2:]), "code": f"3303240100{kind}0{HOSTS[host]:06d}"}
        common |= {"name": host, "state": "accepted", "vendor": "generic", "network": "public"}
        common |= {"ipv4": f"{NETWORK}.{HOSTS[host]}", "http_port": port}
        return model.model_validate({**common, **fields})

    return [
        row(Nvr, 118, "unit-nvr01", channels=channels),
        row(Encoder, 113, "unit-enc01", channels=4),
        *(row(Camera, 132, f"unit-cam000{n}", point_class="3", place=f"上塘{n}号") for n in (1, 2)),
    ]
