"""How far the recorder host's clock is off, as its time service says."""

from __future__ import annotations

import subprocess


def host_offset_ms() -> float | None:
    """Return by how many ms the host's clock is fast, by chrony; None when chrony does not run or is not synchronised."""
    try:
        told = subprocess.run(
            ["chronyc", "-c", "tracking"],  # noqa: S607 - of the host's own path
            capture_output=True,
            text=True,
            timeout=2,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
    fields = told.split(",")
    # chronyc(1), tracking: reference ID, name, stratum, reference time, system time (s, fast of true time), ...
    try:
        return float(fields[4]) * 1000 if int(fields[2]) > 0 else None
    except (IndexError, ValueError):
        return None
