"""The next key frame of a stream, whole, and one that ffmpeg can decode."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from lab.twin.rtsp.server import RtspServer
from lab.twin.rtsp.traits import RtspTraits
from nanxi.devices.driver import Credential, Secret
from nanxi.devices.errors import FaultError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.rtsp.errors import StalledError
from nanxi.devices.rtsp.keyframe import Assembler, key_frame, parameter_sets
from nanxi.devices.rtsp.sdp import Track
from nanxi.devices.rtsp.session import StreamTarget
from nanxi.vqd.measure import measure
from tests.devices.test_meter import packet
from tests.support.lab import need
from tests.support.rtsp import PASSWORD, USER, Camera


def track(codec: str, *attributes: str) -> Track:
    return Track("video", 96, codec, 90_000, "", attributes=attributes)


async def got(path: str, tmp_path, within_s=4, **traits):
    made = Camera(rtsp=RtspTraits(**traits))
    server = RtspServer({"127.55.7.9": made}.get)
    await server.start([("127.55.7.9", 0)])
    try:
        credential = Credential(USER, Secret(PASSWORD), "test")
        target = StreamTarget("cam", IPv4Address("127.55.7.9"), server.endpoints[-1][1], path, credential)
        return await key_frame(target, LockoutGuard(tmp_path), within_s=within_s)
    finally:
        await server.stop()


@pytest.mark.parametrize(("path", "codec"), [("/sub", "H264"), ("/main", "H265")])
async def test_a_key_frame_can_be_decoded(path, codec, tmp_path) -> None:
    need("ffmpeg")
    found, data = await got(path, tmp_path)
    assert found == codec
    picture = await measure(codec, data)
    assert 0 < picture.brightness < 255
    assert picture.contrast > 0


async def test_a_stream_without_a_picture(tmp_path) -> None:
    need("ffmpeg")
    with pytest.raises(StalledError):
        await got("/sub", tmp_path, within_s=1, stall_after_s=0)


def test_a_frame_with_a_hole_is_not_taken() -> None:
    assembler = Assembler(track("H264"))
    packets = [
        packet(0, 0, b"\x41abc"),
        packet(1, 3600, b"\x7c\x85aa", marker=False),
        packet(3, 3600, b"\x7c\x45cc"),  # 2 is missing
        packet(4, 7200, b"\x41abc"),
        packet(5, 9000, b"\x67sps", marker=False),
        packet(6, 9000, b"\x65idr"),
    ]
    found = [assembler.take(one) for one in packets]
    assert found == [None] * 5 + [b"\0\0\0\1\x67sps\0\0\0\1\x65idr"]


def test_fragments_and_described_parameter_sets() -> None:
    fmtp = "fmtp:96 packetization-mode=1;sprop-parameter-sets=Z3Nwcw==,aHBwcw==,!"
    assert parameter_sets([fmtp]) == [b"gsps", b"hpps"]
    assembler = Assembler(track("H264", fmtp))
    assembler.take(packet(0, 0, b"\x41abc"))
    assembler.take(packet(1, 3600, b"\x7c\x85aa", marker=False))
    whole = assembler.take(packet(2, 3600, b"\x7c\x45bb"))
    assert whole == b"\0\0\0\1gsps\0\0\0\1hpps\0\0\0\1\x65aabb"


def test_a_codec_without_key_frames_that_we_know() -> None:
    with pytest.raises(FaultError):
        Assembler(track("JPEG"))


@pytest.mark.parametrize("content", [b"", b"\x7c", b"\x7c\x05x", b"\x18\xff\xff\xffx", b"\x00" * 40])
def test_rubbish_is_passed_over(content) -> None:
    assembler = Assembler(track("H264"))
    assert assembler.take(packet(0, 0, content)) is None
    assert assembler.take(b"\x80") is None
