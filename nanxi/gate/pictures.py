"""Where pictures begin in a run of RTP frames, and the last group of pictures. Pure, and on the hot path.

About 300 packets a second and camera pass here, so that a packet of the same picture as the one before costs one
slice and one comparison.
"""

from __future__ import annotations

from collections import deque

from nanxi.devices.errors import HostileError
from nanxi.devices.rtsp.errors import ChangedError, EndedError
from nanxi.devices.rtsp.wire import Frames

#: Frames of a stranger (R9: of a session that the camera forgot) before it counts as the new sender.
_STRANGERS = 64
#: Timestamps that move by more than this many seconds, in either direction, have leapt (R3).
LEAP_S = 10.0
#: Frames in a row that are of no use to anybody.
_USELESS = 2000

_DELTA, _KEY, _UNKNOWN = 0, 1, 2
#: By NAL unit type. Parameter sets count as key: nothing else comes after them.
_H264 = bytes(_KEY if kind in (5, 7, 8) else _DELTA if 1 <= kind <= 4 else _UNKNOWN for kind in range(32))
_H265 = bytes(
    _KEY if 16 <= kind <= 21 or 32 <= kind <= 34 else _DELTA if kind < 16 else _UNKNOWN for kind in range(64)
)


class Group:
    """The bytes since the last key frame, at most ``limit`` of them; empty when there are more."""

    def __init__(self, limit: int) -> None:
        self.chunks: deque[bytes] = deque()
        self.bytes = 0
        self._limit = limit
        self._begin = 0  # of the first chunk, in bytes of the stream
        self._open = False

    def add(self, data: bytes) -> None:
        """Keep what follows a key frame, and what may turn out to be the beginning of one."""
        self.chunks.append(data)
        self.bytes += len(data)
        if self.bytes > self._limit:
            self.clear()

    def begin(self, place: int) -> None:
        """Forget what was before ``place``, in bytes of the stream."""
        self._open = place >= self._begin
        while self.chunks and self._begin + len(self.chunks[0]) <= place:
            self._drop()
        if self.chunks and self._begin < place:
            first = self.chunks.popleft()
            self.chunks.appendleft(first[place - self._begin :])
            self.bytes -= place - self._begin
            self._begin = place

    @property
    def ready(self) -> bool:
        """Whether a reader can begin with it."""
        return self._open and bool(self.chunks)

    def clear(self) -> None:
        """Forget everything; the next key frame begins anew."""
        self._begin += self.bytes
        self.chunks.clear()
        self.bytes = 0
        self._open = False

    def _drop(self) -> None:
        size = len(self.chunks.popleft())
        self._begin += size
        self.bytes -= size


