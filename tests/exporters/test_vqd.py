"""Module vqd against twins."""

from __future__ import annotations

import pytest

from lab.twin.fleetfile import FleetConfig, HostEntry
from nanxi.vqd.measure import HEIGHT, WIDTH
from tests.exporters.conftest import USERS
from tests.support.lab import need

CAMERA = "shangtang-cam0001"
pytestmark = pytest.mark.lab


def entry(**rtsp):
    overrides = {"factory": {"users": USERS}, **({"rtsp": rtsp} if rtsp else {})}
    return FleetConfig(hosts={CAMERA: HostEntry(overrides=overrides)})


async def test_a_picture_is_scored_and_the_second_one_compared(
    twins, estate, make_config, serve, read, tmp_path
) -> None:
    need("ffmpeg")
    (tmp_path / f"{CAMERA}.gray").write_bytes(bytes(range(256)) * 9)
    assert WIDTH * HEIGHT == 256 * 9
    twins([estate.devices[CAMERA]], entry(), rtsp=True)
    client = await serve(make_config("vqd", kinds=["cameras"], references=tmp_path))
    _, text = await client.get(f"/probe?module=vqd&target={CAMERA}")
    found = read(text)
    assert found[("probe_success",)] == 1
    assert found[("nanxi_vqd_score", "signal_loss")] == 100
    assert found[("nanxi_vqd_score", "frozen")] == 200
    assert found[("nanxi_vqd_score", "scene_change")] < 60
    _, text = await client.get(f"/probe?module=vqd&target={CAMERA}")
    assert read(text)[("nanxi_vqd_score", "frozen")] in (0, 100)


async def test_a_camera_without_a_picture_has_lost_its_signal(
    twins, estate, make_config, serve, read
) -> None:
    need("ffmpeg")
    twins([estate.devices[CAMERA]], entry(stall_after_s=0), rtsp=True)
    client = await serve(make_config("vqd", kinds=["cameras"], key_frame_s=1))
    _, text = await client.get(f"/probe?module=vqd&target={CAMERA}")
    found = read(text)
    assert found[("nanxi_vqd_score", "signal_loss")] == found[("nanxi_vqd_ok",)] == 0
    assert found[("nanxi_vqd_score", "blurred")] == 200


async def test_a_busy_camera_is_not_judged(twins, estate, make_config, serve, read) -> None:
    need("ffmpeg")
    twins([estate.devices[CAMERA]], entry(max_sessions=0), rtsp=True)
    client = await serve(make_config("vqd", kinds=["cameras"]))
    _, text = await client.get(f"/probe?module=vqd&target={CAMERA}")
    found = read(text)
    assert found[("nanxi_probe_verdict", "vqd", "busy")] == 1
    assert not any(name.startswith("nanxi_vqd") for name, *_ in found)
