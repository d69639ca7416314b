"""The client's parsers: the same whatever the pieces, values or typed errors whatever the bytes."""

import contextlib
import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanxi.devices.errors import DeviceError, HostileError
from nanxi.devices.rtsp import sdp
from nanxi.devices.rtsp.message import Message
from nanxi.devices.rtsp.transport import Channels, channels_of
from nanxi.devices.rtsp.wire import Frames, Splitter
from nanxi.gate.pictures import Pictures

_RESPONSE = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\n$abc"
_FRAMES = st.binary(max_size=40).map(lambda body: b"$\x00" + len(body).to_bytes(2, "big") + body)


def _split(pieces):
    splitter, frames, messages = Splitter(), [], []
    for piece in pieces:
        for item in splitter.feed(piece):
            if isinstance(item, Frames):
                ends = [*item.starts[1:], len(item)]
                frames += [item.data[a:b] for a, b in zip(item.starts, ends, strict=True)]
            else:
                messages.append(item)
    return frames, messages


@given(
    st.lists(st.one_of(_FRAMES, st.just(_RESPONSE)), max_size=8), st.lists(st.integers(0, 400), max_size=6)
)
def test_pieces_do_not_matter(items, cuts):
    whole = b"".join(items)
    places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    pieces = [whole[a:b] for a, b in itertools.pairwise(places)]
    frames, messages = _split(pieces)
    assert frames == [item for item in items if item[:1] == b"$"]
    assert [message.body for message in messages] == [b"$abc"] * items.count(_RESPONSE)


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_any_bytes_end_in_frames_or_a_typed_error(pieces):
    splitter, pictures = Splitter(), _pictures()
    try:
        for piece in pieces:
            for item in splitter.feed(piece):
                if isinstance(item, Frames):
                    pictures.take(item)
    except DeviceError:
        pass


def _pictures(codec="H264", limit=1 << 20, ssrc=b""):
    return Pictures(
        codec=codec,
        payload_type=96,
        clock_hz=90_000,
        media=0,
        control=1,
        others=frozenset({2, 3}),
        ssrc=ssrc,
        limit=limit,
    )


def _rtp(nal, stamp, *, sender=7, channel=0, kind=96):
    packet = struct.pack("!BBHII", 0x80, kind, 0, stamp, sender) + nal
    return b"$" + bytes([channel]) + len(packet).to_bytes(2, "big") + packet


def _run(*packets):
    (frames,) = Splitter().feed(b"".join(packets))
    return frames


KEY = {"H264": b"\x65" + bytes(20), "H265": b"\x26\x01" + bytes(20)}
DELTA = {"H264": b"\x41" + bytes(20), "H265": b"\x02\x01" + bytes(20)}


@pytest.mark.parametrize("codec", ["H264", "H265"])
def test_a_group_begins_with_the_first_packet_of_the_key_picture(codec):
    pictures = _pictures(codec)
    delimiter = {"H264": b"\x09\xf0\x00\x00\x00\x00", "H265": b"\x46\x01\x50\x00\x00\x00"}[codec]
    before, start, key = _rtp(DELTA[codec], 1), _rtp(delimiter, 2), _rtp(KEY[codec], 2)
    assert pictures.take(_run(before, start)) == (before + start, False)
    assert pictures.take(_run(key)) == (key, True)
    assert b"".join(pictures.group.chunks) == start + key
    assert pictures.group.bytes == len(start + key)


@pytest.mark.parametrize(
    ("codec", "nal"),
    [
        ("H264", b"\x7c\x85" + bytes(20)),  # FU-A, first fragment of an IDR slice
        ("H264", b"\x78\x00\x10\x67" + bytes(20)),  # STAP-A that begins with parameter sets
        ("H264", b"\x67" + bytes(20)),
        ("H265", b"\x62\x01\x93" + bytes(20)),  # fragment of an IDR_W_RADL
        ("H265", b"\x60\x01\x00\x10\x40\x01" + bytes(20)),  # aggregation of parameter sets
    ],
)
def test_key_pictures_are_known_in_every_packing(codec, nal):
    pictures = _pictures(codec)
    assert pictures.take(_run(_rtp(DELTA[codec], 1), _rtp(nal, 2)))[1]
    assert b"".join(pictures.group.chunks) == _rtp(nal, 2)


