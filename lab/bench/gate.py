"""The gate at 100 and 300 cameras beside a relay that knows nothing, and recorders behind it beside bare ffmpeg."""

from __future__ import annotations

import json
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import yaml

from lab.bench.measure import BenchError
from lab.bench.report import Figure, show
from lab.bench.streams import CAMERAS, PATH, host
from lab.daemon import Daemon, DaemonError
from nanxi.gate.control import ask_status
from nanxi.recording.volumes import create

_MEASURE_S = 8.0
#: As the role's unit has it; the relay gets it too.
_MALLOC = {
    "MALLOC_TRIM_THRESHOLD_": "536870912",
    "MALLOC_MMAP_THRESHOLD_": "4194304",
    "MALLOC_TOP_PAD_": "16777216",
}
_TICK = os.sysconf("SC_CLK_TCK")


def bench_gate(folder: Path, counts: Iterable[int] = (100, 300)) -> None:
    """Measure the gate at each number of cameras."""
    figures = []
    os.environ.update(_MALLOC)
    with _cameras(folder) as source:
        for count in counts:
            ours, memory = _relayed(folder, count, source, gate=True)
            floor, floor_memory = _relayed(folder, count, source, gate=False)
            name = "relay that copies bytes"
            figures += [
                Figure(f"{count} cameras: CPU per camera", "ms/s", ours, floor, name, "<= 1.0"),
                Figure(
                    f"{count} cameras: memory, group of pictures included", "MiB", memory, floor_memory, name
                ),
            ]
    show("Gate: 1080p25 at 3 Mbit/s, one reader per camera", figures)


def bench_recorders(folder: Path, count: int) -> None:
    """Measure ``count`` recorders with gate and keeper, and as many bare ffmpegs."""
    with _cameras(folder) as source:
        ours, memory = _recorded(folder, count, source)
        bare, bare_memory = _bare(folder, count, source)
    show(
        f"{count} recorders with gate, sync and supervision: 1080p25 at 3 Mbit/s",
        [
            Figure("CPU per camera", "ms/s", ours, bare, "bare ffmpeg", "<= 1.5x"),
            Figure("memory per camera (PSS)", "MiB", memory, bare_memory, "bare ffmpeg", "<= 16"),
        ],
    )


def _relayed(folder: Path, count: int, source: int, *, gate: bool) -> tuple[float, float]:
    port = _free_port()
    with ExitStack() as stack:
        if gate:
            pid = stack.enter_context(_gate(folder, count, port, source))
        else:
            pid = stack.enter_context(_streams(folder, "relay", count, port, source))
        what = "gate-readers" if gate else "relay-readers"
        stack.enter_context(_streams(folder, what, count, port, source))
        used = _cpu([pid])
        return used * 1000 / count, _memory([pid])


def _recorded(folder: Path, count: int, source: int) -> tuple[float, float]:
    port = _free_port()
    with ExitStack() as stack:
        gate = stack.enter_context(_gate(folder, count, port, source))
        config = _recorder_config(folder, count, port)
        keeper = stack.enter_context(
            _daemon(folder, "keeper", ("nanxi.recorder", "--config", str(config)), "")
        )
        environment = {**os.environ, "TZ": "UTC"}
        recorders = [
            stack.enter_context(
                _process(
                    [sys.executable, "-m", "nanxi.recorder.start", host(number), "--config", str(config)],
                    environment,
                )
            )
            for number in range(count)
        ]
        _until_written(folder / "disk1", count)
        pids = [gate, keeper, *recorders]
        return _cpu(pids) * 1000 / count, _memory(pids) / count


