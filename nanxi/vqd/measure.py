"""Measure one picture with ffmpeg's filters: signalstats, blackframe, blurdetect, and a small copy in grey.

ffmpeg reads from a pipe and may open nothing else; what it decodes comes from a device that may be hostile.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
from dataclasses import dataclass, field
from statistics import fmean

from nanxi.findings import NanxiError

#: The small copy: enough for flat areas, another scene and a frozen picture.
WIDTH, HEIGHT = 64, 36
_FORMATS = {"H264": "h264", "H265": "hevc", "JPEG": "mjpeg", "PNG": "png_pipe"}
_KEY = re.compile(rb"lavfi\.([A-Za-z0-9_.]+)=(-?[0-9.]+)")
#: Pictures of one width are judged alike; scaling also smooths the noise of an old sensor.
_GRAPH = (
    "[0:v]scale=640:-2,format=yuv420p,split=4[a][b][c][d];"
    "[a]signalstats,blackframe=amount=0:threshold=32,blurdetect=block_width=32:block_height=32:block_pct=80,"
    "metadata=mode=print[n];"
    f"[b]scale={WIDTH}:{HEIGHT}:flags=area,format=gray[small];"
    # What a median of nine pixels takes away: edges stay, dots do not.
    "[c]median=radius=1[smooth];[d][smooth]blend=all_mode=difference,"
    f"scale={WIDTH}:{HEIGHT}:flags=area,format=gray[dots];[small][dots]vstack[g]"
)


class PictureError(NanxiError):
    """The picture cannot be decoded."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Numbers of one picture.

    Attributes:
        brightness: mean of luma, 0-255.
        contrast: spread of luma between its 10th and 90th percentile.
        saturation: mean distance from grey.
        cast: distance of the mean colour from grey.
        noise: by how many grey levels pixels stand out from their neighbours, on average.
        black: share of pixels below 32, 0-1.
        blur: width of edges in pixels; None where there are no edges to look at.
        small: the picture in grey, WIDTH x HEIGHT.
    """

    brightness: float
    contrast: float
    saturation: float
    cast: float
    noise: float
    black: float
    blur: float | None
    small: bytes = field(repr=False)


async def measure(codec: str, data: bytes, *, within_s: float = 10.0) -> Picture:
    """Decode a picture and measure it.

    Args:
        codec: H264 or H265 (Annex B), JPEG or PNG.
        data: the picture.
        within_s: seconds after which ffmpeg and its children are killed.

    Raises:
        PictureError: it is none, or ffmpeg is missing or hangs.
    """
    if codec not in _FORMATS:
        raise PictureError(f"pictures in {codec} are not known")
    command = [
        *("ffmpeg", "-hide_banner", "-nostdin", "-nostats", "-loglevel", "info", "-threads", "1"),
        *("-protocol_whitelist", "pipe", "-f", _FORMATS[codec], "-i", "pipe:0"),
        *("-filter_complex", _GRAPH, "-map", "[n]", "-frames:v", "1", "-f", "null", "-"),
        *("-map", "[g]", "-frames:v", "1", "-f", "rawvideo", "pipe:1"),
    ]
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"},
        )
    except OSError as error:
        raise PictureError(f"ffmpeg cannot be run: {error.strerror}") from None
    try:
        async with asyncio.timeout(within_s):
            small, log = await process.communicate(data)
    except TimeoutError:
        raise PictureError(f"ffmpeg did not end within {within_s:g} s") from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    return understand(small, log)


def understand(small: bytes, log: bytes) -> Picture:
    """Return what ffmpeg printed (pure).

    Raises:
        PictureError: a number is missing: it decoded nothing.
    """
    found = {name.decode(): float(value) for name, value in _KEY.findall(log)}
    if len(small) != 2 * WIDTH * HEIGHT or "signalstats.YAVG" not in found:
        raise PictureError("the picture cannot be decoded")
    blur = found.get("blur")
    return Picture(
        brightness=found["signalstats.YAVG"],
        contrast=found["signalstats.YHIGH"] - found["signalstats.YLOW"],
        saturation=found["signalstats.SATAVG"],
        cast=((found["signalstats.UAVG"] - 128) ** 2 + (found["signalstats.VAVG"] - 128) ** 2) ** 0.5,
        noise=fmean(small[WIDTH * HEIGHT :]),
        black=found.get("blackframe.pblack", 0.0) / 100,
        blur=blur if blur and blur > 0 else None,
        small=small[: WIDTH * HEIGHT],
    )
