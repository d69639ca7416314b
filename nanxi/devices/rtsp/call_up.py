"""Call up a stream (调阅) and time its three parts, as police inspection platforms do: signalling, first packet, key frame."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from nanxi.devices.errors import DeviceError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.rtsp.errors import StalledError
from nanxi.devices.rtsp.meter import Meter
from nanxi.devices.rtsp.session import StreamTarget, open_session
from nanxi.devices.rtsp.wire import Frames

_TICK_S = 0.05


@dataclass(slots=True)
class CallUp:
    """How a call-up went, as far as it came. Seconds; each part begins where the one before ended."""

    codec: str = ""
    signalling_s: float | None = None
    first_packet_s: float | None = None
    key_frame_s: float | None = None
    packets: int = 0
    lost: int = 0
    bytes_per_second: float | None = None
    frames_per_second: float | None = None
    error: DeviceError | None = None


async def call_up(
    target: StreamTarget, guard: LockoutGuard, *, key_frame_s: float, sample_s: float
) -> CallUp:
    """Open a session, wait for a whole key frame, measure for a while, and tear down.

    A DeviceError ends it and is told in the result; cancelling it tears down, too.

    Args:
        target: the stream.
        guard: the lock-out guard that all components of this host share.
        key_frame_s: seconds from PLAY until which a key frame must have come.
        sample_s: seconds for which rates and loss are measured behind it.
    """
    found = CallUp()
    meter: Meter | None = None
    early: list[Frames] = []

    def receive(run: Frames) -> None:
        if meter is None:
            early.append(run)
        else:
            meter.take(run, time.monotonic())

    start = time.monotonic()
    try:
        session = await open_session(target, guard, receive)
        try:
            description = await session.describe()
            await session.setup()
            video = description.video
            found.codec = video.codec
            await session.play()
            played = time.monotonic()
            found.signalling_s = played - start
            meter = Meter(session.channels[0].media, video.codec, video.clock_hz)
            for run in early:
                meter.take(run, played)
            await _until_key_frame(meter, session.connection.ended, key_frame_s)
            await _sample(session.connection.ended, sample_s)
        finally:
            if meter is not None and found.signalling_s is not None:
                _tell(found, meter, start + found.signalling_s)
            await session.close()
    except DeviceError as error:
        found.error = error
    return found


async def _until_key_frame(meter: Meter, ended: asyncio.Future[DeviceError], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while meter.key_frame is None:
        if ended.done():
            raise ended.result()
        if time.monotonic() > deadline:
            what = "no packet" if meter.first_packet is None else "no key frame"
            raise StalledError(f"{what} within {seconds:g} s of PLAY")
        await asyncio.sleep(_TICK_S)


async def _sample(ended: asyncio.Future[DeviceError], seconds: float) -> None:
    """Let the stream flow; one that ends meanwhile is an error, although a picture was there."""
    done, _ = await asyncio.wait({ended}, timeout=seconds)
    if done:
        raise ended.result()


def _tell(found: CallUp, meter: Meter, played: float) -> None:
    if meter.first_packet is not None:
        found.first_packet_s = meter.first_packet - played
    if meter.key_frame is not None and meter.first_packet is not None:
        found.key_frame_s = meter.key_frame - meter.first_packet
    found.packets, found.lost = meter.packets, meter.lost
    if meter.span_s > 0:
        found.bytes_per_second = meter.octets / meter.span_s
        found.frames_per_second = (meter.frames - 1) / meter.span_s
