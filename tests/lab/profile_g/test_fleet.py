"""Encoders and recorders in a fleet: chosen by the register's kind, as many channels as it says, secrets kept."""

from __future__ import annotations

import pytest

from lab.twin.control import get
from lab.twin.fleet import has_twin
from lab.twin.installation import install
from lab.twin.layers import repeat
from lab.twin.profile import Make, make_of, plain_profile, profile_of_vendor
from lab.twin.recorder import Receiver
from lab.twin.twin import RECORDED
from nanxi.devices.declare import declare
from nanxi.estate import load_estate
from nanxi.register.model import Kind
from tests.lab.profile_g.conftest import MakeSite
from tests.lab.twin_onvif.conftest import camera


@pytest.mark.parametrize(
    ("kind", "profile"), [(Kind.CAMERA, "generic"), (Kind.ENCODER, "encoder"), (Kind.NVR, "nvr")]
)
def test_the_registers_kind_chooses_among_profiles(kind: Kind, profile: str) -> None:
    assert profile_of_vendor("generic", kind) == profile


def test_an_analog_camera_has_no_twin_of_its_own() -> None:
    assert has_twin(camera(1, "127.0.1.1"))
    assert not has_twin(camera(1, "127.0.1.1", encoder="shangtang-enc01", channel=1))


@pytest.mark.parametrize("channels", [1, 16])
def test_an_encoder_has_as_many_channels_as_the_register_says(channels: int) -> None:
    hardware = plain_profile("encoder", (), channels).hardware
    assert len(hardware.sources) == channels
    assert len(hardware.profiles) == len(hardware.encoders) == 2 * channels


async def test_a_recorder_has_as_many_inputs_as_the_register_says(make_site: MakeSite) -> None:
    site = await make_site("nvr", 8)
    assert site.twin.installation.make == Make("generic", Kind.NVR, 8)
    assert site.twin.profile.hardware.inputs == 8


def test_a_camera_is_one_channel() -> None:
    assert make_of(camera(1, "127.0.1.1", "axis")) == Make("axis", Kind.CAMERA, 1)


def test_a_recorder_stands_in_the_block_of_its_zone() -> None:
    estate = load_estate("inventory/lab")
    for host in ("shangtang-nvr01", "shangtang-enc01", "shangtang-cam0001"):
        device = estate.devices[host]
        installed = install(device, estate.plan.addresses)
        declared = declare(estate, host)
        assert (installed.prefix_length, installed.gateway) == (declared.prefix_length, declared.gateway)


async def test_passwords_of_receivers_stay_in_the_twin(make_site: MakeSite) -> None:
    site = await make_site()
    receiver = Receiver(token="R", uri="rtsp://127.0.0.9/", user="recorder", password="geheim")
    site.twin.patch("receivers", [receiver.model_dump()])
    assert "geheim" not in str(get(site.fleet, {"host": site.twin.installation.host}))
    assert "geheim" not in repr(receiver)


async def test_what_is_recorded_can_be_watched(make_site: MakeSite) -> None:
    site = await make_site()
    recordings = [{"token": "A"}, {"token": "B", "spans": [{"start": 1, "end": 2}]}]
    site.twin.patch("recordings", recordings)
    assert site.twin.stream("/replay/A") is None
    assert site.twin.stream("/replay/B") == RECORDED


def test_channels_are_written_once() -> None:
    template = {"list": [{"token": "T{n}"}], "map": {"M{n}": {"n": "{n}{n}"}}}
    assert repeat({"list": [{"token": "T0"}]}, template, 2) == {
        "list": [{"token": "T0"}, {"token": "T1"}, {"token": "T2"}],
        "map": {"M1": {"n": "11"}, "M2": {"n": "22"}},
    }
