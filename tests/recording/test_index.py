"""The index says what the files are: closing, deleting, reconciling both ways, and making it again from nothing."""

from __future__ import annotations

import os
import sqlite3

import pytest

from nanxi.recording import manifest
from nanxi.recording.errors import IndexFailedError, RecordingError, VolumeGoneError
from nanxi.recording.events import Cause
from nanxi.recording.index import Index
from nanxi.recording.mend import mend
from nanxi.recording.names import parse
from nanxi.recording.reconcile import Matter, compare
from nanxi.recording.removal import sweep
from nanxi.recording.timeline import HOUR_MS
from nanxi.recording.volumes import create, open_volumes
from tests.recording.conftest import CAMERA, COUNT, SECONDS, T0, put


def dump(index):
    """Everything that can be made again from files, in order."""
    rows = [row for camera in index.cameras() for row in index.all(camera)]
    with index.reading() as connection:
        hours = connection.execute(
            "SELECT host, hour, recorded_ms, segments, bytes FROM hour JOIN camera ON id = camera ORDER BY 1, 2"
        ).fetchall()
    return rows, hours


def matters(site, **more):
    return [difference.matter for difference in compare(site.index, site.volumes, **more)]


def test_closed_segments_cover_the_time_without_seams(site, clips):
    site.record(clips)
    rows = site.index.between(CAMERA, 0, 1 << 62)
    assert [(segment.name.start, end) for segment, end in rows] == [
        (T0 + SECONDS * at, (T0 + SECONDS * (at + 1)) * 1000) for at in range(COUNT)
    ]
    assert dump(site.index)[1] == [
        (CAMERA, T0 // 3600, COUNT * SECONDS * 1000, COUNT, sum(clip.stat().st_size for clip in clips))
    ]
    assert matters(site) == []


def test_rounding_of_starts_is_no_gap_within_a_run_and_is_one_between_runs(site, clips):
    """The second one's name is a second late (a network that stalled); its timestamps say that nothing is missing."""
    names = [site.put(clips[0], T0), site.put(clips[1], T0 + 3), site.put(clips[2], T0 + 9, "00000002")]
    site.closer.close(site.volume, names)
    ends = [end // 1000 - T0 for _, end in site.index.between(CAMERA, 0, 1 << 62)]
    assert ends == [3, 5, 11]


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1]])
def test_the_order_in_which_segments_come_does_not_matter(site, other_site, clips, order):
    names = [site.put(clips[at], T0 + SECONDS * at) for at in range(3)]
    for at in order:
        site.closer.close(site.volume, [names[at]])
    other_site.closer.close(other_site.volume, names)
    assert dump(site.index) == dump(other_site.index)


