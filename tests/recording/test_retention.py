"""Kept as long as promised, deleted then, held as long as somebody says so, and room when a disk runs full."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nanxi.county.model import PointClass
from nanxi.estate import load_estate
from nanxi.findings import InputError
from nanxi.recording.config import Promise, RecordingConfig, load_config, promises
from nanxi.recording.errors import RecordingError
from nanxi.recording.holds import Holds
from nanxi.recording.keeping import Keeper
from nanxi.recording.retention import FLOOR_DAYS
from nanxi.recording.standing import Verdict, standing
from nanxi.register.model import Camera
from tests.recording.synthetic import segment

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOW_S = int(NOW.timestamp())
DAY_S = 86_400
SIZE = 1_000_000

FIRST, SECOND, THIRD = "a-cam0001", "b-cam0002", "c-cam0003"
PROMISED = {
    FIRST: Promise(point_class=PointClass.CLASS_1, days=30),
    SECOND: Promise(point_class=PointClass.CLASS_2, days=90),
    THIRD: Promise(point_class=PointClass.CLASS_3, days=30),
}


class Disk:
    """A disk of 1,000 segments' size on which ``free`` segments' room is left, and what deleting gives back."""

    def __init__(self, index, free):
        self.index, self.total = index, 1000 * SIZE
        self.free = free * SIZE
        self.before = self.used()

    def used(self):
        return sum(one.size for camera in self.index.cameras() for one, _ in self.index.all(camera))

    def __call__(self, path):
        return self.total, self.free + self.before - self.used()


def keeper(site, disk=None, cameras=None):
    config = RecordingConfig(volumes=(site.volume.path,), cameras=PROMISED if cameras is None else cameras)
    disk = disk or Disk(site.index, 500)
    return Keeper(site.index, site.volumes, config, Holds(site.index, [site.volume.path]), disk)


def fill(site, days, cameras=PROMISED, per_day=2):
    """Some segments of every day, the last of them just now."""
    site.index.add(
        segment(NOW_S - 60 - day * DAY_S - at * 3600, camera=camera, size=SIZE)
        for camera in cameras
        for day in range(days)
        for at in range(per_day)
    )


def ages(site, camera):
    """Whole days of age of the camera's segments, oldest first."""
    return [(NOW_S - one.name.start) // DAY_S for one, _ in site.index.all(camera)]


def test_what_is_over_goes_and_nothing_else(site):
    fill(site, 100, per_day=1)
    report = keeper(site).round(NOW)
    assert {camera: ages(site, camera)[0] for camera in PROMISED} == {FIRST: 29, SECOND: 89, THIRD: 29}
    assert report.expired == {FIRST: 70, SECOND: 10, THIRD: 70}
    assert report.clean
    assert site.index.garbage() == []
    assert keeper(site).round(NOW).expired == {}


def test_a_segment_stays_until_its_last_second_is_over(site):
    site.index.add(
        [
            segment(NOW_S - 30 * DAY_S - 60, camera=FIRST),
            segment(NOW_S - 30 * DAY_S - 59, 60, "00000002", camera=FIRST),
        ]
    )
    keeper(site).round(NOW)
    assert [one.name.session for one, _ in site.index.all(FIRST)] == ["00000002"]


def test_held_footage_stays_and_goes_when_it_is_released(site):
    fill(site, 40, cameras=[FIRST], per_day=1)
    holds = Holds(site.index, [site.volume.path])
    begin = (NOW_S - 35 * DAY_S - 60) * 1000
    hold = holds.place(FIRST, begin, begin + 1, "case 2026-17", "Li Wei, criminal police")
    keeper(site).round(NOW)
    assert ages(site, FIRST)[:2] == [35, 29]
    holds.release(hold.id, "case closed", "Li Wei")
    keeper(site).round(NOW)
    assert ages(site, FIRST)[0] == 29
    with pytest.raises(RecordingError, match="no hold"):
        holds.release(hold.id, "again", "Li Wei")


def test_a_hold_needs_reason_and_person(site):
    holds = Holds(site.index, [site.volume.path])
    for reason, who in (("", "Li Wei"), ("case", " ")):
        with pytest.raises(RecordingError, match="needs a reason and who"):
            holds.place(FIRST, 0, 1, reason, who)
    with pytest.raises(RecordingError, match="ends after"):
        holds.place(FIRST, 1, 1, "case", "Li Wei")
    with pytest.raises(RecordingError, match="no volume takes the hold"):
        Holds(site.index, [site.state / "gone"]).place(FIRST, 0, 1, "case", "Li Wei")
    assert holds.all() == []


def test_a_lost_index_releases_no_hold(site, other_site):
    holds = Holds(site.index, [site.volume.path])
    kept = holds.place(FIRST, 1000, 2000, "case", "Li Wei")
    gone = holds.place(FIRST, 5000, 6000, "case", "Li Wei")
    holds.release(gone.id, "closed", "Li Wei")
    rebuilt = Holds(other_site.index, [site.volume.path])
    assert rebuilt.restore() == 2
    assert rebuilt.intervals() == {FIRST: [(1000, 2000)]}
    assert rebuilt.all()[0] == kept


def test_a_camera_without_promise_loses_nothing_and_is_named(site):
    fill(site, 50, cameras=[FIRST, THIRD], per_day=1)
    report = keeper(site, Disk(site.index, 0), cameras={FIRST: PROMISED[FIRST]}).round(NOW)
    assert report.unpromised == [THIRD]
    assert len(ages(site, THIRD)) == 50


def test_a_full_disk_takes_the_day_that_goes_next_class_3_first(site):
    fill(site, 29)
    # 50 free of 1,000: 20 segments are wanted. Nothing is over yet; camera 2 has 90 days and so keeps all of its 29.
    report = keeper(site, Disk(site.index, 50)).round(NOW)
    assert (len(ages(site, FIRST)), len(ages(site, SECOND)), len(ages(site, THIRD))) == (48, 58, 48)
    assert {camera: early.segments for camera, early in report.early.items()} == {FIRST: 10, THIRD: 10}
    assert report.early[FIRST].worst_ms // 1000 // DAY_S == 6
    assert not report.clean
    assert report.short == {}


def test_within_a_day_class_1_goes_last(site):
    fill(site, 20)
    report = keeper(site, Disk(site.index, 59), cameras={one: PROMISED[one] for one in (FIRST, THIRD)}).round(
        NOW
    )
    assert {camera: early.segments for camera, early in report.early.items()} == {FIRST: 5, THIRD: 6}


def test_no_watermark_no_eviction(site):
    fill(site, 29)
    assert keeper(site, Disk(site.index, 60)).round(NOW).clean


def test_held_footage_survives_a_full_disk(site):
    fill(site, 20)
    begin = (NOW_S - 20 * DAY_S) * 1000
    Holds(site.index, [site.volume.path]).place(THIRD, begin, NOW_S * 1000, "case", "Li Wei")
    keeper(site, Disk(site.index, 50)).round(NOW)
    assert (len(ages(site, THIRD)), len(ages(site, FIRST))) == (40, 20)


def test_something_else_fills_the_disk(site):
    """The last week stays whatever happens; that the volume is still too full is said."""
    fill(site, 20)
    report = keeper(site, Disk(site.index, -900)).round(NOW)
    assert {camera: max(ages(site, camera)) for camera in PROMISED} == dict.fromkeys(PROMISED, FLOOR_DAYS - 1)
    assert report.short == {"disk1": pytest.approx(-0.822)}


def test_an_interrupted_round_is_finished_by_the_next(site, clips):
    (closed,) = site.record(clips[:1])
    site.index.mark([(closed.name, "disk1")], "retention", by_retention=True)  # and then the power went
    path = closed.name.path(site.volume.path)
    assert path.exists()
    keeper(site).round(NOW)
    assert not path.exists()


def verdicts(site, promised=PROMISED):
    since = {camera: promise.since * 1000 for camera, promise in promised.items()}
    return {
        one.camera: one.verdict for one in standing(site.index, promised, since, Holds(site.index, []), NOW)
    }


def test_standing_against_the_promise(site):
    since = NOW_S - 60 * DAY_S
    promised = {
        camera: Promise(point_class=PointClass.CLASS_1, days=30, since=begin)
        for camera, begin in (("kept-cam1", since), ("new-cam1", NOW_S - 5 * DAY_S), ("short-cam1", since),
                              ("over-cam1", since), ("none-cam1", since), ("unsaid-cam1", 0))
    }  # fmt: skip
    for camera, days in (
        ("kept-cam1", 30),
        ("new-cam1", 5),
        ("short-cam1", 20),
        ("over-cam1", 33),
        ("unsaid-cam1", 9),
    ):
        site.index.add(segment(NOW_S - day * DAY_S, camera=camera) for day in range(days, 0, -1))
    assert verdicts(site, promised) == {
        "kept-cam1": Verdict.KEPT,
        "new-cam1": Verdict.COLLECTING,
        "short-cam1": Verdict.SHORT,
        "over-cam1": Verdict.OVERDUE,
        "none-cam1": Verdict.NOTHING,
        "unsaid-cam1": Verdict.COLLECTING,
    }


def test_evicted_footage_is_short_even_if_nobody_said_since_when(site):
    fill(site, 31)
    keeper(site, Disk(site.index, 50)).round(NOW)
    assert verdicts(site)[THIRD] is Verdict.SHORT


def test_held_footage_is_not_overdue(site):
    fill(site, 40, cameras=[FIRST])
    Holds(site.index, [site.volume.path]).place(FIRST, 0, NOW_S * 1000, "case", "Li Wei")
    assert verdicts(site, {FIRST: PROMISED[FIRST]}) == {FIRST: Verdict.KEPT}


def test_promises_come_from_register_and_plan():
    estate = load_estate(ROOT / "inventory/lab")
    cameras = [host for host, one in estate.devices.items() if isinstance(one, Camera)]
    found = promises(estate, cameras[:3])
    assert {one.days for one in found.values()} == {30}
    assert found[cameras[0]].code == estate.devices[cameras[0]].code
    with pytest.raises(KeyError):
        promises(estate, ["shangtang-cam9999"])


def test_configuration_mistakes_all_at_once(tmp_path):
    path = tmp_path / "recording.json"
    good = {"volumes": ["/srv/1"], "cameras": {FIRST: {"point_class": "1", "days": 30}}}
    path.write_text(json.dumps(good))
    assert load_config(path).cameras[FIRST].days == 30
    path.write_text(
        json.dumps({"volumes": [], "cameras": {FIRST: {"point_class": "9", "days": 0}}, "colour": 1})
    )
    with pytest.raises(InputError) as caught:
        load_config(path)
    assert {one.column for one in caught.value.findings} == {
        "volumes", f"cameras.{FIRST}.point_class", f"cameras.{FIRST}.days", "colour"
    }  # fmt: skip
    path.write_text(
        json.dumps({**good, "cameras": {"cam7": good["cameras"][FIRST]}, "watermarks": {"start": 0.5}})
    )
    with pytest.raises(InputError, match="2 mistakes") as caught:
        load_config(path)
    with pytest.raises(InputError, match="the role recorder writes it"):
        load_config(tmp_path / "none.json")
