"""A clock that is wrong deletes nothing early, names nothing as if it were right, and is told."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from nanxi.recording import believed, undated
from nanxi.recording.believed import Belief, Sight, believe
from nanxi.recording.config import RecordingConfig
from nanxi.recording.due import note
from nanxi.recording.holds import Holds
from nanxi.recording.index import Index
from nanxi.recording.keeping import Keeper
from nanxi.recording.names import SegmentName
from nanxi.recording.reconcile import Matter, compare
from nanxi.recording.removal import sweep
from nanxi.recording.standing import Verdict, standing
from tests.recording.conftest import T0, put
from tests.recording.synthetic import segment
from tests.recording.test_retention import DAY_S, FIRST, NOW_S, PROMISED, SIZE, Disk

HOUR_MS, DAY_MS, YEAR_MS = 3_600_000, 86_400_000, 365 * 86_400_000
NOW_MS = NOW_S * 1000
KNOWN = Sight(NOW_MS, 50 * HOUR_MS, "boot-1", synchronised=True)


def later(ms, *, wall=0, boot="boot-1", up=None, synchronised=True):
    """What the clocks say ``ms`` after KNOWN when the wall clock is off by ``wall``."""
    uptime = KNOWN.uptime_ms + ms if up is None else up
    return Sight(NOW_MS + ms + wall, uptime, boot, synchronised)


@pytest.mark.parametrize(
    ("seen", "now", "doubt"),
    [
        (later(300_000), NOW_MS + 300_000, ""),
        (later(300_000, wall=10_000), NOW_MS + 310_000, ""),  # a step of ten seconds is a correction
        (later(300_000, wall=YEAR_MS), NOW_MS + 300_000, "365 days ahead"),
        (later(300_000, wall=2 * HOUR_MS), NOW_MS + 300_000, "2.0 h ahead"),
        (later(300_000, wall=-2 * HOUR_MS), NOW_MS + 300_000 - 2 * HOUR_MS, "2.0 h behind"),
        (later(300_000, wall=YEAR_MS, synchronised=False), NOW_MS + 300_000, "not synchronised"),
        (later(300_000, wall=-NOW_MS, synchronised=False), 300_000, "not synchronised"),  # 1970
        # After a boot nobody knows how long it was off: at least as long as it is up again.
        (later(DAY_MS, boot="boot-2", up=60_000), NOW_MS + DAY_MS, ""),
        (later(10 * DAY_MS, boot="boot-2", up=60_000), NOW_MS + 60_000, "10 days ahead"),
        (later(DAY_MS, boot="boot-2", up=60_000, synchronised=False), NOW_MS + 60_000, "not synchronised"),
        (later(DAY_MS, wall=-2 * DAY_MS, boot="boot-2", up=60_000), NOW_MS - DAY_MS, "24.0 h behind"),
    ],
)
def test_what_is_believed(seen, now, doubt):
    found = believe(KNOWN, seen)
    assert found.now_ms == now
    assert doubt in found.doubt
    assert bool(found.doubt) is bool(doubt)


def test_a_container_that_starts_again_has_the_uptime_of_the_machine_below():
    """The lab's hosts marked everything as undated after their second boot: 50 hours more than the clock said."""
    first, second = believed.look(trust=True), believed.look(trust=True)
    assert believe(first, second).doubt == ""
    known = replace(KNOWN, boot="")
    again = later(2 * HOUR_MS, boot="")
    assert believe(known, again) == Belief(again.wall_ms)
    # The machine below was started anew: nobody knows how long it was off.
    below = later(DAY_MS, boot="", up=60_000)
    assert believe(known, below) == Belief(below.wall_ms)


def test_without_anything_known_a_kept_clock_is_believed_and_another_tells_nothing():
    assert believe(None, KNOWN) == Belief(NOW_MS)
    assert believe(None, replace(KNOWN, synchronised=False)).now_ms == 0


class Host:
    """Retention of a host whose clocks say what a test wants."""

    def __init__(self, site, free=500):
        self.site, self.sight = site, KNOWN
        cameras = {FIRST: PROMISED[FIRST]}
        config = RecordingConfig(index=site.state / "index.db", volumes=(site.volume.path,), cameras=cameras)
        self.keeper = Keeper(
            site.index,
            site.volumes,
            config,
            Holds(site.index, []),
            Disk(site.index, free),
            lambda: self.sight,
        )

    def round(self, sight):
        self.sight = sight
        return self.keeper.round()

    def left(self):
        return [one.name for one, _ in self.site.index.all(FIRST)]


def fill(site, days=29):
    site.index.add(segment(NOW_S - 60 - day * DAY_S, camera=FIRST, size=SIZE) for day in range(days))


@pytest.mark.parametrize("synchronised", [True, False])
@pytest.mark.parametrize("boot", ["boot-1", "boot-2"])
def test_a_clock_a_year_ahead_deletes_nothing(site, boot, synchronised):
    fill(site)
    host = Host(site)
    assert host.round(KNOWN).clean
    ahead = later(600_000, wall=YEAR_MS, boot=boot, up=600_000 if boot == "boot-2" else None)
    report = host.round(replace(ahead, synchronised=synchronised))
    assert report.expired == {}
    assert report.clock
    assert not report.clean
    assert len(host.left()) == 29
    # It goes on: what has had its time by the uptime goes, while the wall clock is still wrong.
    much_later = later(2 * DAY_MS, wall=YEAR_MS)
    if boot == "boot-1":
        assert host.round(much_later).expired == {FIRST: 1}
    # The clock is right again, and nothing has to be said to anybody.
    right = host.round(later(2 * DAY_MS))
    assert right.clean
    assert len(host.left()) == 28


