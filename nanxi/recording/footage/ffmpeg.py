"""Running ffmpeg on footage: the graph by ffmpeg-python, the process by us, with a deadline that nothing survives (R14)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from nanxi.recording.errors import RecordingError

#: Footage comes from cameras, which are strangers: ffmpeg may open nothing but what it is given.
CLOSED = {"protocol_whitelist": "file,pipe"}
_QUIET = ("-nostdin", "-hide_banner", "-loglevel", "error")
_LEAST_S = 60.0
_BYTES_PER_S = 4_000_000
_PROBE_S = 60


class CutFailedError(RecordingError):
    """ffmpeg is missing, failed, or took too long."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What a finished file holds, by ffprobe. ``shape`` differs where files cannot be joined."""

    codec: str
    duration_s: float
    shape: str


def deadline(size: int) -> float:
    """Return after how many seconds a run over ``size`` bytes is hopeless."""
    return _LEAST_S + size / _BYTES_PER_S


def remux(blocks: Iterable[bytes], output: Path, size: int) -> None:
    """Write a transport stream, given in blocks, to ``output`` in the container of its suffix, packets untouched.

    Raises:
        CutFailedError: with what ffmpeg said.
    """
    source = ffmpeg.input("pipe:0", format="mpegts", **CLOSED)
    graph = source.output(str(output), c="copy", map="0", **_container(output))
    run(command(graph), deadline(size), blocks)


def join(files: Sequence[Path], output: Path, size: int) -> None:
    """Write files of one shape to ``output``, one after another.

    Raises:
        CutFailedError: with what ffmpeg said.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".ffconcat", dir=output.parent, encoding="utf-8") as listing:
        quoted = (str(file.resolve()).replace("'", r"'\''") for file in files)
        listing.write("ffconcat version 1.0\n" + "".join(f"file '{name}'\n" for name in quoted))
        listing.flush()
        source = ffmpeg.input(listing.name, format="concat", safe=0, **CLOSED)
        run(command(source.output(str(output), c="copy", map="0", **_container(output))), deadline(size))


def look(file: Path) -> Stream:
    """Return what ffprobe says of a finished file.

    Raises:
        CutFailedError: it cannot be read as video.
    """
    # Not the parameter sets themselves: encoders put remarks beside them that change from run to run.
    entries = "stream=codec_type,codec_name,profile,level,width,height,pix_fmt,sample_rate,channels,duration:format=duration"
    text = run(
        ["ffprobe", "-v", "error", "-protocol_whitelist", "file",
         "-show_entries", entries, "-of", "json", str(file)],
        _PROBE_S,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(text)
    streams = told.get("streams", [])
    video = next((one for one in streams if one.get("codec_type") == "video"), None)
    if video is None:
        raise CutFailedError(f"{file}: holds no video")
    lasts = video.get("duration") or told["format"].get("duration") or 0
    shape = [{key: value for key, value in one.items() if key != "duration"} for one in streams]
    return Stream(video["codec_name"], float(lasts), json.dumps(shape, sort_keys=True))


def _container(output: Path) -> dict[str, str]:
    return {"format": "mpegts"} if output.suffix == ".ts" else {"format": "mp4", "movflags": "+faststart"}


def command(graph: Any) -> list[str]:
    """Return the argument vector of a graph."""
    arguments: list[str] = graph.global_args(*_QUIET).compile(overwrite_output=True)
    return arguments


def run(arguments: Sequence[str], seconds: float, blocks: Iterable[bytes] | None = None) -> str:
    """Run a command, feed it ``blocks``, and return its standard output.

    Raises:
        CutFailedError: with what it said, or because it needed more than ``seconds``.
    """
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(  # noqa: S603 - our own command
                arguments,
                stdin=subprocess.PIPE if blocks is not None else subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
        except FileNotFoundError:
            raise CutFailedError(f"{arguments[0]} is not installed") from None
        expired = threading.Event()
        timer = threading.Timer(seconds, _kill, (process, expired))
        timer.start()
        try:
            _feed(process, blocks)
            process.wait()
        finally:
            timer.cancel()
            _kill(process)
            process.wait()
        if expired.is_set():
            raise CutFailedError(f"{arguments[0]} needed more than {seconds:.0f} s and was ended")
        if process.returncode:
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace").strip()[-500:]
            raise CutFailedError(f"{arguments[0]} failed ({process.returncode}): {said}")
        output.seek(0)
        return output.read().decode("utf-8", "replace")


def _feed(process: subprocess.Popen[bytes], blocks: Iterable[bytes] | None) -> None:
    if process.stdin is None or blocks is None:
        return
    with suppress(BrokenPipeError):  # it ended; its exit code says why
        for block in blocks:
            process.stdin.write(block)
    with suppress(BrokenPipeError):
        process.stdin.close()


def _kill(process: subprocess.Popen[bytes], expired: threading.Event | None = None) -> None:
    """End the whole process group if it still runs."""
    if process.poll() is None:
        if expired is not None:
            expired.set()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
