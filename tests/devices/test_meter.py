"""What is counted of RTP packets (pure)."""

from __future__ import annotations

import struct

import pytest

from nanxi.devices.rtsp.meter import Meter, payload
from nanxi.devices.rtsp.wire import Frames

IDR, SLICE = b"\x65", b"\x41"


def packet(
    sequence: int, timestamp: int, content: bytes, *, marker: bool = True, ssrc: int = 1, first: int = 0x80
) -> bytes:
    return struct.pack("!BBHII", first, 96 | marker << 7, sequence % 2**16, timestamp % 2**32, ssrc) + content


def run(*packets: bytes, channel: int = 0) -> Frames:
    data, starts = b"", []
    for one in packets:
        starts.append(len(data))
        data += struct.pack("!cBH", b"$", channel, len(one)) + one
    return Frames(data, starts)


def metered(*packets: bytes, codec: str = "H264") -> Meter:
    meter = Meter(0, codec, 90_000)
    for number, one in enumerate(packets):
        meter.take(run(one), float(number))
    return meter


def test_rate_by_the_frames_own_time() -> None:
    meter = metered(*(packet(number, number * 3600, SLICE) for number in range(26)))
    assert (meter.frames, meter.span_s, meter.lost) == (26, 1.0, 0)


def test_sequence_and_timestamps_wrap() -> None:
    meter = metered(packet(65535, 2**32 - 3600, SLICE), packet(0, 0, SLICE), packet(1, 3600, SLICE))
    assert (meter.lost, meter.span_s) == (0, 0.08)


def test_missing_packets_are_lost_and_late_ones_are_not() -> None:
    meter = metered(*(packet(number, 0, SLICE) for number in (10, 12, 11, 15)))
    assert meter.lost == 2


def test_a_key_frame_is_there_when_it_is_whole() -> None:
    meter = metered(
        packet(0, 0, SLICE),
        packet(1, 3600, b"\x7c\x85", marker=False),  # FU-A, start of an IDR
        packet(2, 3600, b"\x7c\x05", marker=False),
        packet(3, 3600, b"\x7c\x45", marker=True),
        packet(4, 7200, SLICE),
    )
    assert (meter.first_packet, meter.key_frame) == (0.0, 3.0)


def test_a_camera_without_markers() -> None:
    meter = metered(packet(0, 0, IDR, marker=False), packet(1, 3600, SLICE, marker=False))
    assert meter.key_frame == 1.0


@pytest.mark.parametrize(
    ("codec", "content", "key"),
    [
        ("H264", b"\x18\x00\x02\x67\x00\x00\x02\x65\x00", True),  # STAP-A: SPS, IDR
        ("H264", b"\x18\x00\x02\x67\x00\x00\x02\x41\x00", False),
        ("H264", b"\x67", False),  # parameter sets alone are no picture
        ("H265", bytes([19 << 1, 1]), True),  # IDR_W_RADL
        ("H265", bytes([49 << 1, 1, 0x80 | 20]), True),  # FU of IDR_N_LP
        ("H265", bytes([48 << 1, 1, 0, 1, 32 << 1, 0, 1, 19 << 1]), True),  # AP: VPS, IDR
        ("H265", bytes([1 << 1, 1]), False),
        ("JPEG", b"\x00", True),
        ("H264", b"", False),
    ],
)
def test_which_packets_are_of_key_frames(codec, content, key) -> None:
    assert (metered(packet(0, 0, content), codec=codec).key_frame is not None) is key


def test_another_sender_begins_anew() -> None:
    """R9: packets of a session that the camera forgot come first."""
    meter = metered(
        packet(900, 5, SLICE, ssrc=7), packet(10, 0, IDR, ssrc=1), packet(11, 3600, SLICE, ssrc=1)
    )
    assert (meter.packets, meter.lost, meter.frames) == (2, 0, 2)


def test_head_extension_and_padding_are_no_content() -> None:
    extended = packet(0, 0, b"\xbe\xde\x00\x01abcd" + IDR + b"\x00\x02", first=0x80 | 0x10 | 0x20)
    assert payload(extended) == IDR


def test_other_channels_and_rubbish_are_passed_over() -> None:
    meter = Meter(0, "H264", 90_000)
    meter.take(run(packet(0, 0, IDR), channel=1), 0.0)
    meter.take(run(b"short", b"\x00" * 20), 0.0)
    assert meter.packets == 0