def _bare(folder: Path, count: int, source: int) -> tuple[float, float]:
    with ExitStack() as stack:
        pids = []
        for number in range(count):
            out = folder / "bare" / host(number)
            out.mkdir(parents=True)
            command = ["ffmpeg", "-nostdin", "-v", "error", "-rtsp_transport", "tcp"]
            command += [
                "-i",
                f"rtsp://{CAMERAS + number}:{source}{PATH}",
                "-map",
                "0:v",
                "-c",
                "copy",
                "-f",
                "segment",
            ]
            command += ["-segment_time", "10", "-segment_format", "mpegts", f"{out}/%d.ts"]
            pids.append(stack.enter_context(_process(command, dict(os.environ))))
        _until_written(folder / "bare", count)
        return _cpu(pids) * 1000 / count, _memory(pids) / count


# -- processes --------------------------------------------------------------------------------------------------------


@contextmanager
def _cameras(folder: Path) -> Iterator[int]:
    port = _free_port()
    with _streams(folder, "cameras", 0, port, 0):
        yield port


def _streams(folder: Path, what: str, count: int, port: int, to: int):
    words = ("lab.bench.streams", what, str(count), str(port), str(to), str(folder / "guard"))
    return _daemon(folder, what, words, "ready")


@contextmanager
def _gate(folder: Path, count: int, port: int, source: int) -> Iterator[int]:
    cameras = [
        {"host": host(number), "address": str(CAMERAS + number), "port": source, "streams": {"main": PATH}}
        for number in range(count)
    ]
    control = folder / "gate.sock"
    config = {
        "listen": {"port": port},
        "control": str(control),
        "guard": str(folder / "gate-guard"),
        "viewings": str(folder / "viewings"),
        "readers": {"bench": {"user": pwd.getpwuid(os.getuid()).pw_name}},
        "cameras": cameras,
    }
    (folder / "gate.yml").write_text(yaml.safe_dump(config))
    words = ("nanxi.gate", "--config", str(folder / "gate.yml"))
    with _daemon(folder, "gate", words, f"{host(count - 1)}/main: pictures") as pid:
        until = time.monotonic() + 60
        while sum(one["playing"] for one in ask_status(control)["streams"]) < count:
            if time.monotonic() > until:
                raise BenchError("the gate does not get every camera's pictures")
            time.sleep(0.2)
        yield pid


@contextmanager
def _daemon(folder: Path, name: str, words: tuple[str, ...], ready: str) -> Iterator[int]:
    daemon = Daemon(f"bench-{name}", (sys.executable, "-m", *words), ready, folder)
    try:
        daemon.start(patience_s=120)
    except DaemonError as error:
        raise BenchError(str(error)) from None
    try:
        pid = daemon.pid
        if pid is None:
            raise BenchError(f"{name} ended at once: {daemon.log.read_text()[-2000:]}")
        yield pid
    finally:
        daemon.stop()


@contextmanager
def _process(command: list[str], environment: dict[str, str]) -> Iterator[int]:
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _recorder_config(folder: Path, count: int, port: int) -> Path:
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
        "segment_s": 10,
        "trust_clock": True,
        "cameras": {name: {"volume": str(folder / "disk1")} for name in names},
    }
    (folder / "recorder.json").write_text(json.dumps(recorder))
    return folder / "recorder.json"


def _until_written(folder: Path, count: int) -> None:
    until = time.monotonic() + 90
    while len({file.relative_to(folder).parts[0] for file in folder.rglob("*.ts")}) < count:
        if time.monotonic() > until:
            raise BenchError(f"not every recorder writes in {folder}")
        time.sleep(0.5)
    time.sleep(2)  # what a start costs is not what recording costs


# -- the system's own account -----------------------------------------------------------------------------------------


def _cpu(pids: list[int]) -> float:
    """Return the CPU seconds per second that processes use, over a few seconds."""
    before, began = sum(map(_ticks, pids)), time.monotonic()
    time.sleep(_MEASURE_S)
    return (sum(map(_ticks, pids)) - before) / _TICK / (time.monotonic() - began)


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _memory(pids: list[int]) -> float:
    """Return the proportional memory of processes, MiB."""
    total = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
