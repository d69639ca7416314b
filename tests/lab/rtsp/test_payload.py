"""Packing NAL units: what comes out of the packets is what went in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.twin.rtsp.annexb import access_units, nal_units
from lab.twin.rtsp.payload import MAX_PAYLOAD, payloads
from lab.twin.rtsp.track import frame


def unpack(parts, codec):
    """Put payloads together again, straight from RFC 6184, 5.6-5.8 and RFC 7798, 4.4."""
    header = 1 if codec == "H264" else 2
    for part in parts:
        kind = part[0] & 0x1F if codec == "H264" else part[0] >> 1 & 0x3F
        if kind == {"H264": 24, "H265": 48}[codec]:
            rest = part[header:]
            while rest:
                size = int.from_bytes(rest[:2], "big")
                yield rest[2 : 2 + size]
                rest = rest[2 + size :]
        elif kind == {"H264": 28, "H265": 49}[codec]:
            fragment = part[header]
            if fragment & 0x80:
                if codec == "H264":
                    whole = bytes([part[0] & 0xE0 | fragment & 0x1F])
                else:
                    whole = bytes([part[0] & 0x81 | (fragment & 0x3F) << 1, part[1]])
            whole += part[header + 1 :]
            if fragment & 0x40:
                yield whole
        else:
            yield part


SIZES = st.lists(
    st.sampled_from([1, 30, MAX_PAYLOAD - 3, MAX_PAYLOAD, MAX_PAYLOAD + 1, 2 * MAX_PAYLOAD + 5, 9000])
)
HEADERS = {
    "H264": [b"\x67", b"\x68", b"\x65", b"\x41", b"\x06"],
    "H265": [b"\x40\x01", b"\x42\x01", b"\x26\x01", b"\x02\x01"],
}


@pytest.mark.parametrize("codec", ["H264", "H265"])
@given(data=st.data())
def test_what_is_unpacked_is_what_was_packed(codec, data):
    nals = [data.draw(st.sampled_from(HEADERS[codec])) + b"\xab" * size for size in data.draw(SIZES)]
    packed = list(payloads(nals, codec))
    assert list(unpack(packed, codec)) == nals
    assert all(len(part) <= MAX_PAYLOAD for part in packed)


def test_nal_units_are_found_behind_short_and_long_start_codes():
    assert list(nal_units(b"\0\0\0\1\x09\xf0\0\0\1\x67ab\0\0\0\1\x65cd\0\0")) == [
        b"\x09\xf0",
        b"\x67ab",
        b"\x65cd",
    ]


def test_access_units_are_split_at_delimiters_which_are_left_out():
    stream = b"".join(b"\0\0\1" + nal for nal in (b"\x09\xf0", b"\x67a", b"\x65b", b"\x09\xf0", b"\x41c"))
    assert [(unit.nals, unit.key) for unit in access_units(stream, "H264")] == [
        ((b"\x67a", b"\x65b"), True),
        ((b"\x41c",), False),
    ]


def test_stamps_go_into_every_packet_and_sequence_numbers_wrap():
    one = frame([b"first", b"second"], 96, key=True)
    stamped = one.stamped(channel=6, sequence=0xFFFF, timestamp=90000, ssrc=0xDEADBEEF)
    assert bytes(stamped) == (
        b"$\x06\x00\x11\x80\x60\xff\xff\x00\x01\x5f\x90\xde\xad\xbe\xeffirst"
        b"$\x06\x00\x12\x80\xe0\x00\x00\x00\x01\x5f\x90\xde\xad\xbe\xefsecond"
    )
    assert [bytes(packet[12:]) for packet in one.packets(stamped)] == [b"first", b"second"]
