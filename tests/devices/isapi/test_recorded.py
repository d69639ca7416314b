"""Recorded dumps of a camera, a recorder and a hybrid recorder, served as they were, give a sensible state."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from lxml import etree

from nanxi.devices.declare import target
from nanxi.devices.driver import Credential
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.http import transport
from nanxi.devices.isapi.session import IsapiSession
from nanxi.devices.state import ALL_ASPECTS, Aspect, DeviceState, Disk
from tests.devices.isapi.bench import PASSWORDS
from tests.devices.twins import DECLARED

DATA = Path(__file__).parents[4] / "shared/data/isapi"
pytestmark = [
    pytest.mark.recorded,
    pytest.mark.skipif(not DATA.exists(), reason="no recordings of real devices at ../shared/data/isapi"),
]


def written(name: str, content: Any) -> etree._Element:
    """Return the XML that a dump (mappings, @attributes, #text) was made from."""
    element = etree.Element(name)
    if isinstance(content, Mapping):
        for key, value in content.items():
            if key.startswith("@"):
                element.set("namespace" if key == "@xmlns" else key[1:], value)
            elif key == "#text":
                element.text = value
            else:
                for one in value if isinstance(value, list) else [value]:
                    element.append(written(key, one))
    else:
        element.text = content
    return element


def documents(model: str) -> dict[str, bytes | int]:
    """Return what the device answered, by resource: a document, or a status."""
    answers: dict[str, bytes | int] = {}
    told = json.loads((DATA / f"{model}.json").read_text("utf-8"))["data"]["ISAPI"]
    for resource, answer in told.items():
        if "response" in answer:
            ((name, content),) = answer["response"].items()
            answers[resource] = etree.tostring(written(name, content)).replace(b" namespace=", b" xmlns=")
        else:
            answers[resource] = answer["status_code"]
    if "Streaming/channels" not in answers:  # only single streams were recorded of the recorders
        single = [
            told[name]["response"]
            for name in told
            if name.startswith("Streaming/") and "response" in told[name]
        ]
        whole = {"StreamingChannel": [one["StreamingChannel"] for one in single]}
        answers["Streaming/channels"] = etree.tostring(written("StreamingChannelList", whole))
    return answers


@asynccontextmanager
async def served(model: str) -> AsyncIterator[int]:
    """Serve a dump on loopback, without asking for a password."""
    answers = documents(model)

    async def answer(request: web.BaseRequest) -> web.Response:
        found = answers.get(request.path.removeprefix("/ISAPI/"), 404)
        return web.Response(status=found) if isinstance(found, int) else web.Response(body=found)

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@pytest.fixture
async def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(transport, "WINDOW_S", 0.0)

    async def read(model: str, aspects: frozenset[Aspect] = ALL_ASPECTS) -> DeviceState:
        async with served(model) as port:
            declared = replace(DECLARED, address="127.0.0.1", http_port=port)
            goal = target(declared, passwords=PASSWORDS)
            assert goal.credentials == (Credential("admin", PASSWORDS["admin"]),)
            session = await IsapiSession.open(goal, LockoutGuard(tmp_path / "guard"))
            try:
                return await session.read(aspects)
            finally:
                await session.close()

    return read


async def test_camera(read: Any) -> None:
    state = await read("DS-2CD2386G2-IU")
    assert (state.identity.model, state.identity.mac) == ("DS-2CD2386G2-IU", "A6-63-9E-F8-01-09")
    assert state.identity.firmware == "V5.7.15 build 240201"
    assert state.identity.serial_number == "DS-2CD2386G2-IU00000000AAWRJ00000000"
    assert state.hostname == "yard"
    main, sub = state.encoders[:2]
    assert (main.role, main.codec, main.width, main.height, main.fps, main.bitrate_kbps, main.gop) == (
        *("main", "H264", 3840, 2160),
        *(25.0, 12288, 50),
    )
    assert (sub.role, sub.codec, sub.width, sub.height, sub.fps, sub.bitrate_kbps, sub.gop) == (
        *("sub", "H264", 640, 360),
        *(10.0, 256, 40),
    )
    assert state.services.protocols["HTTP"] == (True, (80,))
    assert state.services.protocols["RTSP"] == (True, (10554,))
    assert state.services.protocols["WEBSOCKETS"] == (False, (7682,))
    assert "DEV_MANAGE" not in state.services.protocols
    assert state.inputs is None
    assert Aspect.CHANNELS in state.unsupported
    assert state.signals is None
    assert state.disks == (Disk("1", "ok", 31.9, 28.7), Disk("9", "ok", 128.3, 125.1))
    assert state.clock is None
    assert any("without a password" in note for note in state.notes)


async def test_recorder(read: Any) -> None:
    state = await read("DS-7608NXI-I2")
    assert (state.identity.model, state.hostname) == ("DS-7608NXI-I2/8P/S", "nvr")
    told = [(one.channel, one.name, one.address, one.device_channel) for one in state.inputs]
    assert told == [
        (1, "garden", "1.0.0.236", 1),
        (2, "home", "1.0.0.50", 1),
        (3, "road", "1.0.0.80", 1),
        (4, "gate", "1.0.0.238", 1),
    ]
    assert {one.online for one in state.inputs} == {None}
    assert {one.http_port for one in state.inputs} == {None}, "port 8000 is the maker's own"
    assert state.disks == (Disk("1", "ok", 2000.4, 0.0),), "written over, so not full"
    assert state.signals is None
    assert state.services.protocols["HTTPS"] == (True, (443,))


async def test_hybrid_recorder(read: Any) -> None:
    state = await read("iDS-7204HUHI-M1")
    assert state.identity.model == "iDS-7204HUHI-M1/E"
    assert [(signal.channel, signal.present) for signal in state.signals] == [
        *((1, True), (2, False)),
        *((3, True), (4, False)),
    ]
    assert state.inputs == ()
    found = {(one.channel, one.role): one for one in state.encoders}
    assert {channel for channel, _ in found} == {1, 2, 3, 4}
    main, sub = found[1, "main"], found[1, "sub"]
    assert (main.codec, main.width, main.fps, main.bitrate_kbps, main.gop) == ("H264", 2560, 15.0, 2048, 15)
    assert (sub.codec, sub.width, sub.height, sub.fps, sub.gop) == ("H265", 960, 576, 12.0, 12)
    assert state.disks == (Disk("1", "ok", 1000.2, 853.6),)
    assert state.services.protocols["HTTPS"] == (False, (443,))
