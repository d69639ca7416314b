"""What a scenario cannot show: several devices, a bare request, recordings beside the twin's documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from lxml import etree

from lab.twin.control import get
from tests.lab.isapi.client import ask
from tests.lab.isapi.conftest import device
from tests.lab.twin_onvif.conftest import camera, loopback

RECORDED = Path("../shared/data/isapi")
CHANNEL = (
    "<InputProxyChannel><id>{number}</id><name>点{number}</name><sourceInputPortDescriptor>"
    "<proxyProtocol>ONVIF</proxyProtocol><addressingFormatType>ipaddress</addressingFormatType>"
    "<ipAddress>{address}</ipAddress><managePortNo>80</managePortNo><srcInputPort>1</srcInputPort>"
    "<userName>admin</userName><password>{password}</password><streamType>auto</streamType>"
    "</sourceInputPortDescriptor></InputProxyChannel>"
)


async def test_a_recorder_sees_the_cameras_that_are_there(start_fleet: Any) -> None:
    network = loopback()
    row = device("hikvision-nvr", f"{network}.2")
    fleet = await start_fleet([camera(1, f"{network}.1", "hikvision"), row])
    recorder = fleet.twin(row.host)
    cases = [(1, f"{network}.1", "12345"), (2, f"{network}.1", "wrong"), (3, f"{network}.9", "12345")]
    for number, address, password in cases:
        body = CHANNEL.format(number=number, address=address, password=password).encode()
        assert (await ask(recorder, "POST", "ContentMgmt/InputProxy/channels", body)).status == 200
    state = await ask(recorder, "GET", "ContentMgmt/InputProxy/channels/status")
    assert state.texts("//online") == ["true", "false", "false"]
    assert state.texts("//chanDetectResult") == ["online", "userOrPasswordError", "networkAbnormal"]
    assert b"12345" not in state.body


async def test_a_bare_request_is_challenged_and_counts_for_nothing(make_twin: Any) -> None:
    twin = await make_twin("hikvision")
    for _ in range(9):
        reply = await ask(twin, "GET", "System/deviceInfo", password="")
        assert reply.status == 401
        assert reply.challenge.startswith("Digest ")
    assert (await ask(twin, "GET", "System/deviceInfo")).status == 200


async def test_an_answer_for_another_resource_is_none(make_twin: Any) -> None:
    twin = await make_twin("hikvision")
    url = f"http://{twin.installation.address}:{twin.installation.http_port}/ISAPI/System/"
    digest = aiohttp.DigestAuthMiddleware(login="admin", password="12345")
    async with (
        aiohttp.ClientSession(middlewares=(digest,)) as session,
        session.get(url + "time") as response,
    ):
        assert response.status == 200
        signed = response.request_info.headers["Authorization"]
    async with (
        aiohttp.ClientSession() as session,
        session.get(url + "deviceInfo", headers={"Authorization": signed}) as other,
    ):
        assert other.status == 401


async def test_a_twin_without_isapi_has_no_such_pages(make_twin: Any) -> None:
    assert (await ask(await make_twin("generic"), "GET", "System/deviceInfo")).status == 404


async def test_the_lab_shows_no_password(start_fleet: Any) -> None:
    row = device("hikvision-nvr", f"{loopback()}.1")
    fleet = await start_fleet([row])
    body = CHANNEL.format(number=1, address="10.0.0.1", password="Hidden-77").encode()
    assert (await ask(fleet.twin(row.host), "POST", "ContentMgmt/InputProxy/channels", body)).status == 200
    shown = json.dumps(get(fleet, {"host": row.host}))
    assert "10.0.0.1" in shown
    assert "Hidden-77" not in shown


async def test_what_is_written_outlives_a_restart_of_the_lab(start_fleet: Any, tmp_path: Path) -> None:
    row = device("hikvision-nvr", f"{loopback()}.1")
    fleet = await start_fleet([row], None, tmp_path)
    body = CHANNEL.format(number=1, address="10.0.0.1", password="x").encode()
    await ask(fleet.twin(row.host), "POST", "ContentMgmt/InputProxy/channels", body)
    await fleet.stop()
    again = await start_fleet([row], None, tmp_path)
    reply = await ask(again.twin(row.host), "GET", "ContentMgmt/InputProxy/channels")
    assert reply.texts("//ipAddress") == ["10.0.0.1"]


@pytest.mark.recorded
@pytest.mark.skipif(not RECORDED.exists(), reason="no recordings beside this checkout")
@pytest.mark.parametrize(
    ("profile", "recording", "resource"),
    [
        ("hikvision", "DS-2CD2386G2-IU", "System/deviceInfo"),
        ("hikvision", "DS-2CD2386G2-IU", "Streaming/channels/101"),
        ("hikvision", "DS-2CD2386G2-IU", "Security/adminAccesses"),
        ("hikvision-nvr", "DS-7608NXI-I2", "ContentMgmt/Storage"),
        ("hikvision-dvr", "iDS-7204HUHI-M1", "System/Video/inputs/channels"),
        ("hikvision-dvr", "iDS-7204HUHI-M1", "ContentMgmt/Storage"),
    ],
)
async def test_beside_a_recording_it_invents_nothing(
    profile: str, recording: str, resource: str, make_twin: Any
) -> None:
    reply = await ask(await make_twin(profile), "GET", resource)
    told = {etree.QName(element).localname for element in etree.fromstring(reply.body).iter()}
    recorded = json.loads((RECORDED / f"{recording}.json").read_text("utf-8"))["data"]["ISAPI"][resource]
    assert told <= set(_names(recorded["response"]))


def _names(tree: Any) -> Iterator[str]:
    if isinstance(tree, list):
        for item in tree:
            yield from _names(item)
    elif isinstance(tree, dict):
        for name, content in tree.items():
            yield name
            yield from _names(content)
