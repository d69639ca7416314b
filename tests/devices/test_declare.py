"""What register and plan demand, as one record."""

from __future__ import annotations

import dataclasses
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from nanxi.devices.declare import UndeclaredError, declare, target
from nanxi.devices.driver import Credential, Secret
from nanxi.estate import Estate, load_estate
from nanxi.register.model import Camera

INVENTORY = Path(__file__).parents[2] / "inventory/lab"


@pytest.fixture(scope="module")
def estate() -> Estate:
    return load_estate(INVENTORY)


@pytest.fixture(scope="module")
def camera(estate: Estate) -> Camera:
    return next(device for device in estate.devices.values() if isinstance(device, Camera))


def test_every_camera_of_the_lab_is_declared(estate: Estate) -> None:
    cameras = [device for device in estate.devices.values() if isinstance(device, Camera)]
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


def test_only_cameras_are_declared(estate: Estate) -> None:
    with pytest.raises(UndeclaredError, match="no camera, encoder or NVR"):
        declare(estate, "nowhere-cam0001")


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
