"""Measure a stream from its RTP packets (pure): first packet, first whole key frame, bytes, frames, loss."""

from __future__ import annotations

from dataclasses import dataclass, field

from nanxi.devices.rtsp.wire import Frames

_RTP_HEAD = 12
#: NAL unit types of key frames: H.264 IDR; H.265 BLA, IDR, CRA.
_H264_KEY, _H264_PARTS = frozenset({5}), frozenset({28, 29})  # FU-A, FU-B
_H264_SEVERAL = frozenset({24, 25})  # STAP-A, STAP-B
_H265_KEY, _H265_PART, _H265_SEVERAL = frozenset(range(16, 22)), 49, 48


@dataclass
class Meter:
    """Takes the runs of frames of one session. Times are seconds on the caller's clock.

    Attributes:
        media: interleaved channel of the video.
        codec: H264 or H265; of another codec every frame counts as a key frame (JPEG).
        clock_hz: of the RTP timestamps.
    """

    media: int
    codec: str
    clock_hz: int
    first_packet: float | None = None
    key_frame: float | None = None
    packets: int = 0
    octets: int = 0
    frames: int = 0
    _ssrc: bytes = b""
    _timestamp: int | None = None
    _span: int = 0
    _base: int = 0
    _highest: int = 0
    _key: bool = field(default=False)

    def take(self, run: Frames, now: float) -> None:
        """Count the packets of a run."""
        data, starts = run.data, run.starts
        for number, start in enumerate(starts):
            if data[start + 1] == self.media:
                end = starts[number + 1] if number + 1 < len(starts) else len(data)
                self._packet(data[start + 4 : end], now)

    @property
    def lost(self) -> int:
        """Packets missing by sequence number."""
        return max(0, self._highest - self._base + 1 - self.packets) if self.packets else 0

    @property
    def span_s(self) -> float:
        """Seconds between the first and the last frame, by their own timestamps: a burst is no high rate."""
        return self._span / self.clock_hz if self.clock_hz else 0.0

    def _packet(self, packet: bytes, now: float) -> None:
        if len(packet) < _RTP_HEAD or packet[0] >> 6 != 2:
            return
        if (
            packet[8:12] != self._ssrc
        ):  # the first, or another sender (R9: of a session that the camera forgot)
            self._begin(packet)
        if self.first_packet is None:
            self.first_packet = now
        self._count(int.from_bytes(packet[2:4], "big"))
        self.packets += 1
        self.octets += len(packet)
        timestamp = int.from_bytes(packet[4:8], "big")
        if timestamp != self._timestamp:
            self._finish(now)  # of a camera that sets no marker the next frame tells that this one is whole
            ahead = (timestamp - (self._timestamp if self._timestamp is not None else timestamp)) % 2**32
            self._span += ahead if ahead < 2**31 else 0
            self._timestamp = timestamp
            self.frames += 1
        self._key = self._key or self._is_key(payload(packet))
        if packet[1] & 0x80:
            self._finish(now)

    def _begin(self, packet: bytes) -> None:
        self._ssrc = packet[8:12]
        self.packets = self.octets = self.frames = self._span = 0
        self._timestamp, self._key = None, False
        self._base = self._highest = int.from_bytes(packet[2:4], "big")

    def _count(self, sequence: int) -> None:
        ahead = (sequence - self._highest) % 2**16
        if ahead < 2**15:
            self._highest += ahead

    def _finish(self, now: float) -> None:
        if self._key and self.key_frame is None:
            self.key_frame = now
        self._key = False

    def _is_key(self, content: bytes) -> bool:
        if not content:
            return False
        if self.codec.upper() == "H264":
            return _h264_key(content)
        if self.codec.upper() == "H265":
            return _h265_key(content)
        return True


def payload(packet: bytes) -> bytes:
    """Return what an RTP packet carries, without contributors, extension and padding (RFC 3550, 5.1)."""
    start = _RTP_HEAD + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10 and len(packet) >= start + 4:
        start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4], "big")
    end = len(packet) - (packet[-1] if packet[0] & 0x20 else 0)
    return packet[start:end]


def _h264_key(content: bytes) -> bool:
    kind = content[0] & 0x1F
    if kind in _H264_PARTS:
        return len(content) > 1 and content[1] & 0x1F in _H264_KEY
    if kind in _H264_SEVERAL:
        return any(one & 0x1F in _H264_KEY for one in _inner(content, 1 if kind == 24 else 3))
    return kind in _H264_KEY


def _h265_key(content: bytes) -> bool:
    kind = content[0] >> 1 & 0x3F
    if kind == _H265_PART:
        return len(content) > 2 and content[2] & 0x3F in _H265_KEY
    if kind == _H265_SEVERAL:
        return any(one >> 1 & 0x3F in _H265_KEY for one in _inner(content, 2))
    return kind in _H265_KEY


def _inner(content: bytes, place: int) -> list[int]:
    """Return the first byte of each NAL unit of an aggregation packet."""
    found = []
    while place + 2 < len(content):
        found.append(content[place + 2])
        place += 2 + int.from_bytes(content[place : place + 2], "big")
    return found