class Pictures:
    """Follows the video of one session. ``media`` and ``control`` are its channels, ``others`` those of more tracks."""

    def __init__(
        self,
        *,
        codec: str,
        payload_type: int,
        clock_hz: int,
        media: int,
        control: int,
        others: frozenset[int],
        ssrc: bytes,
        limit: int,
    ) -> None:
        self.group = Group(limit)
        self.pictures = self.packets = self.strangers = self.useless = self.jumps = 0
        self._kinds = {"H264": _H264, "H265": _H265}.get(codec.upper(), b"")
        self._h265 = codec.upper() == "H265"
        self._type = payload_type
        self._leap = int(LEAP_S * clock_hz)
        self._stamp = -1  # of the last picture
        self._media, self._control, self._others = media, control, others
        self._ssrc = ssrc
        self._confirmed = False
        self._now = b""  # timestamp and sender of the picture that is coming in
        self._picture_at = self._total = 0  # in bytes of the stream
        self._undecided = False
        self._strange = self._idle = 0

    @property
    def seekable(self) -> bool:
        """Whether key frames can be told in this codec."""
        return bool(self._kinds)

    def take(self, frames: Frames) -> tuple[bytes, bool]:
        """Return what readers get of a run, and whether a group of pictures began in it.

        Raises:
            HostileError: frames that are none, without end.
            ChangedError: another sender, or another payload, than described.
            EndedError: the camera said that it is over (RTCP BYE).
        """
        data, starts = frames.data, frames.starts
        useless: list[int] = []
        media, now, undecided = self._media, self._now, self._undecided
        key_at = -1
        for start in starts:
            channel = data[start + 1]
            if channel == media:
                if data[start + 8 : start + 16] != now:
                    if not self._begins(data, start):
                        useless.append(start)
                        continue
                    self._now = now = data[start + 8 : start + 16]
                    self._picture_at = self._total + start
                    self._idle = 0
                    undecided = True
                if undecided and (kind := self._kind(data, start)) != _UNKNOWN:
                    undecided = False
                    if kind == _KEY:
                        key_at = self._picture_at
            elif channel == self._control:
                _reports(data, start)
            elif channel not in self._others:
                useless.append(start)
        self.packets += len(starts)
        self._undecided = undecided
        if useless:
            data, key_at = self._without(frames, useless, key_at)
        self._total += len(data)
        if self._kinds:
            self.group.add(data)
            if key_at >= 0:
                self.group.begin(key_at)
        return data, key_at >= 0

    def _begins(self, data: bytes, start: int) -> bool:
        """Whether the packet is one of ours that begins another picture."""
        size = data[start + 2] << 8 | data[start + 3]
        if size < 13 or data[start + 4] >> 6 != 2:
            return False
        ssrc = data[start + 12 : start + 16]
        if ssrc != self._ssrc:
            self.strangers += 1
            self._strange += 1
            if self._ssrc and self._strange <= _STRANGERS:
                return False
            if self._confirmed:
                raise ChangedError("is sent by another sender (SSRC) than before")
            self._ssrc = ssrc  # announced another one than it sends, or none
        self._confirmed = True
        self._strange = 0
        if data[start + 5] & 0x7F != self._type:
            raise ChangedError(
                f"has another payload type ({data[start + 5] & 0x7F}) than described ({self._type})"
            )
        self.pictures += 1
        stamp = int.from_bytes(data[start + 8 : start + 12], "big")
        if self._stamp >= 0 and self._leap < (stamp - self._stamp) % 2**32 < 2**32 - self._leap:
            self.jumps += 1
            self.group.clear()
        self._stamp = stamp
        return True

    def _kind(self, data: bytes, start: int) -> int:
        """Return what the first NAL unit in a packet says of its picture (RFC 6184, 5; RFC 7798, 4.4)."""
        if not self._kinds:
            return _DELTA
        end = start + 4 + (data[start + 2] << 8 | data[start + 3])
        head = data[start + 4]
        at = start + 16 + 4 * (head & 0x0F)
        if head & 0x10 and at + 4 <= end:  # a header extension (RFC 3550, 5.3.1)
            at += 4 + 4 * (data[at + 2] << 8 | data[at + 3])
        if at + 5 > end:
            return _UNKNOWN
        if self._h265:
            kind = data[at] >> 1 & 0x3F
            if kind == 48:  # aggregation: two bytes of header, two of length
                kind = data[at + 4] >> 1 & 0x3F
            elif kind == 49:  # a fragment
                kind = data[at + 2] & 0x3F
        else:
            kind = data[at] & 0x1F
            if kind == 24:
                kind = data[at + 3] & 0x1F
            elif kind in (28, 29):
                kind = data[at + 1] & 0x1F
        return self._kinds[kind]

    def _without(self, frames: Frames, useless: list[int], key_at: int) -> tuple[bytes, int]:
        """Return a run without the frames that nobody may get, and where its key frame begins then."""
        self.useless += len(useless)
        self._idle += len(useless)
        if self._idle > _USELESS:
            raise HostileError("sends frames that are of no use, without end")
        left_out = set(useless)
        kept: list[bytes] = []
        picture_at, begins_at = self._picture_at, key_at
        for start, end in zip(frames.starts, [*frames.starts[1:], len(frames)], strict=True):
            if start not in left_out:
                kept.append(frames.data[start:end])
                continue
            place = self._total + start
            if place < picture_at:
                self._picture_at -= end - start
            if place < begins_at:
                key_at -= end - start
        return b"".join(kept), key_at


def _reports(data: bytes, start: int) -> None:
    """Look for the goodbye in a compound of RTCP packets (RFC 3550, 6.6).

    Raises:
        EndedError: it is there.
    """
    at, end = start + 4, start + 4 + (data[start + 2] << 8 | data[start + 3])
    while at + 4 <= end:
        if data[at] >> 6 == 2 and data[at + 1] == 203:
            raise EndedError("said goodbye (RTCP BYE)")
        at += 4 + 4 * (data[at + 2] << 8 | data[at + 3])
