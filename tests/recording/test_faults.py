"""Killed at random instants, disks that are full or refuse, and a state machine: promises are kept, and nothing lies about."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nanxi.county.model import PointClass
from nanxi.recording.config import Promise, RecordingConfig
from nanxi.recording.holds import Holds
from nanxi.recording.keeping import Keeper, usage
from nanxi.recording.reconcile import compare
from nanxi.recording.volumes import create
from tests.recording.conftest import CAMERA, T0
from tests.recording.promises import LATER, check, make, read, run
from tests.support.ext4 import Ext4
from tests.support.lab import need

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def many(clips) -> list[bytes]:
    return [clip.read_bytes() for clip in clips] * 4


@pytest.mark.parametrize("seed", range(20))
def test_killed_at_a_random_instant(tmp_path, many, seed):
    volume = make(tmp_path)
    promised = run(volume, many, kill_after=random.Random(seed).uniform(0.005, 0.15))
    check(volume, many, promised)


#: Which calls fail, with which error, and how often: there are only two or three syncs a segment.
FAULTS = {
    "a sync that fails": "posix/io/sync/*,5,0.2",
    "a write that finds no room": "posix/io/rw/*,28,0.05",
    "an opening that fails": "posix/io/oc/*,5,0.05",
    "a name that cannot be taken away": "posix/io/dir/*,5,0.05",
}


@pytest.mark.foreign
@pytest.mark.parametrize("fault", FAULTS)
def test_a_system_call_fails_now_and_then(tmp_path, clips, fault):
    """libfiu fails calls of the C library, SQLite's among them."""
    need("fiu-run")
    volume, many = make(tmp_path), clips * 3
    done = subprocess.run(
        ["fiu-run", "-x", sys.executable, "-m", "tests.recording.promises", str(tmp_path), *map(str, many)],
        capture_output=True, text=True, timeout=60, cwd=ROOT, check=False,
        env={**os.environ, "NANXI_TEST_FAULT": FAULTS[fault]},
    )  # fmt: skip
    promised = read(done.stdout.splitlines())
    indexed = [name for what, name in promised if what == "indexed"]
    assert indexed, done.stderr
    assert len(indexed) < len(many) or "name" in fault, "no fault happened"
    check(volume, [clip.read_bytes() for clip in many], promised)


@pytest.fixture
def tiny(tmp_path) -> Iterator[Path]:
    """A disk of sixteen megabytes, of which ext4 keeps some for itself."""
    disk = Ext4(tmp_path / "tiny", 16, or_memory=True)
    try:
        yield disk.path
    finally:
        disk.close()


@pytest.mark.lab
def test_a_full_file_system_gets_room_and_recording_goes_on(site, clips, tiny):
    """R6: real ENOSPC; a round of retention takes the oldest, and the next segment is written and indexed."""
    site.volume = create(tiny, "disk1")
    put = []
    with pytest.raises(OSError, match="No space left"):
        put.extend(site.put(clips[at % len(clips)], T0 + 60 * at, f"{at:08x}") for at in range(1000))
    assert len(put) > 10
    site.closer.close(site.volume, put[:-3])
    promise = Promise(point_class=PointClass.CLASS_1, days=30)
    config = RecordingConfig(volumes=(tiny,), cameras={CAMERA: promise})
    keeper = Keeper(site.index, site.volumes, config, Holds(site.index, [tiny]), usage)
    report = keeper.round(datetime.fromtimestamp(T0 + 20 * 86_400, UTC))
    size, free = usage(tiny)
    assert free >= config.watermarks.keep * size
    assert set(report.early) == {CAMERA}
    gone = len(put) - 3 - len(list(site.index.all(CAMERA)))
    assert gone > 0
    largest = max(clip.stat().st_size for clip in clips)
    assert free < config.watermarks.stop * size + 2 * largest, "more went than there had to be room"
    assert [one.name for one, _ in site.index.all(CAMERA)] == put[gone:-3]
    site.closer.close(site.volume, [site.put(clips[0], T0 + 60 * 2000)])
    unindexed = [one.name for one in compare(site.index, site.volumes, now=LATER)]
    assert set(put[-3:]) <= set(unindexed)
