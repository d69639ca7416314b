"""The power is cut at steps of closing and deleting segments (F2, R2): nothing acknowledged is lost.

The disk below keeps what was synced and nothing else, or by chance a little more. After each cut: every segment that was
acknowledged and not deleted is indexed and whole; no file is left without a row, no row without its whole file; nothing
that was deleted for good comes back.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from nanxi.recording import names
from nanxi.recording.closing import Closer
from nanxi.recording.errors import LostSegmentError, RecordingError
from nanxi.recording.events import Cause, Events
from nanxi.recording.index import Index
from nanxi.recording.mend import mend
from nanxi.recording.names import SegmentName
from nanxi.recording.reconcile import compare
from nanxi.recording.removal import sweep
from tests.recording.conftest import CAMERA, SECONDS, T0
from tests.recording.promises import LATER, TODAY, check, make, run

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def small(clips) -> list[bytes]:
    """The beginnings of clips: a few pictures each, so that a step is a step of ours and not one of many writes."""
    return [clip.read_bytes()[: 188 * 60] for clip in clips[:3]]


def prepare(disk):
    disk.renew()
    volume = make(disk.path)
    disk.ask("sync")
    return volume


def test_without_a_cut_all_is_promised(disk, small):
    volume = prepare(disk)
    promised = run(volume, small)
    assert [what for what, _ in promised] == ["indexed"] * 3 + ["held", "deleting", "deleted"]
    check(volume, small, promised)


@pytest.mark.parametrize("luck", ["unsynced-is-lost", "some-of-it-stays"])
def test_a_cut_at_every_other_step(disk, small, luck):
    volume = prepare(disk)
    begin = disk.steps()
    run(volume, small)
    steps = disk.steps() - begin
    assert steps > 60
    first = 0 if luck == "unsynced-is-lost" else 2
    for step in range(first, steps, 4):  # 600 more without a mount: test_crash_points.py
        volume = prepare(disk)
        disk.cut_at(step, None if luck == "unsynced-is-lost" else step)
        promised = run(volume, small)
        assert disk.ask("state")["off"], f"no cut at step {step}"
        disk.again()
        try:
            check(volume, small, promised)
        except AssertionError as error:
            raise AssertionError(f"cut at step {step} of {steps}, promised {promised}: {error}") from error


def test_a_cut_while_the_cut_before_is_mended(disk, small):
    """A host whose power comes and goes: what one start began, the next one ends."""
    volume = prepare(disk)
    begin = disk.steps()
    run(volume, small)
    steps = disk.steps() - begin
    for step in range(steps // 2, steps, 11):
        volume = prepare(disk)
        disk.cut_at(step, step)
        promised = run(volume, small)
        for again in (3, 9, 15, 21):
            disk.again()
            disk.cut_at(again, step + again)
            with suppress(OSError, RecordingError):
                check(volume, small, promised)
            if not disk.ask("state")["off"]:
                disk.cut(step)
        disk.again()
        check(volume, small, promised)


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
        mend(index, {"disk1": volume}, events, now=LATER)
        assert index.get(name) is None
        assert sweep(index, {"disk1": volume}, TODAY).removed == 1


def test_a_full_disk_loses_no_segment_and_serves_again_when_there_is_room(disk, small):
    volume = prepare(disk)
    names.prepare(volume.path, CAMERA, datetime.fromtimestamp(T0, UTC))
    first, second = (SegmentName(CAMERA, T0 + SECONDS * at, "00000001") for at in range(2))
    with Index(volume.path.parent / "index.db") as index:
        closer = Closer(index, Events(index, [volume.path]))
        first.path(volume.path).write_bytes(small[0])
        closer.close(volume, [first])
        disk.ask("capacity", bytes=disk.ask("state")["used"] + 5000)
        with pytest.raises(OSError, match="No space left"):
            second.path(volume.path).write_bytes(small[1])
        disk.ask("capacity", bytes=1 << 30)
        closer.close(volume, [second])  # what was written before the disk was full is footage
        assert [segment.name for segment, _ in index.all(CAMERA)] == [first, second]
        assert list(compare(index, {"disk1": volume}, now=LATER)) == []
