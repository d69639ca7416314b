"""The power is cut at every single step of closing and deleting segments (F2, R2): nothing acknowledged is lost.

The disk below keeps what was synced and nothing else, or by chance a little more. After each cut: every segment that was
acknowledged and not deleted is indexed and whole; no file is left without a row, no row without its whole file; nothing
that was deleted for good comes back.
"""

from __future__ import annotations

import ctypes.util
import multiprocessing
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lab.faults.disk import LossyDisk
from nanxi.recording import names
from nanxi.recording.closing import Closer
from nanxi.recording.errors import LostSegmentError
from nanxi.recording.events import Cause, Events
from nanxi.recording.holds import Holds
from nanxi.recording.index import Index
from nanxi.recording.mend import mend
from nanxi.recording.names import SegmentName
from nanxi.recording.reconcile import compare
from nanxi.recording.removal import sweep
from nanxi.recording.volumes import Volume, create
from tests.recording.conftest import CAMERA, SECONDS, T0

pytestmark = pytest.mark.lab
TODAY = "2026-03-02"
#: Segments are written in two halves; the first one is on its way to be forgotten when the second comes.
SEGMENTS = 3


@pytest.fixture(scope="module")
def disk(tmp_path_factory) -> Iterator[LossyDisk]:
    if not Path("/dev/fuse").exists() or ctypes.util.find_library("fuse") is None or os.geteuid():
        pytest.skip("needs root, /dev/fuse and libfuse2 (see lab/apt-packages.txt)")
    with LossyDisk(tmp_path_factory.mktemp("lossy")) as made:
        yield made


@pytest.fixture(scope="module")
def small(clips) -> list[bytes]:
    """The beginnings of clips: a few pictures each, so that a step is a step of ours and not one of many writes."""
    return [clip.read_bytes()[: 188 * 60] for clip in clips[:SEGMENTS]]


def prepare(disk: LossyDisk) -> Volume:
    disk.renew()
    (disk.path / "disk1").mkdir()
    volume = create(disk.path / "disk1", "disk1")
    with Index(disk.path / "index.db") as index:
        index.add([])
    disk.ask("sync")
    return volume


