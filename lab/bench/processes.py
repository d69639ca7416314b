"""What benchmarks of streams run, and what the system says it costs: cameras, the gate, daemons, CPU, memory."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import yaml

from lab.bench.measure import BenchError
from lab.bench.streams import CAMERAS, PATH, host
from lab.daemon import Daemon, DaemonError
from nanxi.gate.control import ask_status

#: A segment of the recorders: shorter, and a window might fall between two of their closings.
_MEASURE_S = 10.0
_TICK = os.sysconf("SC_CLK_TCK")


@contextmanager
def cameras(folder: Path) -> Iterator[int]:
    """Run the cameras and give their port."""
    port = free_port()
    with streams(folder, "cameras", 0, port, 0):
        yield port


def streams(folder: Path, what: str, count: int, port: int, to: int) -> AbstractContextManager[int]:
    """Run one part of :mod:`lab.bench.streams` and give its process id."""
    words = ("lab.bench.streams", what, str(count), str(port), str(to), str(folder / "guard"))
    return daemon(folder, what, words, "ready")


@contextmanager
def held_by_gate(folder: Path, count: int, port: int, source: int) -> Iterator[int]:
    """Run the gate until it holds every camera, and give its process id."""
    sources = [
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
        "cameras": sources,
    }
    (folder / "gate.yml").write_text(yaml.safe_dump(config))
    words = ("nanxi.gate", "--config", str(folder / "gate.yml"))
    with daemon(folder, "gate", words, f"{host(count - 1)}/main: pictures") as pid:
        until = time.monotonic() + 60
        while sum(one["playing"] for one in ask_status(control)["streams"]) < count:
            if time.monotonic() > until:
                raise BenchError("the gate does not get every camera's pictures")
            time.sleep(0.2)
        yield pid


@contextmanager
def daemon(folder: Path, name: str, words: tuple[str, ...], ready: str) -> Iterator[int]:
    """Run a module of ours until it says that it is ready, and give its process id."""
    one = Daemon(f"bench-{name}", (sys.executable, "-m", *words), ready, folder)
    try:
        one.start(patience_s=120)
    except DaemonError as error:
        raise BenchError(str(error)) from None
    try:
        pid = one.pid
        if pid is None:
            raise BenchError(f"{name} ended at once: {one.log.read_text()[-2000:]}")
        yield pid
    finally:
        one.stop()


@contextmanager
def process(command: list[str], environment: dict[str, str]) -> Iterator[int]:
    """Run a command of its own kind, end it by force, and give its process id."""
    one = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield one.pid
    finally:
        one.send_signal(signal.SIGKILL)
        one.wait()


# -- the system's own account -----------------------------------------------------------------------------------------


def cpu(pids: list[int]) -> float:
    """Return the CPU seconds per second that processes use, over a few seconds."""
    before, began = sum(map(_ticks, pids)), time.monotonic()
    time.sleep(_MEASURE_S)
    return (sum(map(_ticks, pids)) - before) / _TICK / (time.monotonic() - began)


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        raise BenchError(f"process {pid} ended while it was measured") from None
    if fields[0] == "Z":
        raise BenchError(f"process {pid} ended before it was measured")
    return int(fields[11]) + int(fields[12])


def pss_mib(pids: list[int]) -> float:
    """Return the proportional memory of processes, MiB."""
    total = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