def test_header_extensions_do_not_hide_a_key_picture():
    pictures = _pictures()
    packet = (
        struct.pack("!BBHII", 0x91, 96, 0, 1, 7) + bytes(4) + b"\xab\xac\x00\x01" + bytes(4) + KEY["H264"]
    )
    frame = b"$\x00" + len(packet).to_bytes(2, "big") + packet
    assert pictures.take(_run(frame)) == (frame, True)


def test_a_group_beyond_its_limit_is_not_kept():
    pictures = _pictures(limit=200)
    pictures.take(_run(_rtp(KEY["H264"], 1)))
    for stamp in range(2, 40):
        pictures.take(_run(_rtp(DELTA["H264"], stamp)))
        assert pictures.group.bytes <= 200
    assert not pictures.group.ready
    pictures.take(_run(_rtp(KEY["H264"], 99)))
    assert b"".join(pictures.group.chunks) == _rtp(KEY["H264"], 99)


def test_strangers_are_left_out_until_nobody_else_sends():
    pictures = _pictures()
    ours, theirs = _rtp(KEY["H264"], 1), _rtp(DELTA["H264"], 5, sender=9)
    assert pictures.take(_run(theirs, theirs, ours))[0]  # nobody was announced: the first one counts
    pictures = _pictures(ssrc=(7).to_bytes(4, "big"))
    assert pictures.take(_run(theirs, ours, theirs)) == (ours, True)
    assert b"".join(pictures.group.chunks) == ours
    assert pictures.useless == 2
    with pytest.raises(DeviceError, match="another sender"):
        pictures.take(_run(*[theirs] * 100))


def test_another_payload_is_another_stream():
    pictures = _pictures()
    pictures.take(_run(_rtp(KEY["H264"], 1)))
    with pytest.raises(DeviceError, match=r"payload type \(97\)"):
        pictures.take(_run(_rtp(KEY["H264"], 2, kind=97)))


@pytest.mark.parametrize(
    ("control", "base", "path"),
    [
        ("trackID=1", "", "/s?a=1/trackID=1"),
        ("trackID=1", "rtsp://10.0.0.9/other/", "/other/trackID=1"),
        ("rtsp://10.0.0.9:554/x/trackID=1", "", "/x/trackID=1"),
        ("rtsp://root@10.0.0.9/x?y=1", "", "/x?y=1"),
        ("*", "", "/s?a=1"),
        ("", "rtsp://10.0.0.9/other/", "/s?a=1"),
        ("/abs/1", "rtsp://10.0.0.9/other/", "/abs/1"),
    ],
)
def test_only_paths_are_taken_from_a_camera(control, base, path):
    assert sdp.resolve(control, base, "/s?a=1") == path


@pytest.mark.parametrize(
    "control", ["file:///etc/passwd", "http://10.0.0.9/x", "a b", "x\r\nCSeq: 9", "rtsp://[::1", "é"]
)
def test_what_is_no_path_is_refused(control):
    with pytest.raises(HostileError):
        sdp.resolve(control, "", "/s")


@pytest.mark.parametrize(
    ("header", "channels"),
    [
        ("RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=0000BEEF", Channels(0, 1, b"\x00\x00\xbe\xef")),
        ("RTP/AVP/TCP;unicast;interleaved=4-5", Channels(4, 5)),
        ("RTP/AVP/TCP;unicast", Channels(0, 1)),
    ],
)
def test_channels(header, channels):
    assert channels_of(header, Channels(0, 1)) == channels


def test_description_of_a_camera_with_metadata_and_sound():
    body = (
        "v=0\r\nm=application 0 RTP/AVP 107\r\na=control:m\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\n"
        "a=fmtp:96 sprop-vps=QAE=\r\na=x-evil:rtsp://10.0.0.9/\r\na=control:v\r\nm=audio 0 RTP/AVP 8\r\na=control:a\r\n"
    )
    found = sdp.parse(body.encode())
    assert (found.video.codec, found.video.control, found.video.attributes) == (
        "H265",
        "v",
        ("fmtp:96 sprop-vps=QAE=",),
    )
    assert found.audio is not None
    assert (found.audio.codec, found.audio.clock_hz) == ("PCMA", 8000)


@given(st.binary(max_size=400))
def test_any_description_is_read_or_refused(body):
    with contextlib.suppress(HostileError):
        sdp.parse(b"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n" + body)


def test_a_message_is_whole_or_waited_for():
    splitter = Splitter()
    assert splitter.feed(_RESPONSE[:-1]) == []
    (message,) = splitter.feed(_RESPONSE[-1:])
    assert isinstance(message, Message)