def work(volume: Volume, clips: list[bytes], told: int) -> None:
    """What a recorder does; each promise is told when it is made."""

    def tell(what: str, name: SegmentName) -> None:
        os.write(told, f"{what} {name}\n".encode())

    names.prepare(volume.path, CAMERA, datetime.fromtimestamp(T0, UTC))
    with Index(volume.path.parent / "index.db") as index:
        closer = Closer(index, Events(index, [volume.path]), {CAMERA: "33032400001320000007"})
        for at, clip in enumerate(clips):
            name = SegmentName(CAMERA, T0 + SECONDS * at, "00000001")
            with name.path(volume.path).open("wb") as stream:
                stream.write(clip[: len(clip) // 2])
                stream.flush()
                stream.write(clip[len(clip) // 2 :])
            closer.close(volume, [name])
            tell("indexed", name)
        Holds(index, [volume.path]).place(CAMERA, 0, 1, "case", "Li Wei")
        tell("held", name)
        oldest = SegmentName(CAMERA, T0, "00000001")
        tell("deleting", oldest)
        index.mark([(oldest, "disk1")], "retention", by_retention=True)
        sweep(index, {"disk1": volume}, TODAY)
        tell("deleted", oldest)


def run(volume: Volume, clips: list[bytes]) -> list[tuple[str, SegmentName]]:
    """Work in a process of its own, which the cut ends; return what it promised."""
    reader, writer = os.pipe()

    def child() -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        work(volume, clips, writer)

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    os.close(writer)
    with os.fdopen(reader) as stream:
        lines = stream.read().split("\n")[:-1]
    process.join(20)
    return [(what, names.parse(name)) for what, _, name in (line.partition(" ") for line in lines)]


def check(volume: Volume, clips: list[bytes], promised: list[tuple[str, SegmentName]]) -> None:
    volumes = {"disk1": volume}
    kept = {name for what, name in promised if what == "indexed"} - {
        name for what, name in promised if what == "deleting"
    }
    with Index(volume.path.parent / "index.db") as index:
        before = {segment.name for segment, _ in index.all(CAMERA)}
        assert kept <= before, "an acknowledged segment has no row"
        sweep(index, volumes, TODAY)
        events = Events(index, [volume.path])
        result = mend(index, volumes, events, now=T0 + 10_000_000)
        sweep(index, volumes, TODAY)
        assert result.dropped == 0, "a row without its file"
        assert list(compare(index, volumes, now=T0 + 10_000_000)) == []
        after = {segment.name for segment, _ in index.all(CAMERA)}
        for name in kept:
            clip = clips[(name.start - T0) // SECONDS]
            assert name in after
            assert name.path(volume.path).read_bytes() == clip, f"{name} is not whole"
        assert not {name for what, name in promised if what == "deleted"} & after
        holds = Holds(index, [volume.path])
        if any(what == "held" for what, _ in promised):
            assert len(holds.all()) == 1, "an acknowledged hold is gone"
        assert index.reading().__enter__().execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_without_a_cut_all_is_promised(disk, small):
    volume = prepare(disk)
    promised = run(volume, small)
    assert [what for what, _ in promised] == ["indexed"] * SEGMENTS + ["held", "deleting", "deleted"]
    check(volume, small, promised)


@pytest.mark.parametrize("luck", ["unsynced-is-lost", "some-of-it-stays"])
def test_a_cut_at_every_step(disk, small, luck):
    volume = prepare(disk)
    begin = disk.steps()
    run(volume, small)
    steps = disk.steps() - begin
    assert steps > 60
    first = 0 if luck == "unsynced-is-lost" else 1
    for step in range(first, steps, 2):
        volume = prepare(disk)
        disk.cut_at(step, None if luck == "unsynced-is-lost" else step)
        promised = run(volume, small)
        assert disk.ask("state")["off"], f"no cut at step {step}"
        disk.again()
        try:
            check(volume, small, promised)
        except AssertionError as error:
            raise AssertionError(f"cut at step {step} of {steps}, promised {promised}: {error}") from error


def test_a_failed_sync_is_a_lost_segment_and_never_a_success(disk, small):
    volume = prepare(disk)
    names.prepare(volume.path, CAMERA, datetime.fromtimestamp(T0, UTC))
    name = SegmentName(CAMERA, T0, "00000001")
    with Index(volume.path.parent / "index.db") as index:
        events = Events(index, [])
        name.path(volume.path).write_bytes(small[0])
        disk.ask("fail-syncs", count=1)
        with pytest.raises(LostSegmentError, match=r"are lost: .*Input/output error"):
            Closer(index, events).close(volume, [name])
        assert index.get(name) is None
        assert [(one, reason) for one, _, reason in index.garbage()] == [(name, "disk")]
        (event,) = events.between(CAMERA, 0, 1 << 62)
        assert (event.cause, event.from_ms) == (Cause.DISK, T0 * 1000)
        # The next sync of that file would succeed, and mean nothing: nobody asks for it any more.
        mend(index, {"disk1": volume}, events, now=T0 + 10_000_000)
        assert index.get(name) is None
        assert sweep(index, {"disk1": volume}, TODAY).removed == 1


def test_a_full_disk_loses_the_segment_and_serves_again_when_there_is_room(disk, small):
    volume = prepare(disk)
    names.prepare(volume.path, CAMERA, datetime.fromtimestamp(T0, UTC))
    names_ = [SegmentName(CAMERA, T0 + SECONDS * at, "00000001") for at in range(2)]
    with Index(volume.path.parent / "index.db") as index:
        closer = Closer(index, Events(index, [volume.path]))
        names_[0].path(volume.path).write_bytes(small[0])
        closer.close(volume, [names_[0]])
        disk.ask("capacity", bytes=disk.ask("state")["used"] + 5000)
        with pytest.raises(OSError, match="No space left"):
            names_[1].path(volume.path).write_bytes(small[1])
        disk.ask("capacity", bytes=1 << 30)
        closer.close(volume, [names_[1]])  # what was written before the disk was full is footage
        assert [segment.name for segment, _ in index.all(CAMERA)] == names_
        assert list(compare(index, {"disk1": volume}, now=T0 + 10_000_000)) == []
