"""Marker ``lab``: skipped with a reason where the machine cannot run it, failed for that where CI=true: pytest plugin."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

from lab.network import is_sealed

_IN_SANDBOX = is_sealed()


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
    if skipped and item.get_closest_marker("lab") and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"with CI=true a lab test may not be skipped: {reason}"
    return report
