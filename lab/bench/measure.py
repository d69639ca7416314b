"""Run a command as a whole process and take the operating system's own account of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_WAITER = Path(__file__).with_name("waiter.py")


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
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output,
        tempfile.NamedTemporaryFile("r", encoding="ascii") as report,
    ):
        subprocess.run(
            [sys.executable, "-S", "-E", _WAITER, report.name, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            check=True,
        )
        output.seek(0)
        text, told = output.read(), json.load(report)
    if told["exit"] not in expect:
        raise BenchError(f"{Path(command[0]).name} ended with {told['exit']}:\n{text[-3000:]}")
    return Usage(told["cpu_s"], told["wall_s"], told["peak_mib"], text)


def median(runs: Sequence[Usage]) -> Usage:
    """Return the run with the median CPU time."""
    return sorted(runs, key=lambda usage: usage.cpu_s)[len(runs) // 2]
