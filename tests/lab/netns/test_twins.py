"""The fixture that puts twins on addresses."""

import subprocess

import pytest

from lab.network import ROOT, is_sealed
from nanxi.estate import load_estate
from tests.support.lab import need


@pytest.fixture(scope="module")
def cameras():
    devices = load_estate(ROOT / "inventory/lab").devices.values()
    return [device for device in devices if device.kind == "cameras"][:2]


def test_twins_answer_on_every_device_and_end_with_the_fixture(cameras, twins):
    need("curl")
    running = twins(cameras, rtsp=True)
    assert set(running.devices) == {camera.host for camera in cameras}
    for device in running.devices.values():
        url = f"http://{device.ipv4}:{device.http_port}/onvif/device_service"
        command = ("curl", "--silent", "--max-time", "5", "--data", "<x/>", "--output", "/dev/null", url)
        assert subprocess.run(command, check=False).returncode == 0


def test_addresses_are_the_registers_own_in_the_sandbox_and_loopback_elsewhere(cameras, twins):
    (device,) = twins(cameras[:1]).devices.values()
    if is_sealed():
        assert device == cameras[0]
    else:
        assert device.ipv4.is_loopback
        assert str(device.ipv4).partition(".")[2] == str(cameras[0].ipv4).partition(".")[2]


def test_two_fleets_can_stand_side_by_side(cameras, twins, module_twins):
    first = twins(cameras[:1])
    second = module_twins(cameras[1:])
    assert set(first.devices) | set(second.devices) == {camera.host for camera in cameras}


def test_a_twin_can_be_altered_and_looked_at_from_the_test(cameras, twins):
    running = twins(cameras[:1])
    twin = running.call(running.fleet.twin, cameras[0].host)
    running.call(twin.patch, "hostname", {"name": "altered"})
    assert twin.settings.hostname.name == "altered"
