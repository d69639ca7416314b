"""The fleet poller at county size on one core: every module alone, all together, and with a tenth that never answers."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from math import sqrt

import yaml

from exporters.fleet.schedule import place
from lab.bench.county import BenchCounty
from lab.bench.exporter import PASSWORD, Measured, credentials, exporting, private
from lab.bench.measure import BenchError
from lab.bench.report import Figure, show
from lab.bench.snmp import AUTH, PRIV, USER, snmpd
from lab.daemon import Daemon
from nanxi.estate import load_estate
from nanxi.register.model import Kind

#: Share of the targets that accept and never answer (H4).
_HANG = 0.1
_SNMP_KINDS = (Kind.SWITCH, Kind.NVR, Kind.HOST)
#: A camera is called up in every fifth round: five minutes, as in exporters/example.yml.
_CALL_UP_ROUNDS = 5
#: Each 10 s of a round of a minute: nanxi.monitoring.exporter.
_CONNECTIONS_A_ROUND = 6

_NFT = shutil.which("nft") or "nft"

Modules = dict[str, dict[str, object]]


def bench(county: BenchCounty, interval_s: float, rounds: int) -> None:
    """Poll the county's cameras, switches, recorders and hosts; ``interval_s`` is a round, call-ups take five."""
    cameras = credentials(county)
    agents = [
        str(one.ipv4)
        for one in load_estate(county.inventory).devices.values()
        if one.kind in _SNMP_KINDS and one.touchable and one.ipv4
    ]
    modules = modules_of(interval_s)
    with ExitStack() as stack:
        stack.enter_context(agents_of(county))
        with twins(county, accounts(cameras)):
            alone = {
                name: measured(county, {name: module}, interval_s, 1) for name, module in modules.items()
            }
            every = measured(county, modules, interval_s, rounds)
        with twins(county, {**accounts(cameras), **hanging(cameras)}), unanswered(agents):
            some = measured(county, modules, interval_s, rounds, warm=2)
    told = f"{len(cameras)} cameras and {len(agents)} agents"
    show(
        f"Fleet poller alone: {told}",
        [
            Figure(f"{name}: CPU per {'call-up' if name == 'rtsp' else 'probe'}", "ms", _each(one, name))
            for name, one in alone.items()
        ],
    )
    show(
        f"Fleet poller on one core: {told}, connections each {interval_s / _CONNECTIONS_A_ROUND:g} s, ONVIF and SNMP each {interval_s:g} s, call-ups each "
        f"{interval_s * _CALL_UP_ROUNDS:g} s, {rounds} rounds",
        _figures(every, modules),
    )
    show(
        f"The same with {_HANG:.0%} that accept and never answer; the lateness is that of the others",
        _figures(some, modules, every),
    )


def modules_of(interval_s: float) -> Modules:
    """Return the modules as the example configures them, in intervals of this benchmark."""
    deadline_s = min(15.0, interval_s)
    often_s = interval_s / _CONNECTIONS_A_ROUND
    return {
        "reach": {
            "prober": "reach",
            "kinds": ["cameras"],
            "interval_s": often_s,
            "deadline_s": min(5.0, often_s),
        },
        "onvif": {
            "prober": "onvif",
            "kinds": ["cameras"],
            "interval_s": interval_s,
            "deadline_s": deadline_s,
        },
        "snmp": {
            "prober": "snmp",
            "kinds": [kind.value for kind in _SNMP_KINDS],
            "interval_s": interval_s,
            "deadline_s": deadline_s,
        },
        "rtsp": {
            "prober": "rtsp",
            "kinds": ["cameras"],
            "interval_s": interval_s * _CALL_UP_ROUNDS,
            "deadline_s": deadline_s,
        },
    }


def measured(
    county: BenchCounty, modules: Modules, interval_s: float, rounds: int, warm: int = 1
) -> Measured:
    """Run an exporter, leave the first rounds to it, and measure those behind.

    Raises:
        BenchError: a module did less than nine tenths of its turns, so that its cost would be a lie.
    """
    with exporting(county, modules, core=max(os.sched_getaffinity(0))) as exporter:
        exporter.measure(warm * interval_s + 2, interval_s)
        found = exporter.measure(rounds * interval_s, interval_s / 2)
        devices = _devices(exporter.get("/metrics"))
    for name, module in modules.items():
        due = devices[name] * found.elapsed_s / float(str(module["interval_s"]))
        least = 0.9 * due - 3 * sqrt(due)  # of call-ups only a part of an interval is measured
        if found.probes(name) < least:
            raise BenchError(
                f"{', '.join(modules)}: {found.probes(name)} of {due:.0f} turns of {name} were taken: "
                f"{dict(found.verdicts)}, {found.core:.0f} % of the core"
            )
        if found.good(name) < (1 - _HANG) * 0.95 * found.probes(name):
            raise BenchError(f"{name}: {dict(found.verdicts)}")
    return found