def test_a_clock_a_year_ahead_spares_the_last_week_on_a_full_disk(site):
    fill(site, days=20)
    host = Host(site, free=59)
    host.round(KNOWN)
    assert len(host.left()) == 9
    full = Host(site, free=-900)
    full.round(later(600_000, wall=YEAR_MS))
    assert len(host.left()) == 7  # by the clock on the wall all of them are a year old


def test_a_person_may_say_that_a_host_was_off_for_longer(site):
    fill(site)
    host = Host(site)
    host.round(KNOWN)
    back = later(20 * DAY_MS, boot="boot-2", up=60_000)
    assert "20 days ahead" in host.round(back).clock
    believed.keep(site.state / believed.FILE, back)
    report = host.round(later(20 * DAY_MS + 1000, boot="boot-2", up=61_000))
    assert (report.clock, report.expired) == ("", {FIRST: 19})


def test_what_is_known_outlives_the_index_and_may_be_spoiled(tmp_path):
    file = tmp_path / believed.FILE
    assert believed.last(file) is None
    believed.keep(file, KNOWN)
    assert believed.last(file) == KNOWN
    file.write_text('{"wall_ms":')
    assert believed.last(file) is None


#: Names of 1970, of the year before and of the year after, all written today by clocks that were not believed.
WRONG = {"1970": 60, "last-year": NOW_S - 365 * DAY_S, "next-year": NOW_S + 365 * DAY_S}


@pytest.mark.parametrize("when", WRONG)
def test_footage_without_a_date_is_kept_as_long_as_any_other_and_then_deleted(site, when):
    name = SegmentName(FIRST, WRONG[when], "0000dead", synchronised=False)
    wrong = replace(segment(name.start, camera=FIRST, size=SIZE), name=name)
    site.index.add([wrong, segment(NOW_S - 60, camera=FIRST, size=SIZE)])
    host = Host(site)
    host.round(later(0, wall=(WRONG[when] - NOW_S) * 1000, synchronised=False))
    assert name in host.left()
    assert host.round(KNOWN).expired == {}
    assert host.round(later(29 * DAY_MS)).expired == {}
    assert name in host.left()
    assert host.round(later(30 * DAY_MS + 120_000)).expired == {FIRST: 2}
    assert host.left() == []
    assert undated.dates(site.index) == {(FIRST, "0000dead"): NOW_MS}
    host.round(later(30 * DAY_MS + 240_000))
    assert undated.dates(site.index) == {}
    # And the ledger does not call all the time until then deleted.
    assert site.index.deleted_until(FIRST) == NOW_MS


def test_a_full_disk_takes_footage_without_a_date_in_its_turn(site):
    name = SegmentName(FIRST, 60, "0000dead", synchronised=False)
    site.index.add([replace(segment(60, camera=FIRST, size=SIZE), name=name)])
    fill(site, days=20)
    full = Host(site, free=50)
    full.round(KNOWN)
    assert name in full.left()  # it was seen just now
    assert len(full.left()) < 21
    assert site.index.last(FIRST, NOW_S) is not None


def test_a_run_that_grows_counts_from_its_last_segment(site):
    def add(at):
        name = SegmentName(FIRST, 60 + at, "0000dead", synchronised=False)
        site.index.add([replace(segment(60 + at, camera=FIRST), name=name)])

    add(0)
    undated.date(site.index, 1000)
    undated.date(site.index, 2000)
    assert undated.dates(site.index) == {(FIRST, "0000dead"): 1000}
    add(60)
    undated.date(site.index, 3000)
    assert undated.dates(site.index) == {(FIRST, "0000dead"): 3000}


def test_footage_without_a_date_makes_no_camera_overdue(site):
    name = SegmentName(FIRST, 60, "0000dead", synchronised=False)
    site.index.add([replace(segment(60, camera=FIRST), name=name)])
    fill(site, days=31)
    now = datetime.fromtimestamp(NOW_S, UTC)
    (stands,) = standing(site.index, {FIRST: PROMISED[FIRST]}, {}, Holds(site.index, []), now)
    assert stands.verdict is Verdict.KEPT


def test_a_name_of_the_future_hides_no_later_crash(site, clips):
    """Rows of a clock that was ahead are the newest ones: what is new now lies before them."""
    site.record(clips[:1], start=T0 + 365 * DAY_S, session="0000dead")
    site.record(clips[:1], start=T0)
    left = put(site.volume, clips[1], T0 + 2)
    found = list(compare(site.index, site.volumes, now=T0 + 3600, recent=True))
    assert [(one.matter, one.name) for one in found] == [(Matter.UNINDEXED, left)]
    assert sweep(site.index, site.volumes, "2026-03-02").removed == 0


def test_an_index_of_the_version_before_is_brought_up(tmp_path, site):
    fill(site, days=1)
    with site.index.writing() as connection:
        connection.execute("DROP TABLE undated")
        connection.execute("DROP TABLE due")
        connection.execute("DROP INDEX segment_undated")
        connection.execute("PRAGMA user_version=1")
    shutil.copy(site.state / "index.db", tmp_path / "old.db")
    with Index(site.state / "index.db") as again:
        assert undated.dates(again) == {}
        note(again, [FIRST], NOW_S * 1000)
        assert len(list(again.all(FIRST))) == 1
