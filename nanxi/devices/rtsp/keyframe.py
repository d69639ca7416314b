"""The next whole key frame of a stream, as Annex B: put together from RTP (RFC 6184, RFC 7798) without any decoder."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Sequence

from nanxi.devices.errors import DeviceError, FaultError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.rtsp.errors import StalledError
from nanxi.devices.rtsp.meter import payload
from nanxi.devices.rtsp.sdp import Track
from nanxi.devices.rtsp.session import StreamTarget, open_session
from nanxi.devices.rtsp.wire import Frames

_START = b"\0\0\0\1"
#: A key frame larger than this is none: 8K intra at the best quality stays below.
_LIMIT = 16 << 20
#: By codec: shift and mask of the NAL unit type, key types, types of parameter sets.
_SHAPES = {"H264": (0, 0x1F, {5}, {7, 8}), "H265": (1, 0x3F, set(range(16, 22)), {32, 33, 34})}


class Assembler:
    """Puts NAL units together and ends with the first key frame of which no packet is missing.

    Args:
        track: the video track; parameter sets of its description serve where the stream sends none.
    """

    def __init__(self, track: Track) -> None:
        codec = track.codec.upper()
        if codec not in _SHAPES:
            raise FaultError(f"key frames of {track.codec} are not known")
        self._h265 = codec == "H265"
        self._shift, self._mask, self._keys, self._sets = _SHAPES[codec]
        self._described = parameter_sets(track.attributes)
        self._units: list[bytes] = []
        self._size = 0
        self._part = b""
        self._timestamp: int | None = None
        self._sequence: int | None = None
        self._broken = True  # until a frame begins

    def take(self, packet: bytes) -> bytes | None:
        """Add an RTP packet; return the key frame when it is whole."""
        if len(packet) < 12 or packet[0] >> 6 != 2:
            return None
        sequence, timestamp = int.from_bytes(packet[2:4], "big"), int.from_bytes(packet[4:8], "big")
        found = None
        if timestamp != self._timestamp:
            found = self._finish()
            self._timestamp = timestamp
        if self._sequence is not None and sequence != (self._sequence + 1) % 2**16:
            self._broken = True
        self._sequence = sequence
        self._add(payload(packet))
        if found is None and packet[1] & 0x80:
            found = self._finish()
        return found

    def _finish(self) -> bytes | None:
        """End a frame; return it when it is a whole key frame."""
        units, broken = self._units, self._broken
        self._units, self._size, self._part, self._broken = [], 0, b"", False
        kinds = {self._kind(unit) for unit in units}
        if broken or not kinds & self._keys:
            return None
        if not kinds & self._sets:
            units = [*self._described, *units]
        return b"".join(_START + unit for unit in units)

    def _kind(self, unit: bytes) -> int:
        return unit[0] >> self._shift & self._mask

    def _add(self, content: bytes) -> None:
        if len(content) < 3:
            return
        kind = self._kind(content)
        if kind == (49 if self._h265 else 28):
            self._fragment(content)
        elif kind == (48 if self._h265 else 24):
            place = 2 if self._h265 else 1
            while place + 2 < len(content):
                size = int.from_bytes(content[place : place + 2], "big")
                self._unit(content[place + 2 : place + 2 + size])
                place += 2 + size
        else:
            self._unit(content)

    def _fragment(self, content: bytes) -> None:
        head = 2 if self._h265 else 1
        flags = content[head]
        if flags & 0x80:  # the first fragment carries the type, the NAL unit's own head is rebuilt
            if self._h265:
                self._part = bytes([content[0] & 0x81 | (flags & 0x3F) << 1, content[1]])
            else:
                self._part = bytes([content[0] & 0xE0 | flags & 0x1F])
        elif not self._part:
            self._broken = True
            return
        self._part += content[head + 1 :]
        if len(self._part) > _LIMIT:
            self._part, self._broken = b"", True
        elif flags & 0x40:
            self._unit(self._part)
            self._part = b""

    def _unit(self, unit: bytes) -> None:
        self._size += len(unit)
        if self._size > _LIMIT:
            self._broken = True
        elif unit:
            self._units.append(unit)


def parameter_sets(attributes: Sequence[str]) -> list[bytes]:
    """Return the parameter sets of an ``fmtp`` attribute: sprop-parameter-sets, or sprop-vps, -sps and -pps."""
    found: list[bytes] = []
    for attribute in attributes:
        _, _, parameters = attribute.partition(" ")
        for one in parameters.split(";"):
            name, _, value = one.strip().partition("=")
            if name.startswith("sprop-"):
                for text in value.split(","):
                    try:
                        found.append(b64decode(text, validate=True))
                    except ValueError:
                        continue
    return [unit for unit in found if unit]


async def key_frame(target: StreamTarget, guard: LockoutGuard, *, within_s: float) -> tuple[str, bytes]:
    """Return codec and bytes of the next key frame of a stream.

    Raises:
        DeviceError: there is none; StalledError when it did not come in time.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bytes] = loop.create_future()
    assembler: Assembler | None = None
    channel = -1

    def receive(run: Frames) -> None:
        if assembler is None or done.done():
            return
        for number, start in enumerate(run.starts):
            if run.data[start + 1] == channel:
                end = run.starts[number + 1] if number + 1 < len(run.starts) else len(run.data)
                picture = assembler.take(run.data[start + 4 : end])
                if picture is not None:
                    done.set_result(picture)
                    return

    session = await open_session(target, guard, receive)
    try:
        description = await session.describe()
        await session.setup()
        channel = session.channels[0].media
        assembler = Assembler(description.video)
        await session.play()
        ended: asyncio.Future[DeviceError] = session.connection.ended
        both: set[asyncio.Future[bytes] | asyncio.Future[DeviceError]] = {done, ended}
        await asyncio.wait(both, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        if done.done():
            return description.video.codec.upper(), done.result()
        raise (
            ended.result()
            if ended.done()
            else StalledError(f"no whole key frame within {within_s:g} s of PLAY")
        )
    finally:
        await session.close()
