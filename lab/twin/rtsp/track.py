"""A track: frames packed into RTP once, shared by every reader of every camera, looped for ever.

A frame is one run of bytes with all its packets, each framed for interleaving (RFC 2326, 10.12). Sending it to a
reader is one copy, a few bytes stamped in place, and one write.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from lab.twin.rtsp.annexb import SYNTAX, AccessUnit
from lab.twin.rtsp.camera import StreamSpec
from lab.twin.rtsp.payload import payloads

_INTERLEAVED = struct.Struct("!cBH")  # "$", channel, length
_RTP = struct.Struct("!BBHII")  # version, marker and type, sequence, timestamp, SSRC (RFC 3550, 5.1)
_STAMP = struct.Struct("!HII")
_STAMP_AT = _INTERLEAVED.size + 2
_MARKER = 0x80
_VERSION_2 = 0x80


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture, or one block of sound, as interleaved RTP packets with blank stamps."""

    data: bytes
    starts: tuple[int, ...]  # of each packet in ``data``
    octets: int  # payload bytes, for sender reports
    key: bool

    def stamped(self, channel: int, sequence: int, timestamp: int, ssrc: int) -> bytearray:
        """Return the packets for one reader, ready to be written to an interleaved connection."""
        out = bytearray(self.data)
        for start in self.starts:
            out[start + 1] = channel
            _STAMP.pack_into(out, start + _STAMP_AT, sequence & 0xFFFF, timestamp, ssrc)
            sequence += 1
        return out

    def packets(self, stamped: bytearray) -> Iterable[memoryview]:
        """Return each RTP packet of ``stamped`` without its interleaved framing, for UDP."""
        view = memoryview(stamped)
        for start, end in zip(self.starts, (*self.starts[1:], len(stamped)), strict=True):
            yield view[start + _INTERLEAVED.size : end]

    @property
    def first_half(self) -> Frame:
        """The frame with the second half of its packets lost."""
        keep = max(1, len(self.starts) // 2)
        end = (*self.starts, len(self.data))[keep]
        return Frame(self.data[:end], self.starts[:keep], self.octets * keep // len(self.starts), self.key)


@dataclass(frozen=True, slots=True)
class Track:
    """Frames at ``rate`` a second, the first one a key frame, and what SDP says of them."""

    frames: tuple[Frame, ...]
    rate: float
    clock_hz: int
    sdp: tuple[str, ...]  # m= line first


def frame(parts: Iterable[bytes], payload_type: int, key: bool) -> Frame:
    """Return one frame of RTP payloads; the last packet carries the marker."""
    parts = list(parts)
    data, starts = bytearray(), []
    for number, part in enumerate(parts, 1):
        starts.append(len(data))
        data += _INTERLEAVED.pack(b"$", 0, _RTP.size + len(part))
        data += _RTP.pack(_VERSION_2, payload_type | (_MARKER if number == len(parts) else 0), 0, 0, 0)
        data += part
    return Frame(bytes(data), tuple(starts), sum(map(len, parts)), key)


def video_track(units: Iterable[AccessUnit], spec: StreamSpec) -> Track:
    """Return the track of a clip; payload type 96, 90 kHz (RFC 6184, 8.2.1; RFC 7798, 7.1)."""
    units = list(units)
    syntax = SYNTAX[spec.codec]
    sets = {
        syntax.nal_type(nal): nal for nal in units[0].nals if syntax.nal_type(nal) in syntax.parameter_sets
    }
    encoded = [base64.b64encode(sets[kind]).decode("ascii") for kind in syntax.parameter_sets]
    if spec.codec == "H264":
        profile = sets[syntax.parameter_sets[0]][1:4].hex().upper()
        fmtp = f"packetization-mode=1;profile-level-id={profile};sprop-parameter-sets={','.join(encoded)}"
    else:
        fmtp = "sprop-vps={};sprop-sps={};sprop-pps={}".format(*encoded)
    return Track(
        frames=tuple(frame(payloads(unit.nals, spec.codec), 96, unit.key) for unit in units),
        rate=spec.fps,
        clock_hz=90_000,
        sdp=(
            "m=video 0 RTP/AVP 96",
            f"b=AS:{spec.bitrate_kbps}",
            f"a=rtpmap:96 {spec.codec}/90000",
            f"a=fmtp:96 {fmtp}",
            f"a=framerate:{spec.fps:g}",
        ),
    )


def audio_track() -> Track:
    """Return a 500 Hz square wave in G.711 A-law, 40 ms a packet: payload type 8, 8 kHz (RFC 3551, 4.5.14)."""
    quiet_plus, quiet_minus = 0xE5, 0x65  # two A-law codes of one amplitude and either sign
    block = bytes([quiet_plus] * 8 + [quiet_minus] * 8) * 20
    return Track(
        frames=(frame([block], 8, key=True),),
        rate=25,
        clock_hz=8000,
        sdp=("m=audio 0 RTP/AVP 8", "a=rtpmap:8 PCMA/8000"),
    )
