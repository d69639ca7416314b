"""The RTSP face of whole twins: what ONVIF's side says is what a player gets."""

import socket

import pytest

from lab.network import ROOT
from lab.twin.fleet import has_twin
from lab.twin.fleetfile import FleetConfig, HostEntry
from lab.twin.profile import plain_profile
from nanxi.estate import load_estate
from tests.support.rtsp import RawClient, probe

pytestmark = [pytest.mark.foreign, pytest.mark.usefixtures("ffmpeg_tools")]

PROFILES = sorted(
    path.stem
    for path in (ROOT / "lab/twin/profiles").glob("*.yml")
    if plain_profile(path.stem).hardware.profiles
)
CODECS = {"H264": "h264", "H265": "hevc"}


@pytest.fixture(scope="module")
def cameras():
    devices = load_estate(ROOT / "inventory/lab").devices.values()
    return [one for one in devices if one.kind == "cameras" and has_twin(one)]


@pytest.fixture(scope="module")
def one_of_each(cameras, module_twins):
    """A running twin of every vendor profile, and the host of each."""
    hosts = dict(zip(PROFILES, (camera.host for camera in cameras), strict=False))
    config = FleetConfig(hosts={host: HostEntry(profile=name) for name, host in hosts.items()})
    return module_twins(cameras[: len(PROFILES)], config, rtsp=True), hosts


@pytest.fixture
def twin_with(cameras, twins):
    """Return a function that starts one twin with RTSP traits, and gives fleet, twin and device."""

    def start(profile="generic", **traits):
        camera = cameras[-1]
        config = FleetConfig(hosts={camera.host: HostEntry(profile=profile, overrides={"rtsp": traits})})
        running = twins([camera], config, rtsp=True)
        return running, running.call(running.fleet.twin, camera.host), running.devices[camera.host]

    return start


def url(twin, device, path, password=None):
    user, right = next(iter(twin.accounts.items()))
    return f"rtsp://{user}:{password or right}@{device.ipv4}:{device.rtsp_port}{path}"


def smallest(twin):
    """Return the smallest video encoder that a profile with a stream uses, and the path of the stream."""
    encoders = {one.token: one for one in twin.settings.encoders if one.codec in CODECS}
    used = [(encoders[p.encoder], p.stream) for p in twin.profile.hardware.profiles if p.encoder in encoders]
    return min(used, key=lambda pair: pair[0].width)


@pytest.mark.parametrize("name", PROFILES)
def test_every_vendor_streams_what_its_encoder_is_set_to(one_of_each, name):
    running, hosts = one_of_each
    twin = running.call(running.fleet.twin, hosts[name])
    encoder, path = smallest(twin)
    (video,) = probe(url(twin, running.devices[hosts[name]], path))
    assert video["codec_name"] == CODECS[encoder.codec]
    assert (video["width"], video["height"]) == (encoder.width, encoder.height)
    numerator, denominator = map(int, video["avg_frame_rate"].split("/"))
    assert numerator / denominator == pytest.approx(encoder.fps, rel=0.01)


def test_an_encoder_that_onvif_changed_shows_in_the_next_picture(twin_with):
    running, twin, device = twin_with()
    encoder, path = smallest(twin)
    changed = encoder.model_copy(update={"codec": "H265", "width": 320, "height": 240, "fps": 10})
    others = [one for one in twin.settings.encoders if one.token != encoder.token]
    running.call(twin.patch, "encoders", [one.model_dump() for one in (*others, changed)])
    (video,) = probe(url(twin, device, path))
    assert (video["codec_name"], video["width"], video["height"]) == ("hevc", 320, 240)


def test_wrong_passwords_over_rtsp_lock_the_account_for_onvif_too(twin_with):
    running, twin, device = twin_with("dahua")
    _, path = smallest(twin)
    user = next(iter(twin.accounts))
    for _ in range(twin.profile.traits.auth.lock_out.after):
        assert "401" in probe(url(twin, device, path, password="wrong"))
    assert not running.call(twin.login, user, True)
    assert "401" in probe(url(twin, device, path))


def test_switching_off_and_restarting_end_running_streams(twin_with):
    running, twin, device = twin_with(auth=[])
    _, path = smallest(twin)
    device_address = str(device.ipv4)
    for end in (
        lambda: running.fleet.reboot(device.host),
        lambda: running.fleet.set_power(device.host, on=False),
    ):
        running.call(running.fleet.set_power, device.host, on=True)
        running.call(twin.stay_silent, 0)
        client = RawClient(device_address, device.rtsp_port)
        client.play(path)
        assert client.packets(5)
        running.call(end)
        assert len(client.packets(100_000)) < 100_000
        client.close()


def test_a_twin_without_power_does_not_even_refuse(twin_with):
    running, _, device = twin_with()
    running.call(running.fleet.set_power, device.host, on=False)
    with pytest.raises(TimeoutError):
        socket.create_connection((str(device.ipv4), device.rtsp_port), timeout=1)
