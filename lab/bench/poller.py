"""The fleet poller as a process: CPU and memory for a round over every camera of the county, by module."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from lab.bench.county import ROOT, BenchCounty
from lab.bench.measure import BenchError
from lab.bench.report import Figure, show
from lab.daemon import Daemon
from nanxi.estate import load_estate

_TICK = os.sysconf("SC_CLK_TCK")


def bench(county: BenchCounty, interval_s: float, streams: int) -> None:
    """Poll the county's cameras by ONVIF, and ``streams`` of them by RTSP, for a round behind the first."""
    admins = credentials(county)
    with twins(county, rtsp=False):
        module = {"prober": "onvif", "interval_s": interval_s, "deadline_s": min(15.0, interval_s)}
        onvif = rounds(county, "onvif", module, interval_s)
    show(
        f"Fleet poller: {admins} cameras each {interval_s:g} s by ONVIF",
        [
            Figure(
                "clock, identity, encoders: CPU per camera and round", "ms", onvif["cpu_ms"], hold="<= 11 ms"
            ),
            Figure("share of one core at this interval", "%", onvif["core"]),
            Figure("lateness, 99th percentile", "s", onvif["late_s"], hold="<= 1 s"),
            Figure("memory", "MiB", onvif["memory_mib"]),
            Figure("one scrape: wall", "ms", onvif["scrape_ms"]),
        ],
    )
    credentials(county, limit=streams)
    with twins(county, rtsp=True):
        module = {"prober": "rtsp", "interval_s": 20.0, "deadline_s": 12.0, "sample_s": 2.0}
        rtsp = rounds(county, "rtsp", module, 20.0)
    show(
        f"Fleet poller: call-up of {streams} sub streams each 20 s, measured for 2 s",
        [
            Figure("CPU per call-up, its share of the idle process included", "ms", rtsp["cpu_ms"]),
            Figure("memory", "MiB", rtsp["memory_mib"]),
        ],
    )


def credentials(county: BenchCounty, limit: int | None = None) -> int:
    """Write the factory's passwords as the exporter's credentials; return for how many cameras."""
    makers = json.loads((county.inventory / "credentials/factory.json").read_text())
    admin = {vendor: ones[0]["password"] for vendor, ones in makers.items() if ones[0]["user"] == "admin"}
    folder = county.folder / "exporter-credentials"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    units: dict[str, dict[str, dict[str, str]]] = {}
    chosen = 0
    for host, device in load_estate(county.inventory).devices.items():
        polled = device.kind.value == "cameras" and device.touchable and device.spoken_to
        if polled and device.vendor in admin and (limit is None or chosen < limit):
            units.setdefault(device.unit, {})[host] = {"admin": admin[device.vendor]}
            chosen += 1
    for unit in {device.unit for device in load_estate(county.inventory).devices.values()}:
        file = folder / f"{unit}.json"
        file.touch(0o600)
        file.write_text(json.dumps(units.get(unit, {})))
    return chosen


@contextmanager
def twins(county: BenchCounty, *, rtsp: bool) -> Iterator[None]:
    """Run the county's twins."""
    options = () if rtsp else ("--no-rtsp",)
    daemon = Daemon(
        name="bench-poller-twins",
        command=(sys.executable, "-m", "lab.twin", "--inventory", str(county.inventory), *options),
        ready="ready",
        folder=county.folder,
    )
    daemon.start(patience_s=120)
    try:
        yield
    finally:
        daemon.stop()


def rounds(county: BenchCounty, name: str, module: dict[str, object], interval_s: float) -> dict[str, float]:
    """Run the exporter, leave a first round to it, and measure the one behind."""
    config = county.folder / f"exporter-{name}.yml"
    config.write_text(
        yaml.safe_dump(
            {
                "inventory": str(county.inventory),
                "credentials": str(county.folder / "exporter-credentials"),
                "account": "admin",
                "collectors": {"register": 3600},
                "modules": {name: {"kinds": ["cameras"], **module}},
            }
        )
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "exporters", "--config.file", str(config)]
    with (county.folder / f"exporter-{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--web.listen-address", f"127.0.0.1:{port}", "--log.level", "error"],
            cwd=ROOT,
            env={**os.environ, **county.environment, "NANXI_STATE": str(county.folder / "state")},
            stdout=log,
            stderr=log,
        )
    try:
        _wait(port, process)
        time.sleep(interval_s + 2)
        before, good = cpu_s_of(process.pid), _probes(port, name)
        start = time.monotonic()
        time.sleep(interval_s)
        elapsed = time.monotonic() - start
        cpu_s = cpu_s_of(process.pid) - before
        start = time.monotonic()
        text = _get(port, "/metrics")
        scrape_ms = (time.monotonic() - start) * 1000
        done = _probes(port, name) - good
        if done < 1:
            raise BenchError(f"{name}: no probe went well in the measured round")
        late = next(
            (line for line in text.splitlines() if "lateness_seconds" in line and 'rank="p99"' in line), " 0"
        )
        return {
            "cpu_ms": cpu_s * 1000 / done,
            "core": 100 * cpu_s / elapsed,
            "late_s": float(late.rpartition(" ")[2]),
            "memory_mib": memory_mib_of(process.pid),
            "scrape_ms": scrape_ms,
        }
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise BenchError("the exporter ended")
        try:
            _get(port, "/-/healthy")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise BenchError("the exporter does not serve")


def _get(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return str(answer.read().decode())


def _probes(port: int, name: str) -> float:
    wanted = f'nanxi_poller_probes_total{{module="{name}",verdict="ok"}} '
    lines = _get(port, "/metrics").splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(wanted))


def cpu_s_of(pid: int) -> float:
    """Return the CPU seconds of a running process."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def memory_mib_of(pid: int) -> float:
    """Return the resident memory of a running process."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))
