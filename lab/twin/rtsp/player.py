"""Playing tracks to readers: one timer per frame rate, every reader at its own place in the loop.

Every reader begins with a key frame at once, as a camera does that makes one for a new reader. Sequence numbers and
timestamps run on through the loop's end, through PAUSE and PLAY, and through a stall.
"""

from __future__ import annotations

import asyncio
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from lab.twin.rtsp.sink import Sink
from lab.twin.rtsp.track import Track
from lab.twin.rtsp.traits import RtspTraits

_REPORT_EVERY_S = 5  # RFC 3550, 6.2: the minimum interval
_NTP_EPOCH = 2_208_988_800  # seconds from 1900 to 1970
_SENDER_REPORT = struct.Struct("!BBHIIIIII")
_SDES = struct.Struct("!BBHIBB")
_CNAME = b"twin"


class Pacer:
    """Calls every reader of one frame rate once a frame."""

    def __init__(self, rate: float) -> None:
        self._interval = 1 / rate
        self._readers: list[Reader] = []
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0

    def join(self, reader: Reader) -> None:
        """Begin to call ``reader``."""
        self._readers.append(reader)
        if self._timer is None:
            self._due = asyncio.get_running_loop().time()
            self._tick()

    def leave(self, reader: Reader) -> None:
        """Stop to call ``reader``."""
        if reader in self._readers:
            self._readers.remove(reader)

    def _tick(self) -> None:
        for reader in tuple(self._readers):
            reader.step()
        if not self._readers:
            self._timer = None
            return
        loop = asyncio.get_running_loop()
        # A process that was held up plays on from here: catching up would be a burst that no camera makes.
        self._due = max(self._due + self._interval, loop.time() - self._interval)
        self._timer = loop.call_at(self._due, self._tick)


class Pacers:
    """The timers by frame rate."""

    def __init__(self) -> None:
        self._pacers: dict[float, Pacer] = {}

    def of(self, rate: float) -> Pacer:
        """Return the timer of ``rate`` frames a second."""
        return self._pacers.setdefault(rate, Pacer(rate))


@dataclass(slots=True, eq=False)
class Reader:
    """One track on its way to one client.

    Args:
        track: what is played.
        sink: where it goes.
        pacer: the timer of the track's rate.
        clock: the camera's time, for sender reports.
        traits: the camera's traits; asked once a second, so that a fault acts on a running stream.
        cut: ends the connection (R10).
        crowded: whether somebody else began to read the stream since (R8).
    """

    track: Track
    sink: Sink
    pacer: Pacer
    clock: Callable[[], float]
    traits: Callable[[], RtspTraits]
    cut: Callable[[], None]
    crowded: Callable[[], bool]
    ssrc: int = field(default_factory=lambda: random.getrandbits(32))
    sequence: int = field(default_factory=lambda: random.getrandbits(16))
    playing: bool = False
    _base: int = field(default_factory=lambda: random.getrandbits(31))
    _sent: int = 0  # frames, over all PLAYs: the media clock
    _played: int = 0  # frames since this PLAY: the place in the loop
    _packets: int = 0
    _octets: int = 0
    _behind: bool = False
    _now: RtspTraits | None = None

    @property
    def timestamp(self) -> int:
        """RTP timestamp of the next frame."""
        return (self._base + round(self._sent * self.track.clock_hz / self.track.rate)) & 0xFFFFFFFF

    def play(self) -> None:
        """Play from a key frame on; does nothing while playing."""
        if not self.playing:
            self.playing = True
            self._played = 0
            self.pacer.join(self)

    def pause(self) -> None:
        """Stop playing."""
        self.playing = False
        self.pacer.leave(self)

    def close(self) -> None:
        """Stop for good."""
        self.pause()
        self.sink.close()

    def step(self) -> None:
        """Send the next frame, or do what the camera's faults make of it."""
        elapsed = self._played / self.track.rate
        if self._now is None or self._played % max(1, round(self.track.rate)) == 0:
            self._now = self.traits()
        faults = self._now
        if faults.disconnect_every_s is not None and elapsed >= faults.disconnect_every_s:
            self.cut()
            return
        if faults.jump_after_s is not None and self._played == round(faults.jump_after_s * self.track.rate):
            self._base += round(faults.jump_by_s * self.track.clock_hz)
        if faults.stall_after_s is None or elapsed < faults.stall_after_s:
            self._send(corrupt=faults.second_reader_corrupts)
        self._sent += 1
        self._played += 1

    def _send(self, corrupt: bool) -> None:
        frame = self.track.frames[self._played % len(self.track.frames)]
        self._behind = self.sink.lags or (self._behind and not frame.key)
        if self._behind:
            return
        if self._sent % max(1, round(_REPORT_EVERY_S * self.track.rate)) == 0:
            self.sink.report(self._report())
        numbers = len(frame.starts)
        if corrupt and frame.key and self.crowded():
            frame = frame.first_half
        self.sink.media(frame, frame.stamped(self.sink.channel, self.sequence, self.timestamp, self.ssrc))
        self.sequence = (self.sequence + numbers) & 0xFFFF
        self._packets += len(frame.starts)
        self._octets += frame.octets

    def _report(self) -> bytes:
        """Return a sender report and a source description (RFC 3550, 6.4.1 and 6.5)."""
        seconds = self.clock() + _NTP_EPOCH
        report = _SENDER_REPORT.pack(
            *(0x80, 200, 6, self.ssrc, int(seconds) & 0xFFFFFFFF, int(seconds % 1 * 2**32)),
            *(self.timestamp, self._packets & 0xFFFFFFFF, self._octets & 0xFFFFFFFF),
        )
        item = _SDES.pack(0x81, 202, 0, self.ssrc, 1, len(_CNAME)) + _CNAME + b"\0"
        item += bytes(-len(item) % 4)
        return report + item[:2] + (len(item) // 4 - 1).to_bytes(2, "big") + item[4:]
