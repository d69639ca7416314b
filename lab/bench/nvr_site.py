"""Recorders for a benchmark: rows, jobs and twins of any number of them, each with its channels as declared.

``python -m lab.bench.nvr_site PORT COUNT CHANNELS`` serves the twins until SIGTERM. They stand on loopback addresses:
200 recorders are more than the county's address plan has room for.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address
from typing import Any

import uvloop

from lab.twin.fleet import Fleet
from nanxi.county.model import Network, PointClass
from nanxi.devices.declare import ADMIN, RECORDER, target
from nanxi.devices.driver import Credential, Secret
from nanxi.devices.state import DeclaredDevice, DeclaredInput
from nanxi.devices.survey import Job
from nanxi.register.model import Camera, Device, Kind, Nvr, State

#: Invented; the twins are given them too.
PASSWORDS = {ADMIN.name: Secret("Bench-Admin-1"), RECORDER.name: Secret("Bench-Recorder-1")}
RETENTION_DAYS = 30

_RECORDERS, _CAMERAS = IPv4Address("127.120.0.1"), IPv4Address("127.121.0.1")


def devices(port: int, count: int, channels: int) -> Iterator[Device]:
    """Yield the rows of ``count`` recorders and of ``channels`` cameras for each."""
    for number in range(count):
        yield Nvr(**_row(number, _RECORDERS, port, "118"), channels=channels)
        for serial in range(number * channels, (number + 1) * channels):
            row = _row(serial, _CAMERAS, port, "132")
            yield Camera(**row, point_class=PointClass.CLASS_3, place=f"{serial}")


def job(port: int, number: int, channels: int) -> Job:
    """Return what is declared of one recorder."""
    inputs = tuple(_input(port, number * channels, channel) for channel in range(1, channels + 1))
    declared = DeclaredDevice(
        kind=Kind.NVR,
        host=f"bench-nvr{number:04d}",
        code=f"3303240100118{number + 1:07d}",
        address=_RECORDERS + number,
        http_port=port,
        rtsp_port=554,
        vendor="generic",
        model="",
        mac="",
        serial_number="",
        hostname="NVR",
        timezone="GMT0",
        ntp_servers=("127.0.0.1",),
        dns_servers=(),
        prefix_length=24,
        gateway="",
        clock_warn_s=60,
        clock_fail_s=60,
        accounts=(ADMIN, RECORDER),
        inputs=inputs,
    )
    login = Credential(RECORDER.name, PASSWORDS[RECORDER.name])
    return Job(
        declared, target(declared, passwords=PASSWORDS, input_passwords={one.device: login for one in inputs})
    )


def set_up(fleet: Fleet, port: int, count: int, channels: int) -> None:
    """Make every twin as its job declares it, as if a playbook had been there."""
    users = [
        {"name": account.name, "password": PASSWORDS[account.name].value, "level": account.level}
        for account in (ADMIN, RECORDER)
    ]
    by_address = {str(item.address): host for host, item in fleet.installations.items()}
    for number in range(count):
        declared = job(port, number, channels).declared
        recorder = fleet.twin(by_address[str(declared.address)])
        recorder.patch("users", users)
        recorder.patch("clock", {"offset_s": 0.0, "source": "NTP"})
        recorder.patch("ntp", {"from_dhcp": False, "manual": list(declared.ntp_servers)})
        for section in ("recordings", "receivers", "jobs"):
            recorder.patch(section, [_channel(one)[section] for one in declared.inputs])
        for one in declared.inputs:
            fleet.twin(by_address[str(one.address)]).patch("users", users)


def _row(number: int, first: IPv4Address, port: int, kind: str) -> dict[str, Any]:
    return {
        "unit": "bench",
        "serial": number + 1,
        "code": f"3303240100{kind}{number + 1:07d}",
        "name": f"{number}",
        "state": State.ACCEPTED,
        "vendor": "generic",
        "network": Network.PUBLIC,
        "ipv4": first + number,
        "http_port": port,
    }


def _input(port: int, first: int, channel: int) -> DeclaredInput:
    number = first + channel - 1
    return DeclaredInput(
        channel=channel,
        host=f"bench-cam{number:04d}",
        code=f"3303240100132{number + 1:07d}",
        name=f"{number}",
        address=_CAMERAS + number,
        rtsp_port=554,
        http_port=port,
        recording=True,
        retention_days=RETENTION_DAYS,
        device=f"bench-cam{number:04d}",
    )


def _channel(one: DeclaredInput) -> dict[str, dict[str, object]]:
    token = str(one.channel)
    source = {"source_id": f"urn:nanxi:input:{token}", "name": one.name}
    login = {"user": RECORDER.name, "password": PASSWORDS[RECORDER.name].value}
    return {
        "recordings": {"token": token, **source, "retention": f"P{one.retention_days}D"},
        "receivers": {"token": token, "uri": f"rtsp://{one.address}:{one.rtsp_port}/stream1", **login},
        "jobs": {
            "token": token,
            "recording": token,
            "mode": "Active",
            "since": 1_700_000_000,
            "sources": [{"receiver": token}],
        },
    }


async def _serve(port: int, count: int, channels: int) -> None:
    fleet = Fleet(devices(port, count, channels))
    set_up(fleet, port, count, channels)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await fleet.start("wildcard", rtsp=False)
    print("ready", flush=True)
    await ended.wait()
    await fleet.stop()


def main(argv: Sequence[str]) -> None:
    """Serve until SIGTERM."""
    port, count, channels = map(int, argv)
    uvloop.run(_serve(port, count, channels))


if __name__ == "__main__":
    main(sys.argv[1:])
