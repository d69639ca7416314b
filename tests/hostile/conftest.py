"""The arena runs once for all tests of this folder; each test looks at its own case."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lab.network import ROOT

#: Safety bound for the whole arena, seconds; it takes about 45 on two cores.
_DEADLINE_S = 240


def run_in_namespace(module: str, *arguments: str) -> None:
    """Run a module of this folder in a new network namespace, and fail with what it said."""
    command = ["unshare", "--net", sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_DEADLINE_S, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What the arena found."""
    output: Path = tmp_path_factory.mktemp("arena") / "report.json"
    run_in_namespace("tests.hostile.arena", str(output))
    return json.loads(output.read_text())
