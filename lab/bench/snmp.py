"""SNMP v3: our client and prometheus-snmp-exporter ask the same agents (net-snmp) for the same objects."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import yaml

from lab.bench.exporter import cpu_s_of, memory_mib_of
from lab.bench.measure import BenchError, run
from lab.bench.report import Figure, show

USER, AUTH, PRIV = "nanxi", "auth-password", "priv-password"
OIDS = (
    "1.3.6.1.2.1.1.3.0",
    "1.3.6.1.2.1.25.1.7.0",
    "1.3.6.1.2.1.2.1.0",
    "1.3.6.1.2.1.25.1.1.0",
    "1.3.6.1.2.1.25.1.6.0",
    *(f"1.3.6.1.4.1.2021.10.1.5.{number}" for number in (1, 2, 3)),
    *(f"1.3.6.1.2.1.11.{number}.0" for number in (1, 3, 4, 6)),
)
#: What the agent shows: system, interfaces, its own counters, load. The tables of disks and processes of a machine that
#: runs a lab take the agent longer than the poller waits.
_SHOWN = (
    "1.3.6.1.2.1.1",
    "1.3.6.1.2.1.2",
    "1.3.6.1.2.1.11",
    "1.3.6.1.2.1.25.1",
    "1.3.6.1.2.1.31",
    "1.3.6.1.4.1.2021.10",
)


def address(number: int) -> str:
    """Return the address of one agent: all are one process, on loopback addresses of their own."""
    return f"127.30.{number // 250}.{number % 250 + 1}"


def bench(folder: Path, count: int) -> None:
    """Ask ``count`` agents for twelve objects each, three rounds; the first round, which meets the engines, is ours, too."""
    for program in ("snmpd", "prometheus-snmp-exporter"):
        if shutil.which(program) is None:
            raise BenchError(f"{program} is not installed (see lab/apt-packages.txt)")
    with ExitStack() as stack:
        port = _free(socket.SOCK_DGRAM)
        stack.callback(_ended, snmpd(folder, port))
        client = [sys.executable, "-m", "lab.bench.snmp_client", str(port)]
        one, three, none = (
            run([*client, str(number), str(times), *OIDS])
            for number, times in ((count, 1), (count, 3), (0, 1))
        )
        reference, memory = _exporter(folder, port, count, stack)
    ours = (three.cpu_s - one.cpu_s) / 2 * 1000 / count
    first = (one.cpu_s - none.cpu_s) * 1000 / count
    name = "prometheus-snmp-exporter"
    show(
        f"SNMP v3 authPriv: {len(OIDS)} objects of {count} agents",
        [
            Figure("CPU per agent and round, a session each", "ms", ours, reference, name, "< 1x"),
            Figure("the first round, which meets every engine", "ms", first, reference, name),
            Figure("peak memory", "MiB", three.peak_mib, memory, name),
        ],
    )


def _exporter(folder: Path, port: int, count: int, stack: ExitStack) -> tuple[float, float]:
    """Return CPU ms per agent and memory of prometheus-snmp-exporter; its HTTP driver is not counted."""
    metrics = [
        {"name": f"o{number}", "oid": oid, "type": "gauge", "help": "-"} for number, oid in enumerate(OIDS)
    ]
    auth = {
        "username": USER,
        "security_level": "authPriv",
        "password": AUTH,
        "auth_protocol": "SHA",
        "priv_protocol": "AES",
        "priv_password": PRIV,
    }
    module = {
        "get": list(OIDS),
        "metrics": metrics,
        "version": 3,
        "auth": auth,
        "retries": 1,
        "timeout": "2s",
    }
    config = folder / "snmp-exporter.yml"
    config.write_text(yaml.safe_dump({"nanxi": module}))
    web = _free(socket.SOCK_STREAM)
    command = ["prometheus-snmp-exporter", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{web}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(_ended, process)

    def ask(number: int) -> int:
        url = f"http://127.0.0.1:{web}/snmp?module=nanxi&target={address(number)}:{port}"
        with urllib.request.urlopen(url, timeout=20) as answer:
            return sum(line.startswith(b"o") for line in answer.read().splitlines())

    for _ in range(100):
        try:
            if ask(0) == len(OIDS):
                break
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    else:
        raise BenchError("prometheus-snmp-exporter does not read the agents")
    with ThreadPoolExecutor(16) as drivers:
        list(drivers.map(ask, range(count)))
        before = cpu_s_of(process.pid)
        if set(drivers.map(ask, range(count))) != {len(OIDS)}:
            raise BenchError("prometheus-snmp-exporter lost answers")
    return (cpu_s_of(process.pid) - before) * 1000 / count, memory_mib_of(process.pid)


def snmpd(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Run net-snmp's agent, with our user, on every address of this machine."""
    state = folder / "snmpd"
    state.mkdir(exist_ok=True)
    config = state / "snmpd.conf"
    lines = [
        f"createUser {USER} SHA {AUTH} AES {PRIV}",
        f"rouser {USER} priv -V bench",
        *(f"view bench included .{branch}" for branch in _SHOWN),
        f"agentaddress udp:0.0.0.0:{port}",
    ]
    config.write_text("\n".join([*lines, ""]))
    process = subprocess.Popen(
        [
            shutil.which("snmpd") or "snmpd",
            "-f",
            "-Lf",
            str(state / "log"),
            "-C",
            "-c",
            str(config),
            "-p",
            str(state / "pid"),
        ],
        env={**os.environ, "SNMP_PERSISTENT_DIR": str(state), "MIBS": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(1)
    if process.poll() is not None:
        raise BenchError((state / "log").read_text()[-500:])
    return process


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(10)


def _free(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
