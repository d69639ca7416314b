"""The systemd units: systemd accepts them, and rates their exposure as low."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.lab import need

UNITS = sorted((Path(__file__).parents[2] / "exporters/systemd").glob("*.service"))


@pytest.fixture(params=UNITS, ids=lambda path: path.stem)
def unit(request, tmp_path) -> Path:
    """A unit with the interpreter of this checkout in place of the installed one."""
    need("systemd-analyze")
    made = tmp_path / request.param.name.replace("@", "@fleet")
    made.write_text(request.param.read_text().replace("/opt/nanxi/current/bin/python", sys.executable))
    return made


def test_systemd_accepts_it(unit) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, ours) == (0, [])


def test_its_exposure_is_low(unit) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", str(unit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-300:]


def test_the_clock_may_be_read() -> None:
    """A later line takes away what an earlier one allowed: adjtimex lies in @clock, and that in @privileged."""
    (unit,) = (one for one in UNITS if "exporter" in one.name)
    filters = [line for line in unit.read_text().splitlines() if line.startswith("SystemCallFilter=")]
    assert filters[-1] == "SystemCallFilter=adjtimex"
