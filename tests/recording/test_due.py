"""A camera is due on a host from when the host was first told to record it; nobody is excused by that who was told."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from nanxi.county.model import PointClass
from nanxi.recorder.books import Books
from nanxi.recorder.config import CameraPlan, RecorderConfig
from nanxi.recording import believed
from nanxi.recording.completeness import completeness
from nanxi.recording.config import Promise, RecordingConfig
from nanxi.recording.database import VERSION, version
from nanxi.recording.due import NEVER, due_since, note
from nanxi.recording.errors import IndexFailedError
from nanxi.recording.events import Cause
from nanxi.recording.gaps import ledger
from nanxi.recording.holds import Holds
from nanxi.recording.index import Index
from nanxi.recording.mend import mend
from nanxi.recording.names import SegmentName
from nanxi.recording.standing import Verdict, standing
from nanxi.recording.timeline import DAY_MS
from nanxi.recording.words import CAUSES
from tests.recording.conftest import CAMERA, T0
from tests.recording.synthetic import day, segment

OTHER = "shangtang-cam0008"
#: 2026-03-02T00:00:00Z; the register says that the cameras were put into use in 2020.
D0, IN_USE = 1_772_409_600, 1_577_836_800
MS = D0 * 1000
FIRST_DAY, SECOND_DAY = date(2026, 3, 2), date(2026, 3, 3)
NOON = MS + DAY_MS // 2


def promise(since=IN_USE, **more):
    return Promise(point_class=PointClass.CLASS_1, days=30, since=since, **more)


def config(site, *cameras, **more):
    return RecordingConfig(
        volumes=(site.volume.path,), cameras=dict.fromkeys(cameras or (CAMERA,), promise(**more))
    )


def ratio(site, which, config_, now=None):
    since = due_since(config_, site.index)
    (told,) = completeness(site.index, which, since, UTC, now and datetime.fromtimestamp(now, UTC))
    return told.ratio


def told_at(site, *cameras, **more):
    return list(due_since(config(site, *cameras, **more), site.index).values())


def test_a_host_of_its_first_day_misses_nothing_of_yesterday(site):
    """And of its second day, what it missed since it was told."""
    note(site.index, [CAMERA], NOON)
    site.index.add(day(D0 + 43_200 + 3600, minutes=660))
    assert ratio(site, date(2026, 3, 1), config(site)) is None
    assert ratio(site, FIRST_DAY, config(site), now=D0 + 43_200) is None
    assert ratio(site, FIRST_DAY, config(site)) == pytest.approx(11 / 12)
    assert ratio(site, SECOND_DAY, config(site)) == 0
    (since,) = told_at(site)
    found = ledger(site.index, site.events, CAMERA, MS - DAY_MS, MS + DAY_MS, since=since)
    assert [(gap.until_ms, gap.cause) for gap in found.gaps] == [
        (NOON, Cause.NOT_DUE),
        (NOON + 3_600_000, Cause.UNKNOWN),
    ]
    assert found.recorded_ms + sum(gap.length_ms for gap in found.gaps) == 2 * DAY_MS


def test_a_host_whose_keeper_never_ran_is_not_excused(site):
    assert told_at(site) == [IN_USE * 1000]
    assert ratio(site, FIRST_DAY, config(site)) == 0


def test_the_first_time_counts_and_the_registers_when_it_is_later(site):
    note(site.index, [CAMERA], MS)
    note(site.index, [CAMERA], NOON)
    assert told_at(site) == [MS]
    assert told_at(site, since=D0 + 60) == [MS + 60_000]


def test_a_camera_that_moved_is_due_at_its_new_host_from_then_on(site):
    note(site.index, [OTHER], MS - 90 * DAY_MS)
    note(site.index, [OTHER, CAMERA], NOON)
    assert told_at(site, OTHER, CAMERA) == [MS - 90 * DAY_MS, NOON]


def test_what_vehicles_bring_is_never_due_and_never_not_due(site):
    note(site.index, [CAMERA], NOON)
    assert told_at(site, vehicle="traffic-host01") == [NEVER]
    found = ledger(site.index, site.events, CAMERA, MS, NOON, since=NEVER)
    assert [gap.cause for gap in found.gaps] == [Cause.UNKNOWN]


def test_an_index_that_was_made_again_takes_the_first_footage(site, other_site, clips):
    note(site.index, [CAMERA, OTHER], (T0 - 600) * 1000)
    site.record(clips)
    mend(other_site.index, other_site.volumes, other_site.events, now=T0 + 7200)
    note(other_site.index, [CAMERA, OTHER], (T0 + 7200) * 1000)
    assert told_at(other_site, CAMERA, OTHER) == [T0 * 1000, (T0 + 7200) * 1000]


def test_footage_that_turns_up_later_counts_and_its_deletion_excuses_nothing(site):
    """A disk that was not mounted while the index was made again."""
    note(site.index, [CAMERA], NOON)
    old = segment(D0)
    site.index.add([old])
    assert told_at(site) == [MS]
    note(site.index, [CAMERA], NOON)
    site.index.mark([(old.name, "disk1")], "retention", by_retention=True)
    assert told_at(site) == [MS]


def test_names_of_a_clock_that_was_not_believed_tell_no_age(site):
    old = segment(60)
    site.index.add([replace(old, name=SegmentName(CAMERA, 60, "0000dead", synchronised=False))])
    note(site.index, [CAMERA], NOON)
    assert told_at(site) == [NOON]


def test_an_index_of_the_version_before_goes_on(site):
    """Readers take it as it is; the keeper brings it up, and what it recorded, deleted or not, says since when."""
    minutes = day(D0 + 1800, minutes=120)
    site.index.add([*minutes, segment(D0 + 86_400, camera=OTHER)])
    site.index.mark([(one.name, "disk1") for one in minutes], "retention", by_retention=True)
    with site.index.writing() as connection:
        connection.execute("DROP TABLE due")
        connection.execute("PRAGMA user_version=2")
    both = config(site, CAMERA, OTHER)
    with Index(site.index.path, read_only=True) as reader:
        assert set(due_since(both, reader).values()) == {IN_USE * 1000}
    with Index(site.index.path) as again, again.reading() as connection:
        assert version(connection) == VERSION
        assert set(due_since(both, again).values()) == {IN_USE * 1000}
        note(again, [CAMERA, OTHER], MS + 9 * DAY_MS)
        assert list(due_since(both, again).values()) == [MS + 1_800_000, MS + DAY_MS]


@pytest.fixture
def recorder(site, tmp_path):
    recording = {
        "index": str(site.index.path),
        "volumes": [str(site.volume.path)],
        "cameras": {
            CAMERA: json.loads(promise().model_dump_json()),
            OTHER: json.loads(promise(vehicle="traffic-host01").model_dump_json()),
        },
    }
    (tmp_path / "recording.json").write_text(json.dumps(recording))
    return RecorderConfig(
        {CAMERA: CameraPlan(site.volume.path)},
        recording=tmp_path / "recording.json",
        run=tmp_path,
        trust_clock=True,
    )


def written(site):
    with site.index.reading() as connection:
        return dict(connection.execute("SELECT * FROM due").fetchall())


def test_the_keeper_writes_it_at_its_start_for_the_hosts_own_cameras(site, recorder, monkeypatch):
    """A crash before that changes nothing: the next start writes it, and later ones leave it."""

    def crashes(*_):
        raise IndexFailedError("index.db: disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr("nanxi.recorder.books.note", crashes)
        with pytest.raises(IndexFailedError):
            Books.open(recorder)
    assert written(site) == {}
    before = datetime.now(UTC).timestamp() * 1000 - 1
    Books.open(recorder).close()
    first = written(site)
    assert list(first) == [CAMERA]
    assert before < first[CAMERA] <= datetime.now(UTC).timestamp() * 1000
    Books.open(recorder).close()
    assert written(site) == first


def test_the_keeper_waits_for_a_clock_that_is_believed(site, recorder):
    """1970 would accuse the host of half a century, next year would excuse a dead camera until then."""
    sight = believed.look(trust=True)
    believed.keep(site.state / believed.FILE, replace(sight, wall_ms=sight.wall_ms - 30 * DAY_MS))
    books = Books.open(recorder)
    books.seen_at = -1e9
    books.look({"streams": []}, {})
    assert written(site) == {}
    believed.keep(site.state / believed.FILE, sight)
    books.seen_at = -1e9
    books.look({"streams": []}, {})
    assert list(written(site)) == [CAMERA]
    books.close()


def test_a_young_host_is_collecting(site):
    """The register's 2020 made its first day short of 30 days."""
    now = datetime.fromtimestamp(D0 + 86_400, UTC)
    note(site.index, [CAMERA], NOON)
    site.index.add([segment(D0 + 43_230)])
    holds, own = Holds(site.index, []), config(site).own
    (stands,) = standing(site.index, own, due_since(config(site), site.index), holds, now)
    assert stands.verdict is Verdict.COLLECTING


