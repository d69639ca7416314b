"""Module rtsp: call-up of a register's camera, and what busy and locked mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exporters.rtsp.emit import call_up
from exporters.rtsp.source import forget, source
from exporters.services import Services
from exporters.signals import Identity, Samples
from lab.twin.fleetfile import FleetConfig, HostEntry
from nanxi.devices.errors import LockedError, UnreachableError
from nanxi.devices.rtsp.call_up import CallUp
from nanxi.devices.rtsp.errors import BusyError
from nanxi.register.model import Camera, State
from tests.exporters.conftest import USERS
from tests.support.lab import need

CAMERA = "shangtang-cam0001"


def told(found: CallUp) -> dict[tuple[str, ...], float]:
    samples = Samples(Identity("cam", "cameras", "u", "1", "police"))
    call_up(samples, found, "device")
    return {(one.signal.name, *one.labels[5:]): one.value for one in samples}


@pytest.mark.parametrize(
    ("error", "up", "busy", "status"),
    [
        (BusyError("no session", "453"), None, 1, 453),
        (LockedError("held"), None, 0, 0),
        (LockedError("says so", by_device=True), 0, 0, 0),
        (UnreachableError("gone"), 0, 0, 0),
    ],
)
def test_busy_and_held_back_are_neither_up_nor_down(error, up, busy, status) -> None:
    found = told(CallUp(error=error))
    assert found.get(("nanxi_rtsp_up",)) == up
    assert found[("nanxi_rtsp_busy",)] == busy
    assert found[("nanxi_rtsp_status",)] == status


def test_a_part_that_was_not_reached_has_no_time() -> None:
    found = told(
        CallUp(
            codec="H264", signalling_s=0.2, first_packet_s=0.1, packets=99, lost=1, error=UnreachableError("")
        )
    )
    assert found[("nanxi_rtsp_up",)] == 0
    assert ("nanxi_rtsp_call_up_seconds", "key_frame") not in found
    assert found[("nanxi_rtsp_packets_lost_ratio",)] == 0.01


@pytest.mark.lab
async def test_a_camera_of_the_register_is_called_up(
    twins, estate, make_config, serve, read, checked
) -> None:
    need("ffmpeg")
    entry = HostEntry(overrides={"factory": {"users": USERS}})
    twins([estate.devices[CAMERA]], FleetConfig(hosts={CAMERA: entry}), rtsp=True)
    client = await serve(make_config("rtsp", kinds=["cameras"], sample_s=1))
    _, text = await client.get(f"/probe?module=rtsp&target={CAMERA}")
    found = read(text)
    assert found[("nanxi_rtsp_up",)] == 1, text
    assert {phase for name, *rest in found if name == "nanxi_rtsp_call_up_seconds" for phase in rest} == {
        "signalling",
        "first_packet",
        "key_frame",
    }
    assert found[("nanxi_rtsp_frames_per_second",)] > 1
    assert 'via="device"' in text
    assert checked(text) == (0, "")


@pytest.mark.lab
async def test_an_analog_camera_is_called_up_at_its_encoder(
    twins, estate, make_config, serve, read, checked
) -> None:
    """With the encoder's account, by the channel that the register names; in repair the encoder is left alone."""
    need("ffmpeg")
    analog = next(one for one in estate.devices.values() if isinstance(one, Camera) and one.channel == 2)
    encoder = estate.devices[analog.encoder]
    entry = HostEntry(overrides={"factory": {"users": USERS}})
    twins([encoder], FleetConfig(hosts={encoder.host: entry}), rtsp=True)
    client = await serve(make_config("rtsp", kinds=["cameras"], sample_s=1))
    _, text = await client.get(f"/probe?module=rtsp&target={analog.host}")
    assert read(text)[("nanxi_rtsp_up",)] == 1, text
    assert f'device="{analog.host}"' in text
    assert checked(text) == (0, "")
    first = estate.devices[analog.host].model_copy(update={"channel": 1})
    services = client.exporter.services
    here = (await source(services, analog, client.exporter.config.modules["rtsp"])).target
    forget(services, analog.host)
    there = (await source(services, first, client.exporter.config.modules["rtsp"])).target
    assert here.host == encoder.host
    assert here.path != there.path

    away = {**estate.devices, encoder.host: encoder.model_copy(update={"state": State.REPAIR})}
    asked = type("Services", (), {"config": services.config, "estate": replace(estate, devices=away)})()
    with pytest.raises(UnreachableError, match=encoder.host):
        await source(asked, analog, client.exporter.config.modules["rtsp"])


async def test_what_the_gate_holds_is_called_up_there(make_config, guard, tmp_path, monkeypatch) -> None:
    config = make_config("rtsp", kinds=["cameras"]).model_copy(
        update={"gate": type("Gate", (), {"control": tmp_path / "control", "port": 8555})()}
    )
    services = Services(config, guard)
    told = {"cause": None, "reason": "", "silent_s": 0.1}
    streams = [
        {"camera": CAMERA, "stream": name, "playing": name == "main", **told} for name in ("sub", "main")
    ]
    monkeypatch.setattr("exporters.gate.status.ask_status", lambda path: {"streams": streams})
    found = await source(services, services.estate.devices[CAMERA], config.modules["rtsp"])
    assert (found.via, str(found.target.address), found.target.port) == ("gate", "127.0.0.1", 8555)
    # R8: what the gate holds anyway, and no session more of the camera.
    assert found.target.path == f"/{CAMERA}/main?reason=probe"
    assert found.target.credential is None
