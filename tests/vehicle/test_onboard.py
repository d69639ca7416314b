"""Retention on board: a depot's proof comes before deletion, save where the disk leaves no other way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from nanxi.recording.events import Cause
from nanxi.recording.keeping import Keeper
from nanxi.recording.onboard import BoardKeeper
from nanxi.recording.receipts import Receipt, Receipts
from tests.recording.synthetic import segment
from tests.vehicle.conftest import CAMERAS, recent

DAY = 86_400
NOW = recent(0)


def put(host, *segments):
    """Index segments and make their files, of a byte."""
    for one in segments:
        path = one.name.path(host.volumes["disk1"].path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    host.index.add(segments)


def confirm(host, *segments, size=None):
    with Receipts(host.config.on_board.receipts) as receipts:
        receipts.add(
            Receipt(
                str(s.name),
                s.name.camera,
                s.start_ms,
                s.start_ms + 60_000,
                size or s.size,
                "",
                "shangtang",
                0,
            )
            for s in segments
        )


def left(host):
    rows = [one for camera in host.index.cameras() for one, _ in host.index.all(camera)]
    for one in rows:
        assert one.name.path(host.volumes["disk1"].path).exists()
    return {(NOW - one.name.start) // DAY for one in rows}


def keeper(host, free=0.5):
    size = 100_000_000
    return replace(host.keeper(), measure=lambda _: (size, int(size * free)))


@pytest.fixture
def host(car):
    car.record([], NOW)
    with car.host() as opened:
        yield opened


def days(*ago, **more):
    return [segment(NOW - DAY * one, camera=CAMERAS[0], size=1_000_000, **more) for one in ago]


def go(host, **more):
    return keeper(host, **more).round(datetime.fromtimestamp(NOW, UTC))


def test_whoever_asks_for_retention_on_board_gets_this_one(host):
    """Also a person who types `scripts/recordings keep`: the ordinary one deletes what no depot has."""
    assert type(host.keeper()) is BoardKeeper


def test_what_a_depot_has_goes_and_what_none_has_stays(host):
    old = days(40, 35, 10, 5, 1)
    put(host, *old)
    confirm(host, old[1], old[2], old[4])
    report = go(host)
    assert left(host) == {40, 5, 1}  # 1: younger than the days on board
    assert report.expired == {CAMERAS[0]: 2}
    assert report.waiting == {CAMERAS[0]: 1}  # its time is over, and nobody could look at it yet
    assert not report.clean


def test_receipts_go_when_the_time_of_what_they_are_about_is_over(host):
    """Or a car collects a million a year. What is held is on board still, and must not be sent once more."""
    _, held, young = old = days(41, 40, 10)
    put(host, *old)
    confirm(host, *old)
    host.holds.place(CAMERAS[0], held.start_ms, held.start_ms + 1, "2026-17号案", "李伟")
    go(host)
    go(host)
    with Receipts(host.config.on_board.receipts) as receipts:
        assert set(receipts.confirmed()) == {str(held.name), str(young.name)}


def test_a_receipt_about_another_file_is_none(host):
    (old,) = days(10)
    put(host, old)
    confirm(host, old, size=old.size - 1)
    go(host)
    assert left(host) == {10}


def test_a_full_disk_first_takes_what_a_depot_has(host):
    old = days(9, 8, 2, 1)
    put(host, *old)
    confirm(host, old[2], old[3])
    report = go(host, free=0.055)  # wants 1.5 MB
    assert left(host) == {9, 8}
    assert (report.early, report.waiting) == ({}, {})


def test_then_the_oldest_that_none_has_and_says_so(host):
    old = days(9, 8, 7, 1)
    put(host, *old)
    confirm(host, old[2])
    report = go(host, free=0.045)  # 2.5 MB: one is at a depot, two are lost
    assert left(host) == {1}
    assert report.early[CAMERAS[0]].segments == 2
    lost = [event for event in host.events.between(CAMERAS[0], 0, 1 << 62) if event.cause is Cause.DISK]
    assert len(lost) == 2
    assert all("before any depot had it" in event.detail for event in lost)


def test_never_what_is_flagged_nor_what_is_of_today(host):
    old = days(9, 0.5)
    put(host, *old)
    host.holds.place(CAMERAS[0], old[0].start_ms, old[0].start_ms + 1, "2026-17号案", "李伟")
    report = go(host, free=0.01)
    assert left(host) == {9, 0}
    assert report.short
    confirm(host, old[0])
    go(host, free=0.01)
    assert 9 in left(host)


def test_what_has_no_believed_date_counts_from_when_it_was_seen(host):
    """Recorded in "1970" and confirmed: by its name it would have gone long ago, or be the oldest of all."""
    undated = replace(days(1)[0], name=replace(days(1)[0].name, start=3600, synchronised=False))
    put(host, undated)
    go(host)
    assert len(left(host)) == 1
    report = go(host, free=0.01)
    assert len(left(host)) == 1  # seen today
    assert report.early == {}
    assert isinstance(host.keeper(), Keeper)
