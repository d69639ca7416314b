"""Every second of a camera's day is recorded or has a cause, and retention does not spoil what was complete."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from nanxi.recording.audit import Oddity, audit
from nanxi.recording.completeness import CST, bounds, completeness
from nanxi.recording.due import NEVER
from nanxi.recording.events import GATE_WORDS, Cause, Event
from nanxi.recording.gaps import explain, ledger
from nanxi.recording.rollup import covered
from nanxi.recording.timeline import DAY_MS, clip, total
from tests.recording.conftest import CAMERA
from tests.recording.synthetic import day, segment

#: 2026-03-02T00:00:00Z
D0 = 1_772_409_600
MS = D0 * 1000


def shown(found):
    return [((gap.from_ms - MS) // 1000, (gap.until_ms - MS) // 1000, str(gap.cause)) for gap in found.gaps]


def test_a_whole_day_has_no_gap(site):
    site.index.add(day(D0))
    found = ledger(site.index, site.events, CAMERA, MS, MS + DAY_MS)
    assert (found.recorded_ms, found.gaps) == (DAY_MS, ())


def test_each_gap_has_its_cause(site):
    minutes = day(D0)
    site.index.add([one for at, one in enumerate(minutes) if at not in {10, 11, 30, 50}])
    site.events.record(CAMERA, Cause.STALLED, MS + 610_000, MS + 715_000, "no pictures")
    site.events.record(None, Cause.HOST_DOWN, MS + 1_800_000, MS + 1_830_000)
    site.events.record("oubei-cam0001", Cause.REFUSED, MS + 3_000_000, MS + 3_060_000)
    found = ledger(site.index, site.events, CAMERA, MS, MS + DAY_MS)
    # A stall is seen 10 s late and ends 5 s before the next segment: that is its gap all the same. Half a minute of
    # another cause is not stretched, and another camera's trouble explains nothing.
    assert shown(found) == [(600, 720, "stalled"), (1800, 1860, "host-down"), (3000, 3060, "unknown")]
    assert found.gaps[0].detail == "no pictures"


def test_what_a_camera_left_out_is_a_stall_and_a_file_that_is_missing_is_not(site):
    held = [segment(D0, holes=((20_000, 3_000),)), segment(D0 + 60, 56), segment(D0 + 120), segment(D0 + 240)]
    site.index.add(held)
    found = ledger(site.index, site.events, CAMERA, MS, MS + 300_000)
    assert shown(found) == [(20, 23, "stalled"), (116, 120, "stalled"), (180, 240, "unknown")]
    late = ledger(
        site.index, site.events, CAMERA, MS + 118_000, MS + 130_000
    )  # the segment before it ended earlier
    assert shown(late) == [(118, 120, "stalled")]
    site.events.record(None, Cause.DISK, MS, MS + 30_000)  # whatever explains more counts
    assert shown(ledger(site.index, site.events, CAMERA, MS, MS + 30_000)) == [(20, 23, "disk")]


def test_a_stall_turns_out_to_be_a_dead_camera(site):
    """Its gap has one cause from the beginning, in the index and in the copy on the disk."""
    one = site.events.record(CAMERA, Cause.STALLED, MS, None, "no picture")
    site.events.amend(one, Cause.UNREACHABLE, "no connection")
    site.events.close(one, MS + 60_000)
    site.events.amend(one, Cause.REFUSED, "too late")
    found = ledger(site.index, site.events, CAMERA, MS, MS + 60_000)
    assert [(gap.cause, gap.detail) for gap in found.gaps] == [(Cause.UNREACHABLE, "no connection")]


def test_long_unexplained_time_beside_a_cause_stays_unknown():
    events = [Event("a", CAMERA, Cause.REFUSED, 100_000, 200_000)]
    assert [(gap.from_ms, gap.until_ms, gap.cause) for gap in explain(CAMERA, (0, 300_000), events)] == [
        (0, 100_000, Cause.UNKNOWN),
        (100_000, 200_000, Cause.REFUSED),
        (200_000, 300_000, Cause.UNKNOWN),
    ]


def test_of_overlapping_causes_the_one_that_explains_most_counts():
    events = [
        Event("a", CAMERA, Cause.UNREACHABLE, 0, None),
        Event("b", None, Cause.MAINTENANCE, 100, 200),
        Event("c", None, Cause.DISK, 150, 300),
    ]
    assert [(gap.from_ms, gap.cause) for gap in explain(CAMERA, (0, 400), events)] == [
        (0, Cause.UNREACHABLE),
        (100, Cause.MAINTENANCE),
        (200, Cause.DISK),
        (300, Cause.UNREACHABLE),
    ]


def test_open_events_end_when_they_are_closed(site):
    one = site.events.record(CAMERA, Cause.REFUSED, MS, detail="453")
    assert [event.id for event in site.events.open_events(CAMERA)] == [one]
    assert site.events.open_events("oubei-cam0001") == []
    site.events.close(one, MS + 5000)
    site.events.close(one, MS + 9000)  # closed is closed
    assert site.events.open_events() == []
    assert site.events.between(CAMERA, 0, 1 << 62)[0].until_ms == MS + 5000


def test_a_hole_inside_a_segment_is_a_gap(site):
    site.index.add([segment(D0, holes=((20_000, 10_000),), jumps=1)])
    assert shown(ledger(site.index, site.events, CAMERA, MS, MS + 60_000)) == [(20, 30, "stalled")]


@pytest.mark.parametrize("seed", range(40))
def test_recorded_and_gaps_are_the_day_to_the_millisecond(site, seed):
    """R5: random schedules of outages, runs, holes and overlaps; the hours' sums agree with the rows."""
    chance = random.Random(seed)
    segments, at, run = [], D0 - 600, 1
    while at < D0 + 86_400 + 600:
        length = chance.randint(1, 1200)
        holes = ((1000, 500),) if chance.random() < 0.1 and length > 2 else ()
        segments.append(
            segment(
                at, length, f"{run:08x}", pts=chance.randrange(1 << 33) if run % 7 == 0 else None, holes=holes
            )
        )
        if chance.random() < 0.3:
            run += 1
            at += chance.randint(-300, 3000)
        at += length
    segments.sort(key=lambda one: one.name)
    shuffled = segments[:]
    chance.shuffle(shuffled)
    for begin in range(0, len(shuffled), 7):
        site.index.add(shuffled[begin : begin + 7])
    for one in chance.sample(segments, len(segments) // 10):
        site.index.mark([(one.name, "disk1")], "test")
    for _ in range(20):
        begin = MS + chance.randrange(DAY_MS)
        site.events.record(CAMERA, chance.choice(list(Cause)), begin, begin + chance.randrange(1, 3_600_000))
    since = chance.choice((0, MS + chance.randrange(DAY_MS), NEVER))
    found = ledger(site.index, site.events, CAMERA, MS, MS + DAY_MS, since=since)
    assert found.recorded_ms + sum(gap.length_ms for gap in found.gaps) == DAY_MS
    pieces = sorted([*found.recorded, *((gap.from_ms, gap.until_ms) for gap in found.gaps)])
    assert [end for _, end in pieces[:-1]] == [begin for begin, _ in pieces[1:]]
    (told,) = completeness(site.index, date(2026, 3, 2), {}, UTC)
    assert (
        told.recorded_ms == total(clip(covered(site.index.all(CAMERA)), MS, MS + DAY_MS)) == found.recorded_ms
    )


def test_completeness_by_chinese_day_and_by_utc_day(site):
    site.index.add(day(D0))
    since = {CAMERA: 0, "oubei-cam0001": 0}

    def told(which, zone):
        return {one.camera: one.ratio for one in completeness(site.index, which, since, zone)}

    assert told(date(2026, 3, 2), UTC) == {CAMERA: 1.0, "oubei-cam0001": 0.0}
    assert told(date(2026, 3, 2), CST)[CAMERA] == pytest.approx(2 / 3)
    assert told(date(2026, 3, 3), CST)[CAMERA] == pytest.approx(1 / 3)
    assert bounds(date(2026, 3, 2), CST)[0] == MS - 8 * 3_600_000


def test_nothing_is_due_before_a_camera_and_after_now(site):
    site.index.add(day(D0, minutes=60))
    at = datetime.fromtimestamp(D0 + 3600 + 120, UTC)
    (today,) = completeness(site.index, date(2026, 3, 2), {CAMERA: MS + 1_800_000}, UTC, now=at)
    assert (today.due_ms, today.ratio) == (1_800_000, 1.0)
    (tomorrow,) = completeness(site.index, date(2026, 3, 3), {CAMERA: 0}, UTC, now=at)
    assert tomorrow.ratio is None


def test_what_retention_deletes_was_complete_all_the_same(site):
    minutes = day(D0)
    site.index.add(minutes)
    site.index.mark([(one.name, "disk1") for one in minutes[:700]], "retention", by_retention=True)
    site.index.mark([(minutes[900].name, "disk1")], "disk")  # this one is a loss
    (told,) = completeness(site.index, date(2026, 3, 2), {}, UTC)
    assert (told.recorded_ms, told.segments) == (DAY_MS - 60_000, 739)
    found = ledger(site.index, site.events, CAMERA, MS, MS + DAY_MS)
    assert shown(found) == [(0, 42_000, "deleted"), (54_000, 54_060, "unknown")]


def test_every_word_of_the_gate_is_a_cause():
    causes = pytest.importorskip("nanxi.gate.causes")
    assert {str(word) for word in causes.Cause} == set(GATE_WORDS)


def test_odd_segments_are_named():
    """20 ppm is any crystal; a second a minute is a broken encoder (R4), and a stepped host clock shows at once."""
    slow = [segment(D0 + 60 * at, pts=at * 60 * 90_090) for at in range(600)]
    fine = [segment(D0 + 86_400 + 60 * at) for at in range(600)]
    stepped = segment(D0 + 2 * 86_400, holes=((1000, 500),), jumps=1)
    stepped = type(stepped)(
        stepped.name, stepped.volume, stepped.size, stepped.closed_ms + 3_600_000, stepped.media
    )
    found = [(one.oddity, one.value) for one in audit([*slow, *fine, stepped])]
    assert found == [(Oddity.CRYSTAL, 1000), (Oddity.JUMP, 1), (Oddity.DRIFT, 3_600_000)]


def test_utc_has_every_hour_once():
    begins = [bounds(date(2026, 1, 1) + timedelta(days=at), CST)[0] for at in range(400)]
    assert {later - earlier for earlier, later in pairwise(begins)} == {DAY_MS}
