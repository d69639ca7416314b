"""The ffmpeg command of one camera: stream copy from the gate into segments on the wall clock. Pure.

ffmpeg-python builds the graph and nothing else (R14); the project runs the process.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import ffmpeg

from nanxi.recorder.config import CameraPlan, RecorderConfig
from nanxi.recording import names

_VERSION = re.compile(r"ffmpeg version [^\d\s]*(\d+)\.(\d+)")


class Source(NamedTuple):
    """What the gate says of a stream: codec names as in its description, audio empty when there is none."""

    video: str
    audio: str


class Run(NamedTuple):
    """One run of ffmpeg: its token, its version, and whether the host's clock could be believed when it began."""

    session: str
    synchronised: bool
    version: tuple[int, int]


def version_of(banner: str) -> tuple[int, int]:
    """Return major and minor version from ``ffmpeg -version``; a build from git counts as new."""
    match = _VERSION.search(banner)
    return (int(match[1]), int(match[2])) if match else (99, 0)


def command(config: RecorderConfig, camera: str, plan: CameraPlan, source: Source, run: Run) -> list[str]:
    """Return the argument vector.

    ffmpeg waits twice its timeout before it gives up, measured on 5.1: so it gets half of what is wanted, in
    microseconds. The option was ``stimeout`` until 4.4 and is ``timeout`` since 5.0 (R12); ``rw_timeout`` is no option
    of RTSP.
    """
    url = f"rtsp://{config.gate_address}:{config.gate_port}/{camera}/main?reason=recording"
    timeout = "timeout" if run.version >= (5, 0) else "stimeout"
    read = ffmpeg.input(url, rtsp_transport="tcp", **{timeout: int(plan.detect_s / 2 * 1e6)})
    streams = [read.video]
    coding = {"c:v": "copy"}
    if source.audio and plan.audio != "none":
        streams.append(read.audio)
        # MPEG-TS carries G.711 as data that nobody can play, and says nothing (R7).
        coding |= (
            {"c:a": "copy"}
            if source.audio.lower() == "mpeg4-generic"
            else {"c:a": "aac", "b:a": "32k", "ac": "1"}
        )
    written = ffmpeg.output(
        *streams,
        names.template(plan.volume, camera, run.session, synchronised=run.synchronised),
        **coding,
        f="segment",
        segment_format="mpegts",
        segment_format_options="flush_packets=1",
        segment_time=config.segment_s,
        segment_atclocktime=1,
        strftime=1,
    )
    return list(
        ffmpeg.compile(
            written.global_args("-nostdin", "-hide_banner", "-loglevel", "warning"),
            cmd=config.ffmpeg,
            overwrite_output=True,
        )
    )


def environment(base: dict[str, str]) -> dict[str, str]:
    """Return ffmpeg's environment: names are in UTC, whatever the host's zone (R4)."""
    return {**base, "TZ": "UTC"}


def pid_file(run: Path, camera: str) -> Path:
    """Return where a camera's ffmpeg leaves its process id for the keeper."""
    return run / f"{camera}.pid"