def _devices(text: str) -> dict[str, float]:
    lines = (line for line in text.splitlines() if line.startswith("nanxi_poller_devices{"))
    return {line.split('"')[1]: float(line.split()[-1]) for line in lines}


def _each(one: Measured, module: str) -> float:
    return one.cpu_s * 1000 / one.probes(module)


def _figures(now: Measured, modules: Iterable[str], before: Measured | None = None) -> list[Figure]:
    healthy = "all answer" if before else ""
    figures = [
        Figure("share of the core", "%", now.core, before.core if before else 0, healthy),
        Figure(
            "peak memory",
            "MiB",
            now.peak_mib,
            before.peak_mib if before else 0,
            healthy,
            "<= 1.1x (H4)" if before else "",
        ),
        Figure("one scrape: wall", "ms", now.scrape_ms, before.scrape_ms if before else 0, healthy),
    ]
    for name in modules:
        hold = "<= 1 s (H4)"
        figures += [
            Figure(f"{name}: lateness, median", "s", now.late.get((name, "median"), 0)),
            Figure(f"{name}: lateness, 99th percentile", "s", now.late.get((name, "p99"), 0), hold=hold),
            Figure(f"{name}: probes that did not end well", "", now.probes(name) - now.good(name)),
        ]
    return figures


# -- who answers ------------------------------------------------------------------------------------------------------


@contextmanager
def twins(county: BenchCounty, hosts: dict[str, object]) -> Iterator[None]:
    """Run the county's twins on every core but the exporter's."""
    fleet = county.folder / "twins.yml"
    fleet.write_text(yaml.safe_dump({"hosts": hosts}))
    daemon = Daemon(
        name="bench-poller-twins",
        command=(
            *(sys.executable, "-m", "lab.twin", "--inventory", str(county.inventory)),
            *("--fleet", str(fleet), "--no-discovery"),
        ),
        ready="ready",
        folder=county.folder,
    )
    daemon.start(patience_s=120)
    try:
        others = os.sched_getaffinity(0) - {max(os.sched_getaffinity(0))}
        if others and daemon.pid:
            os.sched_setaffinity(daemon.pid, others)
        yield
    finally:
        daemon.stop()


def accounts(cameras: Mapping[str, str]) -> dict[str, object]:
    """Return the cameras whose twins need an account of ours."""
    admin = {"factory": {"users": [{"name": "admin", "password": PASSWORD, "level": "Administrator"}]}}
    return {host: {"overrides": admin} for host, password in cameras.items() if password == PASSWORD}


def hanging(cameras: Iterable[str]) -> dict[str, object]:
    """Return a tenth of the cameras as twins that accept connections and never say anything."""
    mute = {"traits": {"misbehaves": [{"behaviour": "silence"}]}, "rtsp": {"half_open": True}}
    return {host: {"overrides": mute} for host in cameras if _chosen(host)}


def _chosen(host: str) -> bool:
    return place(host, "bench") < _HANG


@contextmanager
def agents_of(county: BenchCounty) -> Iterator[None]:
    """Run net-snmp's agent on every address, and write with what it is asked."""
    if shutil.which("snmpd") is None:
        raise BenchError("snmpd is not installed (see lab/apt-packages.txt)")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    access = {"version": "3", "user": USER, "auth_password": AUTH, "priv_password": PRIV}
    private(
        county.folder / "exporter-credentials/snmp.yml", yaml.safe_dump({"port": port, "default": access})
    )
    process = snmpd(county.folder, port)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def unanswered(agents: list[str]) -> Iterator[None]:
    """Drop what is sent to a tenth of the agents, in this network namespace."""
    mute = ", ".join(one for one in agents if _chosen(one))
    rules = (
        "table ip bench { chain input { type filter hook input priority 0; "
        f"meta l4proto udp ip daddr {{ {mute} }} drop; }}; }}"
    )
    subprocess.run([_NFT, "-f", "-"], input=rules, text=True, check=True)
    try:
        yield
    finally:
        subprocess.run([_NFT, "delete", "table", "ip", "bench"], check=True)
