"""An inventory folder of a test's own, and the commands that people type on it."""

import pytest

from tests.support.ansible import Inventory


@pytest.fixture
def inventory(tmp_path):
    return Inventory(tmp_path / "inventory")
