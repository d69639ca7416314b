"""Recorders: a survey of 200 with 16 channels each, beside the same requests with bare aiohttp."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from lab.bench.measure import Usage, run
from lab.bench.report import Figure, show
from lab.daemon import Daemon

CHANNELS = 16


def bench(folder: Path, count: int) -> None:
    """Survey ``count`` recorders."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    site = (str(port), str(count), str(CHANNELS))
    twins = Daemon(
        name="bench-recorders",
        command=(sys.executable, "-m", "lab.bench.nvr_site", *site),
        ready="ready",
        folder=folder,
    )
    twins.start()
    try:
        ours, floor = client(folder, "survey", port, count), client(folder, "floor", port, count)
        started, started_floor = client(folder, "survey", port, 0), client(folder, "floor", port, 0)
    finally:
        twins.stop()
    ours_ms, floor_ms = (
        (many.cpu_s - none.cpu_s) * 1000 / count for many, none in ((ours, started), (floor, started_floor))
    )
    bare = "bare aiohttp, the same requests"
    show(
        f"Survey of {count} recorders with {CHANNELS} channels each",
        [
            Figure(
                "clock, identity, inputs, recordings: CPU per recorder",
                "ms",
                ours_ms,
                floor_ms,
                bare,
                "<= 2x",
            ),
            Figure("the same per channel", "ms", ours_ms / CHANNELS, floor_ms / CHANNELS, bare),
            Figure("wall", "s", ours.wall_s, floor.wall_s, bare),
            Figure("peak memory", "MiB", ours.peak_mib, floor.peak_mib, bare),
        ],
    )


def client(folder: Path, verb: str, port: int, count: int) -> Usage:
    """Run one client over ``count`` recorders."""
    command = [
        sys.executable,
        "-m",
        "lab.bench.nvr_client",
        verb,
        str(folder),
        str(port),
        str(count),
        str(CHANNELS),
    ]
    return run(command)
