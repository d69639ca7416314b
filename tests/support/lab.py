"""What a machine must offer: tests are skipped with a reason where it does not, pytest plugin.

With CI=true the skip of a test marked ``lab`` or ``foreign`` is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator

import pytest

from lab.network import is_sealed

_IN_SANDBOX = is_sealed()
_MUST_RUN = ("lab", "foreign")


def need(*commands: str) -> None:
    """Skip the test unless these commands are installed."""
    missing = [command for command in commands if shutil.which(command) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (see lab/apt-packages.txt)")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a lab test outside a sandbox."""
    if item.get_closest_marker("lab") and not _IN_SANDBOX:
        pytest.skip("needs the lab's network: run `make test`, or `python -m lab sandbox -- pytest`, as root")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skip of a lab test, whoever asked for it, into a failure with CI=true."""
    report = yield
    skipped = report.skipped and not hasattr(report, "wasxfail")
    if skipped and any(map(item.get_closest_marker, _MUST_RUN)) and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"with CI=true this test may not be skipped: {reason}"
    return report