def test_what_never_was_is_not_called_deleted_and_an_outage_stays_one(site):
    """Half a day after the host was told, retention has taken its first hour; it had been down before that."""
    note(site.index, [CAMERA], NOON)
    minutes = day(D0 + 43_200, minutes=720)
    site.index.add(minutes)
    site.index.mark([(one.name, "disk1") for one in minutes[:60]], "retention", by_retention=True)
    site.events.record(None, Cause.HOST_DOWN, MS, MS + 3_600_000)
    found = ledger(site.index, site.events, CAMERA, MS, MS + DAY_MS, since=NOON)
    assert [(gap.until_ms, gap.cause) for gap in found.gaps] == [
        (MS + 3_600_000, Cause.HOST_DOWN),
        (NOON, Cause.NOT_DUE),
        (NOON + 3_600_000, Cause.DELETED),
    ]


@pytest.mark.parametrize("seed", range(10))
def test_time_that_was_not_due_and_the_rest_make_the_day(site, seed):
    chance = random.Random(seed)
    since = MS + chance.randrange(-DAY_MS // 4, DAY_MS * 5 // 4)
    note(site.index, [CAMERA], since)
    kept = (since // 60_000 + 1) * 60 + chance.randrange(3600)
    site.index.add([one for one in day(kept) if chance.random() < 0.9])
    (told,) = told_at(site)
    assert told == since
    found = ledger(site.index, site.events, CAMERA, MS, MS + DAY_MS, since=told)
    early = sum(gap.length_ms for gap in found.gaps if gap.cause is Cause.NOT_DUE)
    assert found.recorded_ms + sum(gap.length_ms for gap in found.gaps) == DAY_MS
    (whole,) = completeness(site.index, FIRST_DAY, {CAMERA: told}, UTC)
    assert 0 <= early + whole.due_ms - DAY_MS <= 30_000  # pictures come a while after a host was told


def test_every_cause_has_a_word():
    assert {language: set(words) for language, words in CAUSES.items()} == {
        "zh": set(Cause),
        "en": set(Cause),
    }
