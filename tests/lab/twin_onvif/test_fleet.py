"""The fleet: addresses, power, restarts, sharing."""

from __future__ import annotations

import asyncio
import contextlib
from ipaddress import IPv4Network
from pathlib import Path

import aiohttp
import pytest

from lab.twin.fleet import Fleet
from lab.twin.fleetfile import FleetConfig
from lab.twin.rtsp.camera import RtspCamera
from nanxi.county.load import load_plan
from tests.lab.twin_onvif.client import call
from tests.lab.twin_onvif.conftest import PORT, camera, loopback


async def answers(address: str, patience_s: float = 2) -> str:
    """Return what a TCP client meets: 'answer', 'cut' or 'silence'."""
    try:
        async with asyncio.timeout(patience_s):
            reader, writer = await asyncio.open_connection(address, PORT)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            said = await reader.read(12)
            writer.close()
    except TimeoutError:
        return "silence"
    except ConnectionResetError:
        return "cut"
    return "answer" if said else "cut"


async def test_each_address_is_its_own_device(start_fleet):
    network = loopback()
    fleet = await start_fleet(
        [camera(n, f"{network}.{n}", vendor) for n, vendor in enumerate(("axis", "大华"), 1)]
    )
    for host, maker in (("shangtang-cam0001", "AXIS"), ("shangtang-cam0002", "Dahua")):
        reply = await call(fleet.twin(host), "tds:GetDeviceInformation")
        assert maker in reply.body.decode()


async def test_wildcard_drops_addresses_that_nobody_has(hand_clock):
    network = loopback()
    fleet = Fleet([camera(1, f"{network}.1", http_port=PORT + 1)], clock=hand_clock.time)
    await fleet.start("wildcard", rtsp=False)
    try:
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://{network}.1:{PORT + 1}/") as response:
                assert response.status == 200
            with pytest.raises(aiohttp.ClientError):
                await session.get(f"http://{network}.2:{PORT + 1}/")
    finally:
        await fleet.stop()


async def test_without_power_nothing_answers_at_tcp(start_fleet):
    network = loopback()
    config = FleetConfig.model_validate({"hosts": {"shangtang-cam0001": {"power": False}}})
    fleet = await start_fleet([camera(1, f"{network}.1"), camera(2, f"{network}.2")], config)
    assert await answers(f"{network}.1", patience_s=0.5) == "silence"
    assert await answers(f"{network}.2") == "answer"
    fleet.set_power("shangtang-cam0001", on=True)
    assert await answers(f"{network}.1") == "answer"


async def test_power_goes_during_a_connection(start_fleet):
    network = loopback()
    fleet = await start_fleet([camera(1, f"{network}.1")])
    reader, writer = await asyncio.open_connection(f"{network}.1", PORT)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert await reader.read(12) == b"HTTP/1.1 200"
    fleet.set_power("shangtang-cam0001", on=False)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    rest = b""
    with contextlib.suppress(ConnectionResetError):
        rest = await reader.read(-1)
    assert b"HTTP/1.1" not in rest
    writer.close()


async def test_settings_outlive_a_restart_and_lock_outs_do_not(start_fleet, tmp_path):
    network = loopback()
    config = FleetConfig.model_validate({"quirks": ["O7"]})
    fleet = await start_fleet([camera(1, f"{network}.1")], config, tmp_path / "state")
    twin = fleet.twin("shangtang-cam0001")
    assert (await call(twin, "tds:SetHostname", "<tds:Name>kept</tds:Name>")).status == 200
    for _ in range(5):
        twin.login("admin", ok=False)
    await fleet.stop()
    again = Fleet([camera(1, f"{network}.1")], config, tmp_path / "state")
    twin = again.twin("shangtang-cam0001")
    assert twin.settings.hostname.name == "kept"
    assert twin.login("admin", ok=True)
    await again.stop()
    files = list((tmp_path / "state").iterdir())
    assert files
    assert [file.name for file in [*files, tmp_path / "state"] if file.stat().st_mode & 0o077] == []


async def test_a_twin_that_nobody_altered_costs_no_settings_of_its_own():
    fleet = Fleet([camera(n, f"127.0.1.{n}") for n in (1, 2)])
    one, two = fleet.twin("shangtang-cam0001"), fleet.twin("shangtang-cam0002")
    assert one.profile is two.profile
    assert one.settings is two.settings
    one.patch("hostname", {"name": "altered"})
    assert two.settings.hostname.name == "IPC"
    assert one.settings.encoders is two.settings.encoders
    await fleet.stop()


def test_stands_in_its_units_block():
    plan = load_plan(Path("inventory/lab/plan"))
    block: IPv4Network = plan.addresses.blocks["shangtang"]["cameras-police"]
    fleet = Fleet([camera(1, str(block[2]))], addressing=plan.addresses)
    installed = fleet.installations["shangtang-cam0001"]
    assert (installed.prefix_length, installed.gateway) == (block.prefixlen, str(block[1]))


def test_devices_of_other_drivers_are_left_out():
    rows = [camera(1, "127.0.1.1"), camera(2, "127.0.1.2", driver="none"), camera(3, None)]
    assert list(Fleet(rows).installations) == ["shangtang-cam0001"]


async def test_its_rtsp_face(make_twin):
    twin = await make_twin("hikvision", ("O7",))
    face: RtspCamera = twin
    assert face.accounts == {"admin": "12345"}
    main = face.stream("/Streaming/Channels/101?transportmode=unicast&profile=Profile_1")
    assert (main.codec, main.width, main.fps, main.gop) == ("H264", 1920, 25, 50)
    assert face.stream("/Streaming/Channels/103") is None
    twin.patch("encoders", [{**item, "codec": "H265"} for item in dump(twin)])
    assert face.stream("/Streaming/Channels/101?transportmode=unicast&profile=Profile_1").codec == "H265"
    for _ in range(5):
        assert not face.login("admin", ok=False)
    assert (await call(twin, "tds:GetUsers")).status == 401, "a lock-out by RTSP holds for ONVIF"
    assert face.rtsp.realm == "IP Camera(C6735)"


def dump(twin):
    return [encoder.model_dump() for encoder in twin.settings.encoders]


def test_listens_where_the_register_says(hand_clock):
    fleet = Fleet([camera(1, "127.0.1.1", http_port=81), camera(2, "127.0.1.2")], clock=hand_clock.time)
    assert fleet.installations["shangtang-cam0001"].http_port == 81
    assert fleet.lookup("127.0.1.2") is fleet.twin("shangtang-cam0002")
    assert fleet.lookup("127.0.1.3") is None
