"""Fixtures of the tests about the test network itself."""

import pytest

from lab.network import ROOT


@pytest.fixture
def pytester_in_checkout(pytester, monkeypatch):
    """A pytester whose subprocess can import the checkout and knows its markers."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeini(
        "[pytest]\nmarkers = lab: as in pyproject.toml\nasyncio_default_fixture_loop_scope = function"
    )
    return pytester