def test_deleted_segments_are_a_gap_and_their_folder_goes_with_the_last(site, clips):
    closed = site.record(clips)
    site.index.mark([(one.name, one.volume) for one in closed[2:4]], "retention")
    covered = [end // 1000 - T0 for _, end in site.index.between(CAMERA, 0, 1 << 62)]
    assert covered == [2, 4, 10, 12]
    assert matters(site) == []
    assert sweep(site.index, site.volumes, "2026-03-03").removed == 2
    assert (matters(site), site.index.garbage()) == ([], [])
    site.index.mark([(one.name, one.volume) for one in [*closed[:2], *closed[4:]]], "retention")
    sweep(site.index, site.volumes, "2026-03-03")
    assert list((site.volume.path / CAMERA).iterdir()) == []
    assert dump(site.index) == ([], [])


def test_todays_folder_stays_when_it_is_empty(site, clips):
    closed = site.record(clips[:1])
    site.index.mark([(closed[0].name, "disk1")], "retention")
    sweep(site.index, site.volumes, "2026-03-02")
    assert (site.volume.path / CAMERA / "2026-03-02").is_dir()


def test_a_folder_that_refuses_keeps_its_marks(site, clips, monkeypatch):
    closed = site.record(clips[:2])
    site.index.mark([(one.name, one.volume) for one in closed], "retention")

    def broken(path):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("nanxi.recording.removal.sync_folder", broken)
    swept = sweep(site.index, site.volumes, "2026-03-03")
    assert (swept.removed, list(swept.failed.values())) == (0, ["[Errno 5] Input/output error"])
    assert len(site.index.garbage()) == 2


@pytest.mark.parametrize("manifests", [True, False])
def test_rebuilt_from_files_alone_it_is_the_same(site, other_site, clips, manifests):
    site.record(clips)
    site.record(clips[:3], start=T0 + 86_400, session="00000002")
    site.record(clips[3:], camera="oubei-cam0001", session="00000003")
    site.events.record(CAMERA, Cause.STALLED, T0 * 1000, (T0 + 5) * 1000, "no pictures")
    if not manifests:
        for path in site.volume.path.rglob("manifest.jsonl"):
            path.unlink()
    result = mend(other_site.index, other_site.volumes, other_site.events)
    assert result.adopted == COUNT + 3 + 3
    assert dump(other_site.index) == dump(site.index)
    assert other_site.events.restore() == 1
    assert other_site.events.between(CAMERA, 0, 1 << 62) == site.events.between(CAMERA, 0, 1 << 62)


def test_a_torn_manifest_costs_a_probe_and_nothing_else(site, other_site, clips):
    site.record(clips)
    path = site.volume.path / CAMERA / "2026-03-02/manifest.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert len(manifest.read(path.parent, "disk1")) == COUNT - 1
    assert mend(other_site.index, other_site.volumes, other_site.events).adopted == COUNT
    assert dump(other_site.index) == dump(site.index)
    assert len(manifest.read(path.parent, "disk1")) == COUNT  # and the torn line did not swallow the new one


def test_both_directions_and_sizes(site, clips):
    closed = site.record(clips)
    path = {one.name.start: one.name.path(site.volume.path) for one in closed}
    path[T0].unlink()
    with path[T0 + 2].open("r+b") as stream:
        stream.truncate(path[T0 + 2].stat().st_size // 188 // 2 * 188)
    site.put(clips[0], T0 + 100, "00000009")
    (site.volume.path / CAMERA / "2026-03-02/notes.txt").touch()
    (site.volume.path / "Thumbs.db").touch()
    found = {difference.matter: difference for difference in compare(site.index, site.volumes)}
    assert set(found) == {Matter.MISSING, Matter.SIZE, Matter.UNINDEXED, Matter.STRANGER}
    assert found[Matter.SIZE].found < found[Matter.SIZE].expected

    result = mend(site.index, site.volumes, site.events)
    assert (result.adopted, result.dropped, result.left) == (2, 1, {Matter.STRANGER: 2})
    assert set(matters(site)) == {Matter.STRANGER}
    assert site.index.get(closed[0].name) is None
    (event,) = site.events.between(CAMERA, T0 * 1000, T0 * 1000 + 1)
    assert "the file is missing" in event.detail


def test_the_newest_file_is_taken_for_growing_until_it_has_settled(site, clips):
    site.record(clips[:1])
    site.put(clips[1], T0 + 2)
    site.put(clips[2], T0 + 4)
    growing = T0 + 4 + SECONDS + 5
    found = list(compare(site.index, site.volumes, now=growing))
    assert [(one.matter, one.name.start) for one in found] == [(Matter.UNINDEXED, T0 + 2)]
    assert matters(site, now=growing + 60) == [Matter.UNINDEXED] * 2


def test_after_a_crash_only_what_it_can_have_left_is_looked_at(site, clips):
    week = 7 * 86_400
    site.record(clips[:2])
    site.record(clips[:2], start=T0 + week, session="00000002")
    lost = site.put(clips[2], T0 + week - 86_400 + 10, "00000003")
    site.put(clips[2], T0 + 100, "00000004")  # somebody's hand, a week ago
    found = list(compare(site.index, site.volumes, recent=True))
    assert [(one.matter, one.name) for one in found] == [(Matter.UNINDEXED, lost)]
    assert mend(site.index, site.volumes, site.events, recent=True).adopted == 1
    assert matters(site) == [Matter.UNINDEXED]


def test_a_disk_that_is_not_mounted_loses_no_rows(site, clips):
    site.record(clips)
    (site.volume.path / "nanxi-volume.json").unlink()
    with pytest.raises(VolumeGoneError, match="mount the disk"):
        open_volumes([site.volume.path])
    before = dump(site.index)
    (difference,) = compare(site.index, {})
    assert (difference.matter, difference.expected) == (Matter.UNMOUNTED, COUNT)
    mend(site.index, {}, site.events)
    assert dump(site.index) == before


def test_a_copy_on_another_volume_is_named_and_left_alone(site, clips, tmp_path):
    (tmp_path / "disk2").mkdir()
    second = create(tmp_path / "disk2", "disk2")
    site.record(clips[:1])
    put(second, clips[0], T0)
    both = {**site.volumes, "disk2": second}
    assert [one.matter for one in compare(site.index, both)] == [Matter.DUPLICATE]
    assert mend(site.index, both, site.events).left == {Matter.DUPLICATE: 1}
    assert matters(site) == []


def test_a_file_without_pictures_is_garbage_and_no_row(site):
    name = parse(f"{CAMERA}_20260302T100000Z_00000001.ts")
    path = name.path(site.volume.path)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    assert site.closer.close(site.volume, [name]) == []
    assert site.index.garbage() == [(name, "disk1", "empty")]
    assert sweep(site.index, site.volumes, "2026-03-02").removed == 1
    assert not path.exists()


def test_holes_and_overlaps_are_counted_once(site, clips):
    site.record(clips[:2])
    site.record(clips[:2], start=T0 + 1, session="00000002")  # two recorders during a move
    ((_, _, recorded, segments, _),) = dump(site.index)[1]
    assert (recorded, segments) == (5000, 4)


def test_a_segment_over_the_hour_belongs_to_both(site, clips):
    site.record(clips[:1], start=T0 // 3600 * 3600 + 3599)
    assert [(hour * HOUR_MS, recorded) for _, hour, recorded, _, _ in dump(site.index)[1]] == [
        (T0 // 3600 * HOUR_MS, 1000),
        (T0 // 3600 * HOUR_MS + HOUR_MS, 1000),
    ]


def test_volumes_keep_their_names(site, tmp_path):
    with pytest.raises(RecordingError, match="is the volume disk1 already"):
        create(site.volume.path, "disk2")
    assert create(site.volume.path, "disk1") == site.volume


def test_what_is_no_index_is_named(tmp_path):
    (tmp_path / "index.db").write_bytes(os.urandom(8192))
    with pytest.raises(IndexFailedError, match=r"index\.db: file is not a database"):
        Index(tmp_path / "index.db")
    with pytest.raises(IndexFailedError, match="there is no index"):
        Index(tmp_path / "none.db", read_only=True)


def test_an_index_that_opens_for_reading_alone_is_refused(site, monkeypatch):
    """What SQLite falls back to where opening for writing fails: it would serve a recorder that indexes nothing more."""
    connect = sqlite3.connect
    monkeypatch.setattr(
        "nanxi.recording.database.sqlite3.connect",
        lambda path, **more: connect(f"file:{path}?mode=ro", uri=True, **more),
    )
    with pytest.raises(IndexFailedError, match=r"index\.db: attempt to write a readonly database"):
        Index(site.index.path)
    with Index(site.index.path, read_only=True) as index:
        assert index.cameras() == []
