"""Switches: the first converge of a fleet with 48 ports each and a run without a difference, beside plain netmiko."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from lab.bench.measure import Usage, run
from lab.bench.report import Figure, show
from lab.bench.switch_site import PORTS, configuration
from lab.daemon import Daemon

_PLAIN = "netmiko, send_config_set of everything"


def bench(folder: Path, count: int) -> None:
    """Converge ``count`` factory-new switches, run again, and send everything to as many others with netmiko."""
    ours, again = _site(folder / "ours", count, "converge", "converge")
    (plain,) = _site(folder / "plain", count, "plain")
    (started,) = _site(folder / "none", 0, "converge")
    lines = len(configuration(0).splitlines())
    figures = [
        Figure(f"{what}: {name}", unit, value, reference, _PLAIN)
        for what, usage in (("first run", ours), ("no-op run", again))
        for name, unit, value, reference in (
            ("CPU per switch", "ms", _each(usage, started, count), _each(plain, started, count)),
            ("wall, twins on the same cores", "s", usage.wall_s, plain.wall_s),
            ("peak memory", "MiB", usage.peak_mib, plain.peak_mib),
        )
    ]
    show(f"Converge of {count} switches with {PORTS} ports, {lines} lines each", figures)


def _each(many: Usage, none: Usage, count: int) -> float:
    return (many.cpu_s - none.cpu_s) * 1000 / count


def _site(folder: Path, count: int, *verbs: str) -> list[Usage]:
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    twins = Daemon(
        name="bench-switches",
        command=(sys.executable, "-m", "lab.bench.switch_site", str(port), str(count)),
        ready="ready",
        folder=folder,
    )
    twins.start()
    try:
        client = [sys.executable, "-m", "lab.bench.switch_client"]
        return [run([*client, verb, folder, str(port), str(count)]) for verb in verbs]
    finally:
        twins.stop()
