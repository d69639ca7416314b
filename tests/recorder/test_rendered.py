"""What plan and register mean for recorder hosts: who records whom, and where each make of the lab keeps its stream."""

from dataclasses import replace

import pytest

from lab.twin.fleet import Fleet
from nanxi.county.model import Network
from nanxi.estate import load_estate
from nanxi.recorder import render
from nanxi.recorder.placement import Disk
from nanxi.register.model import Camera
from tests.support.ansible import ROOT


@pytest.fixture(scope="module")
def estate():
    return load_estate(ROOT / "inventory/lab")


def variables(_host):
    return {"recorder_volumes": [{"path": "/disk", "key": "disk1", "size_gb": 40_000}]}


def test_a_host_records_the_cameras_of_its_network_that_no_nvr_records(estate):
    for host in ("shangtang-host01", "oubei-host01"):
        mine = render.cameras_of(estate, host, variables)
        assert mine
        assert {estate.devices[camera].network for camera in mine} == {Network.POLICE}
        assert {estate.devices[camera].unit for camera in mine} == {estate.devices[host].unit}
    given = {
        **estate.devices,
        "oubei-cam0002": estate.devices["oubei-cam0002"].model_copy(update={"nvr": "oubei-nvr01"}),
    }
    assert "oubei-cam0002" in render.cameras_of(estate, "oubei-host01", variables)
    other = replace(estate, devices=given)
    assert "oubei-cam0002" not in render.cameras_of(other, "oubei-host01", variables)


def test_whom_nobody_records_is_named(estate):
    """Of these the register says neither an NVR nor a recorder host of their network."""
    nobody = {"oubei-cam0009", "shangtang-cam0003", "shangtang-cam0007", "shangtang-cam0014"}
    assert {camera.host for camera in render.unrecorded(estate)} == nobody
    host = estate.devices["oubei-host01"].model_copy(update={"network": Network.PUBLIC, "serial": 9})
    more = replace(estate, devices={**estate.devices, host.host: host})
    assert {camera.host for camera in render.unrecorded(more)} == nobody - {"oubei-cam0009"}
    assert list(render.cameras_of(more, host.host, variables)) == ["oubei-cam0009"]


def test_cameras_without_a_host_in_their_network_stop_the_run(estate):
    fewer = {name: device for name, device in estate.devices.items() if name != "oubei-host01"}
    with pytest.raises(
        render.CapacityError, match=r"oubei: 7 cameras of the network police .* no recorder host"
    ):
        render.place_unit(replace(estate, devices=fewer), "oubei", Network.POLICE, variables)


def test_every_make_of_the_lab_has_its_streams_where_the_gate_asks_for_them(estate):
    fleet = Fleet(estate.devices.values(), addressing=estate.plan.addresses)
    cameras = [name for name, device in sorted(estate.devices.items()) if isinstance(device, Camera)]
    disk = Disk("somewhere", "/disk", 1)
    asked = {
        one["host"]: one["streams"]
        for one in render.gate_cameras(estate, dict.fromkeys(cameras, disk), variables)
    }
    assert len(asked) == len(cameras)
    for name, streams in asked.items():
        device, _ = render.spoken_to(estate, estate.devices[name])
        found = {stream: fleet.twin(device.host).stream(path) for stream, path in streams.items()}
        assert found["main"] is not None, (name, streams["main"])
        assert found["sub"] is None or found["sub"].width < found["main"].width, (name, streams)
