"""Recorders behind the gate, beside bare ffmpeg and beside GStreamer's splitmuxsink, one process a camera each."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from lab.bench.measure import BenchError
from lab.bench.processes import cameras, cpu, daemon, free_port, held_by_gate, process, pss_mib
from lab.bench.report import Figure, show
from lab.bench.streams import CAMERAS, PATH, SPEC, host
from nanxi.recording.volumes import create

SEGMENT_S = 10
#: Started at once; a hundred interpreters that start together keep each other from their first second.
_WAVE = 20

Recorders = Callable[[Path, int], list[str]]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one way to record costs a camera: CPU in ms a second, memory (PSS) in MiB."""

    cpu_ms: float
    pss_mib: float


def bench(folder: Path, count: int) -> None:
    """Measure ``count`` recorders with gate and keeper, as many bare ffmpegs, as many GStreamer pipelines."""
    if shutil.which("gst-launch-1.0") is None:
        raise BenchError("gst-launch-1.0 is not installed (see lab/apt-packages.txt)")
    with cameras(folder) as source:
        ours = _ours(folder, count, source)
        ffmpeg = _foreign(folder, count, lambda out, number: _ffmpeg(out, source, number))
        gstreamer = _foreign(folder, count, lambda out, number: _gstreamer(out, source, number))
    figures = []
    for name, other, holds in (
        ("bare ffmpeg", ffmpeg, ("<= 1.5x", "<= 16")),
        ("GStreamer", gstreamer, ("", "")),
    ):
        figures += [
            Figure("CPU per camera", "ms/s", ours.cpu_ms, other.cpu_ms, name, holds[0]),
            Figure("cameras per core", "", 1000 / ours.cpu_ms, 1000 / other.cpu_ms, name),
            Figure("memory per camera (PSS)", "MiB", ours.pss_mib, other.pss_mib, name, holds[1]),
        ]
    show(f"{count} recorders with gate, sync and supervision: 1080p25 at 3 Mbit/s", figures)


def _ours(folder: Path, count: int, source: int) -> Cost:
    port = free_port()
    with ExitStack() as stack:
        gate = stack.enter_context(held_by_gate(folder, count, port, source))
        config = _configuration(folder, count, port)
        keeper = stack.enter_context(
            daemon(folder, "keeper", ("nanxi.recorder", "--config", str(config)), "")
        )

        def command(out: Path, number: int) -> list[str]:  # noqa: ARG001 - the configuration says where
            return [sys.executable, "-m", "nanxi.recorder.start", host(number), "--config", str(config)]

        return _cost(stack, folder / "disk1", count, command, [gate, keeper])


def _foreign(folder: Path, count: int, command: Recorders) -> Cost:
    with ExitStack() as stack:
        return _cost(stack, folder / "foreign", count, command, [])


def _cost(stack: ExitStack, out: Path, count: int, command: Recorders, shared: list[int]) -> Cost:
    """Start recorders in waves, wait until each writes, measure all of them, and leave no file behind."""
    stack.callback(shutil.rmtree, out, ignore_errors=True)  # 0.4 MB a second and camera
    environment = {**os.environ, "TZ": "UTC"}
    pids = list(shared)
    for number in range(count):
        place = out / host(number)
        place.mkdir(parents=True, exist_ok=True)
        pids.append(stack.enter_context(process(command(place, number), environment)))
        if (number + 1) % _WAVE == 0 or number + 1 == count:
            _until_written(out, number + 1)
    time.sleep(2)  # what a start costs is not what recording costs
    before, began = _written(out), time.monotonic()
    used = cpu(pids)
    rate = (_written(out) - before) / (time.monotonic() - began) / count
    if rate < SPEC.bitrate_kbps * 125 * 0.8:  # bytes; who writes nothing is cheap
        raise BenchError(f"{rate / 1000:.0f} kB a second and camera were written in {out}, too few")
    return Cost(used * 1000 / count, pss_mib(pids) / count)


def _written(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*.ts"))


def _until_written(folder: Path, count: int) -> None:
    until = time.monotonic() + 90
    while len({file.relative_to(folder).parts[0] for file in folder.rglob("*.ts")}) < count:
        if time.monotonic() > until:
            raise BenchError(f"not every recorder writes in {folder}")
        time.sleep(0.5)


def _ffmpeg(out: Path, source: int, number: int) -> list[str]:
    return [
        *("ffmpeg", "-nostdin", "-v", "error", "-rtsp_transport", "tcp"),
        *("-i", _url(source, number), "-map", "0:v", "-c", "copy"),
        *("-f", "segment", "-segment_time", str(SEGMENT_S), "-segment_format", "mpegts", f"{out}/%d.ts"),
    ]


def _gstreamer(out: Path, source: int, number: int) -> list[str]:
    """Return what people would write: the same transport, container and segment length, and no more."""
    return [
        *("gst-launch-1.0", "-q", "rtspsrc", f"location={_url(source, number)}", "protocols=tcp"),
        *("!", "rtph264depay", "!", "h264parse", "!", "splitmuxsink", "muxer=mpegtsmux"),
        *(f"location={out}/%05d.ts", f"max-size-time={SEGMENT_S * 1_000_000_000}"),
    ]


def _url(source: int, number: int) -> str:
    return f"rtsp://{CAMERAS + number}:{source}{PATH}"


def _configuration(folder: Path, count: int, port: int) -> Path:
    for name in ("disk1", "run"):
        (folder / name).mkdir(exist_ok=True)  # run/ is the daemons' too
    create(folder / "disk1", "disk1")
    names = [host(number) for number in range(count)]
    recording = {
        "index": str(folder / "index.db"),
        "volumes": [str(folder / "disk1")],
        "cameras": {name: {"point_class": "1", "days": 30} for name in names},
    }
    (folder / "recording.json").write_text(json.dumps(recording))
    recorder = {
        "gate_port": port,
        "gate_control": str(folder / "gate.sock"),
        "recording": str(folder / "recording.json"),
        "run": str(folder / "run"),
        "segment_s": SEGMENT_S,
        "trust_clock": True,
        "cameras": {name: {"volume": str(folder / "disk1")} for name in names},
    }
    (folder / "recorder.json").write_text(json.dumps(recorder))
    return folder / "recorder.json"
