"""An exporter as a process: run it on one core, and read what it says of itself and what the system says it costs."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from lab.bench.county import ROOT, BenchCounty
from lab.bench.measure import BenchError
from nanxi.estate import load_estate
from nanxi.register.model import Kind

#: Of cameras whose factory knows no account admin; their twins are told.
PASSWORD = "Bench-Look-77"  # noqa: S105 - of a twin
_TICK = os.sysconf("SC_CLK_TCK")
_PROBES = re.compile(r'^nanxi_poller_probes_total\{module="(\w+)",verdict="(\w+)"\} (\S+)$', re.MULTILINE)
_LATE = re.compile(r'^nanxi_poller_lateness_seconds\{module="(\w+)",rank="(\w+)"\} (\S+)$', re.MULTILINE)

Modules = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What an exporter did over a while. ``late`` is by module and rank, over the turns of its last interval."""

    cpu_s: float
    elapsed_s: float
    scrape_ms: float
    peak_mib: float
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    late: dict[tuple[str, str], float] = field(default_factory=dict)

    @property
    def core(self) -> float:
        """Share of a core, percent."""
        return 100 * self.cpu_s / self.elapsed_s

    def probes(self, module: str) -> float:
        """Return how many probes of a module ended, however they did."""
        return sum(count for (name, _), count in self.verdicts.items() if name == module)

    def good(self, module: str) -> float:
        """Return how many ended well."""
        return self.verdicts[module, "ok"]


@dataclass(frozen=True, slots=True)
class Exporter:
    """A running one."""

    pid: int
    port: int

    def get(self, path: str) -> str:
        """Return a page."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return str(answer.read().decode())

    def measure(self, seconds: float, scrape_s: float) -> Measured:
        """Let it work for a while, scraped as Prometheus does."""
        before = _verdicts(self.get("/metrics"))
        cpu_s, begin, walls = cpu_s_of(self.pid), time.monotonic(), []
        while (left := begin + seconds - time.monotonic()) > 0:
            time.sleep(min(left, scrape_s))
            start = time.monotonic()
            text = self.get("/metrics")
            walls.append(time.monotonic() - start)
        elapsed, cpu_s = time.monotonic() - begin, cpu_s_of(self.pid) - cpu_s
        late = {(module, rank): float(value) for module, rank, value in _LATE.findall(text)}
        scrape_ms = sorted(walls)[len(walls) // 2] * 1000
        return Measured(cpu_s, elapsed, scrape_ms, peak_mib_of(self.pid), _verdicts(text) - before, late)


@contextmanager
def exporting(county: BenchCounty, modules: Modules, core: int | None = None) -> Iterator[Exporter]:
    """Run an exporter with these modules, on one core if one is named.

    Raises:
        BenchError: it does not serve.
    """
    config = county.folder / "exporter.yml"
    content = {
        "inventory": str(county.inventory),
        "credentials": str(county.folder / "exporter-credentials"),
        "account": "admin",
        "modules": dict(modules),
    }
    config.write_text(yaml.safe_dump(content))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "exporters", "--config.file", str(config)]
    log = county.folder / "exporter.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--web.listen-address", f"127.0.0.1:{port}", "--log.level", "error"],
            cwd=ROOT,
            env={**os.environ, **county.environment, "NANXI_STATE": str(county.folder / "state")},
            stdout=output,
            stderr=output,
        )
    try:
        if core is not None:
            os.sched_setaffinity(process.pid, {core})
        exporter = Exporter(process.pid, port)
        _wait(exporter, process, log)
        yield exporter
    finally:
        process.terminate()
        process.wait(30)


def credentials(county: BenchCounty) -> dict[str, str]:
    """Write passwords of every camera as the exporter's credentials; return those of the cameras by host.

    The account is admin, with the factory's password where the vendor has such an account, else with PASSWORD.
    """
    makers = json.loads((county.inventory / "credentials/factory.json").read_text())
    folder = county.folder / "exporter-credentials"
    folder.mkdir(exist_ok=True)
    devices = load_estate(county.inventory).devices.values()
    units: dict[str, dict[str, dict[str, str]]] = {device.unit: {} for device in devices}
    cameras = {}
    for device in devices:
        if device.kind is Kind.CAMERA and device.touchable and device.spoken_to:
            first = makers.get(device.vendor, [{"user": ""}])[0]
            password = first["password"] if first["user"] == "admin" else PASSWORD
            units[device.unit][device.host] = {"admin": password}
            cameras[device.host] = password
    for unit, hosts in units.items():
        private(folder / f"{unit}.json", json.dumps(hosts))
    return cameras


def private(file: Path, text: str) -> None:
    """Write a file that is its owner's alone."""
    file.touch(0o600)
    file.write_text(text)


def _wait(exporter: Exporter, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise BenchError(f"the exporter ended: {log.read_text()[-1000:]}")
        try:
            exporter.get("/-/healthy")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise BenchError("the exporter does not serve")


def _verdicts(text: str) -> Counter[tuple[str, str]]:
    return Counter({(module, verdict): int(float(count)) for module, verdict, count in _PROBES.findall(text)})


def cpu_s_of(pid: int) -> float:
    """Return the CPU seconds of a running process."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def memory_mib_of(pid: int) -> float:
    """Return the resident memory of a running process."""
    return _status(pid, "VmRSS:")


def peak_mib_of(pid: int) -> float:
    """Return the most that a process ever had resident."""
    return _status(pid, "VmHWM:")


def _status(pid: int, field: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))
