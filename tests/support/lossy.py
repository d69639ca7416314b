"""The disk that forgets what was not synced, for the tests that cut the power; pytest plugin."""

from __future__ import annotations

import ctypes.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.faults.disk import LossyDisk


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LossyDisk]:
    """Mount one for the tests of a module; each renews it."""
    if not Path("/dev/fuse").exists() or ctypes.util.find_library("fuse") is None or os.geteuid():
        pytest.skip("needs root, /dev/fuse and libfuse2 (see lab/apt-packages.txt)")
    with LossyDisk(tmp_path_factory.mktemp("lossy")) as made:
        yield made
