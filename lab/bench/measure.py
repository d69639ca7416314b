"""Run a command as a whole process and take the operating system's own account of it."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Usage:
    """What one run cost: user+system CPU and wall seconds, and the peak of the largest process in MiB."""

    cpu_s: float
    wall_s: float
    peak_mib: float
    output: str


class BenchError(Exception):
    """The measured command did not do its work, so its figure would be a lie."""


def run(
    command: Sequence[str | os.PathLike[str]],
    *,
    environment: Mapping[str, str] | None = None,
    expect: Sequence[int] = (0,),
) -> Usage:
    """Run ``command`` to its end, its output kept in a file so that reading it costs nothing here.

    Children that the command reaps (Ansible's workers) are counted, other processes (the twins) are not.

    Raises:
        BenchError: the exit code is not one of ``expect``.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode not in expect:
        raise BenchError(f"{Path(command[0]).name} ended with {process.returncode}:\n{text[-3000:]}")
    return Usage(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, text)


def median(runs: Sequence[Usage]) -> Usage:
    """Return the run with the median CPU time."""
    return sorted(runs, key=lambda usage: usage.cpu_s)[len(runs) // 2]
