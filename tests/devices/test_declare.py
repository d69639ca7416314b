"""What register and plan demand, as one record."""

from __future__ import annotations

import dataclasses
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from nanxi.county.model import Network, SipServer
from nanxi.devices.declare import UndeclaredError, aspects_of, declare, target
from nanxi.devices.driver import Credential, Secret
from nanxi.devices.state import Aspect
from nanxi.estate import Estate, load_estate
from nanxi.register.model import Camera, Kind, State

INVENTORY = Path(__file__).parents[2] / "inventory/lab"


@pytest.fixture(scope="module")
def estate() -> Estate:
    return load_estate(INVENTORY)


@pytest.fixture(scope="module")
def camera(estate: Estate) -> Camera:
    return next(device for device in estate.devices.values() if isinstance(device, Camera))


def test_every_camera_of_the_lab_is_declared(estate: Estate) -> None:
    cameras = [one for one in estate.devices.values() if isinstance(one, Camera) and not one.encoder]
    assert cameras
    for device in cameras:
        declared = declare(estate, device.host)
        policy = estate.plan.policies
        assert declared.hostname == declared.host == device.host
        assert declared.channels[0].place == device.place
        assert declared.ntp_servers == tuple(map(str, policy.services[device.network].ntp))
        assert [stream.role for stream in declared.channels[0].streams] == ["main", "sub"]
        assert (
            declared.channels[0].streams[0].bitrate_kbps
            == policy.streams[device.point_class].main.bitrate_kbps
        )


def test_mask_and_gateway_come_from_the_units_block(estate: Estate, camera: Camera) -> None:
    declared = declare(estate, camera.host)
    blocks = estate.plan.addresses.blocks[camera.unit].values()
    (block,) = [block for block in blocks if declared.address in block]
    assert declared.prefix_length == block.prefixlen
    assert declared.gateway == str(block.network_address + 1)


@pytest.mark.parametrize(
    ("update", "says"),
    [({"ipv4": None}, "no IPv4 address"), ({"ipv4": IPv4Address("192.0.2.1")}, "no block of this unit")],
)
def test_what_is_missing_is_named(estate: Estate, camera: Camera, update: dict, says: str) -> None:
    wrong = camera.model_copy(update=update)
    with pytest.raises(UndeclaredError, match=says):
        declare(dataclasses.replace(estate, devices={wrong.host: wrong}), wrong.host)


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("nowhere-cam0001", "no camera, encoder or NVR"),
        ("oubei-sw01", "no camera, encoder or NVR"),
        ("oubei-cam0013", "oubei-enc01 is the device to speak to"),
    ],
)
def test_only_what_a_driver_speaks_to_is_declared(estate: Estate, host: str, says: str) -> None:
    with pytest.raises(UndeclaredError, match=says):
        declare(estate, host)


def test_an_encoder_has_the_analog_cameras_in_use(estate: Estate) -> None:
    declared = declare(estate, "oubei-enc01")
    assert [(one.number, one.host) for one in declared.channels] == [
        (1, "oubei-cam0013"),
        (2, "oubei-cam0014"),
        (3, "oubei-cam0015"),
        (4, "oubei-cam0016"),
    ]
    third = estate.devices["oubei-cam0015"]
    assert (declared.channels[2].place, declared.channels[2].code) == (third.place, third.code)
    broken = third.model_copy(update={"state": State.REPAIR})
    assert [one.number for one in declare(_with(estate, broken), "oubei-enc01").channels] == [1, 2, 4]


def test_a_recorder_takes_in_cameras_and_channels_of_an_encoder(estate: Estate) -> None:
    declared = declare(estate, "oubei-nvr01")
    assert [one.channel for one in declared.inputs] == list(range(1, 9))
    first, last = declared.inputs[0], declared.inputs[-1]
    camera, encoder = estate.devices["oubei-cam0001"], estate.devices["oubei-enc01"]
    assert (first.address, first.device, first.device_channel) == (camera.ipv4, camera.host, 1)
    assert (last.address, last.device, last.device_channel) == (encoder.ipv4, encoder.host, 4)
    assert (first.recording, first.retention_days) == (True, 30)
    assert (declared.channels, declared.inputs[0].name) == ((), camera.place)
    broken, gone = (camera.model_copy(update={"state": state}) for state in (State.REPAIR, State.RETIRED))
    assert declare(_with(estate, broken), "oubei-nvr01").inputs[0].channel == 1
    assert declare(_with(estate, gone), "oubei-nvr01").inputs[0].channel == 2


def test_a_code_registers_once_at_the_platform(estate: Estate) -> None:
    server = SipServer(server_id="33032400002000000001", domain="3303240000", address="10.99.255.9")
    policies = estate.plan.policies.model_copy(update={"platforms_access": {Network.PUBLIC: server}})
    told = dataclasses.replace(estate, plan=estate.plan.model_copy(update={"policies": policies}))
    alone, encoder, recorder = (
        declare(told, host).platform for host in ("oubei-cam0009", "oubei-enc01", "oubei-nvr01")
    )
    assert alone is not None
    assert (alone.address, alone.port) == ("10.99.255.9", 5060)
    assert alone.channel_codes == {1: estate.devices["oubei-cam0009"].code}
    assert encoder is not None
    assert encoder.channel_codes == {}  # the recorder takes in all of its cameras
    assert recorder is not None
    assert sorted(recorder.channel_codes) == list(range(1, 9))
    assert recorder.channel_codes[8] == estate.devices["oubei-cam0016"].code
    assert declare(told, "oubei-cam0001").platform is None
    loose = _with(told, estate.devices["oubei-cam0016"].model_copy(update={"nvr": "", "nvr_channel": None}))
    assert declare(loose, "oubei-enc01").platform.channel_codes == {4: estate.devices["oubei-cam0016"].code}
    assert declare(told, "oubei-cam0002").platform is None  # on the police network, which has none
    assert declare(estate, "oubei-cam0009").platform is None


def test_aspects_follow_from_the_kind() -> None:
    assert {Aspect.ENCODERS, Aspect.OSD} <= aspects_of(Kind.CAMERA) & aspects_of(Kind.ENCODER)
    assert Aspect.CHANNELS in aspects_of(Kind.ENCODER) - aspects_of(Kind.CAMERA)
    assert {Aspect.RECORDING, Aspect.DISKS} <= aspects_of(Kind.NVR) - aspects_of(Kind.ENCODER)
    assert aspects_of(Kind.SWITCH) == frozenset()


def _with(estate: Estate, device: Camera) -> Estate:
    return dataclasses.replace(estate, devices=estate.devices | {device.host: device})


def test_the_vault_comes_before_the_works(estate: Estate, camera: Camera) -> None:
    declared = declare(estate, camera.host)
    works = Credential("admin", Secret("12345"), "factory")
    goal = target(declared, passwords={"admin": Secret("new")}, factory=[works])
    assert [item.origin for item in goal.credentials] == ["vault", "factory"]
    assert goal.address == declared.address
    assert target(declared, passwords={}, factory=[works]).credentials == (works,)


def test_no_secret_is_ever_printed(estate: Estate, camera: Camera) -> None:
    goal = target(declare(estate, camera.host), passwords={"admin": Secret("canary")})
    assert "canary" not in f"{goal!r} {goal!s} {goal.passwords}"
