"""Real video for the twins: short clips, made once by ffmpeg and kept on disk.

A clip is a few seconds of ffmpeg's test picture with its running clock, in closed groups of pictures, so that it
can be looped for ever. ffmpeg-python builds the command; we run it, with a deadline that ends the whole process
group (R14: the library's own ``run`` has neither).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
from dataclasses import replace
from fractions import Fraction
from math import ceil
from pathlib import Path

import ffmpeg

from lab.twin.rtsp.annexb import access_units
from lab.twin.rtsp.camera import StreamSpec
from lab.twin.rtsp.track import Track, video_track

#: A clip is at least this long, in seconds; whole groups of pictures.
SECONDS = 4
#: Making a clip takes 3 s of CPU at 1080p25; a machine that needs this many seconds is not going to stream either.
DEADLINE_S = 120


#: Cameras without a limit say so with 2,147,483,647 kbit/s (Axis): they deliver what the picture needs.
MOST_KBPS = 16_000


class ClipError(Exception):
    """ffmpeg is missing, failed, or took too long."""


class ClipStore:
    """Tracks by what their encoder is set to. Each is made once per machine and read once per process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tracks: dict[StreamSpec, asyncio.Task[Track]] = {}
        self._one_at_a_time = asyncio.Semaphore(1)

    async def track(self, spec: StreamSpec) -> Track:
        """Return the track of ``spec``; everybody who asks while it is being made waits for the same one.

        Raises:
            ClipError: it cannot be made; the next caller tries again.
        """
        spec = replace(spec, bitrate_kbps=min(spec.bitrate_kbps, MOST_KBPS))
        task = self._tracks.get(spec)
        if task is None:
            task = self._tracks[spec] = asyncio.create_task(self._load(spec))
        try:
            return await asyncio.shield(task)
        except ClipError:
            if self._tracks.get(spec) is task:
                del self._tracks[spec]
            raise

    async def close(self) -> None:
        """Stop making clips; a running ffmpeg is ended."""
        for task in self._tracks.values():
            task.cancel()
        await asyncio.gather(*self._tracks.values(), return_exceptions=True)
        self._tracks.clear()

    async def _load(self, spec: StreamSpec) -> Track:
        name = hashlib.sha256("\0".join(command(spec, "")).encode()).hexdigest()[:16]
        path = self._folder / f"{name}.{spec.codec.lower()}"
        async with self._one_at_a_time:
            if not path.exists():
                await _make(spec, path)
            return await asyncio.to_thread(_read, spec, path)


def command(spec: StreamSpec, output: str) -> list[str]:
    """Return the ffmpeg command that writes a clip of ``spec`` to ``output`` as a byte stream (Annex B).

    Access unit delimiters make it trivial to split, parameter sets stand before every key frame, and there are no
    B-frames: decoding order is display order, as in a surveillance camera.
    """
    rate = Fraction(spec.fps).limit_denominator(1001)
    shared = f"keyint={spec.gop}:min-keyint={spec.gop}:scenecut=0:open-gop=0:bframes=0:aud=1:repeat-headers=1"
    codec = {
        "H264": {
            "format": "h264",
            "profile:v": "main",
            "vcodec": "libx264",
            "tune": "zerolatency",
            "x264-params": f"{shared}:sliced-threads=0",
        },
        "H265": {"format": "hevc", "vcodec": "libx265", "x265-params": f"{shared}:info=0:log-level=error"},
    }[spec.codec]
    picture = ffmpeg.input(f"testsrc2=size={spec.width}x{spec.height}:rate={rate}", format="lavfi")
    bitrate = f"{spec.bitrate_kbps}k"
    clip = picture.output(
        output,
        vframes=spec.gop * ceil(SECONDS * spec.fps / spec.gop),
        preset="superfast",
        pix_fmt="yuv420p",
        maxrate=bitrate,
        bufsize=bitrate,
        **{"b:v": bitrate},
        **codec,
    )
    arguments: list[str] = clip.global_args("-nostdin", "-hide_banner", "-loglevel", "error").compile(
        overwrite_output=True
    )
    return arguments


async def _make(spec: StreamSpec, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    try:
        await _run(spec, command(spec, str(unfinished)))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


async def _run(spec: StreamSpec, arguments: list[str]) -> None:
    try:
        process = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise ClipError("ffmpeg is not installed (see lab/apt-packages.txt)") from None
    try:
        _, errors = await asyncio.wait_for(process.communicate(), DEADLINE_S)
    except TimeoutError:
        raise ClipError(f"ffmpeg needed more than {DEADLINE_S} s for {spec}") from None
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode:
        raise ClipError(f"ffmpeg failed for {spec}: {errors.decode('utf-8', 'replace').strip()[-500:]}")


def _read(spec: StreamSpec, path: Path) -> Track:
    return video_track(access_units(path.read_bytes(), spec.codec), spec)
