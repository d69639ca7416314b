"""Call-up against the twin's RTSP server: three timers, and what is no picture."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from lab.twin.rtsp.server import RtspServer
from lab.twin.rtsp.traits import RtspTraits
from nanxi.devices.driver import Credential, Secret
from nanxi.devices.errors import LockedError, RefusedError, UnreachableError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.rtsp.call_up import CallUp, call_up
from nanxi.devices.rtsp.errors import BusyError, DowngradeError, StalledError
from nanxi.devices.rtsp.session import StreamTarget
from tests.support.lab import need
from tests.support.rtsp import PASSWORD, USER, Camera


@pytest.fixture
async def camera(request):
    need("ffmpeg")
    made = Camera(rtsp=RtspTraits(**getattr(request, "param", {})))
    server = RtspServer({"127.55.7.7": made}.get)
    await server.start([("127.55.7.7", 0)])
    made.address, made.port = "127.55.7.7", server.endpoints[-1][1]
    yield made
    await server.stop()


async def called(camera: Camera, guard: LockoutGuard, path: str = "/sub", secret: str = PASSWORD) -> CallUp:
    credential = Credential(USER, Secret(secret), "test")
    target = StreamTarget("cam", IPv4Address(camera.address), camera.port, path, credential)
    return await call_up(target, guard, key_frame_s=2, sample_s=1.5)


@pytest.fixture
def guard(tmp_path):
    return LockoutGuard(tmp_path)


@pytest.mark.parametrize(("path", "codec", "fps"), [("/sub", "H264", 15), ("/main", "H265", 25)])
async def test_three_timers_and_the_stream(path, codec, fps, camera, guard) -> None:
    found = await called(camera, guard, path)
    assert found.error is None
    assert found.codec == codec
    parts = (found.signalling_s, found.first_packet_s, found.key_frame_s)
    assert all(part is not None and part >= 0 for part in parts)
    assert found.frames_per_second == pytest.approx(fps, rel=0.05)
    assert found.bytes_per_second is not None
    assert found.bytes_per_second > 5_000
    assert (found.lost, found.packets > 10) == (0, True)
    assert camera.counts["RTSP TEARDOWN"] == 1  # the camera's session is given back


@pytest.mark.parametrize(
    ("camera", "error", "status"),
    [
        ({"max_sessions": 0}, BusyError, "453"),
        ({"max_sessions": 0, "busy_status": 503}, BusyError, "503"),
        ({"auth": ["basic"]}, DowngradeError, ""),
    ],
    indirect=["camera"],
)
async def test_no_picture_has_its_reason(camera, error, status, guard) -> None:
    found = await called(camera, guard)
    assert isinstance(found.error, error)
    assert getattr(found.error, "subcode", "") == status
    assert found.key_frame_s is None


async def test_a_refused_password_is_told_to_the_guard(camera, guard) -> None:
    found = await called(camera, guard, secret="wrong")
    assert isinstance(found.error, RefusedError)
    again = await called(camera, guard, secret="wrong")
    assert isinstance(again.error, LockedError)
    assert camera.wrong == 1


async def test_nobody_there(camera, guard) -> None:
    camera.port += 1
    assert isinstance((await called(camera, guard)).error, UnreachableError)


@pytest.mark.parametrize("camera", [{"stall_after_s": 0}], indirect=True)
async def test_a_stream_that_stalls_before_its_key_frame(camera, guard) -> None:
    found = await called(camera, guard)
    assert found.signalling_s is not None
    assert isinstance(found.error, StalledError)
    assert found.key_frame_s is None
