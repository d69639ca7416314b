"""From what gate, disks and boots say to the causes of gaps."""

import time

import pytest

from nanxi.recorder import presence
from nanxi.recorder.outages import ASKED_ANEW_MS, Outages
from nanxi.recorder.presence import Presence
from nanxi.recording.events import Cause, Events
from nanxi.recording.index import Index
from nanxi.recording.words import detail

CAMERA = "shangtang-cam0007"


@pytest.fixture
def events(tmp_path):
    with Index(tmp_path / "index.db") as index:
        yield Events(index)


def said(cause, *, playing=False):
    stream = {"camera": CAMERA, "stream": "main", "cause": cause, "reason": "why", "playing": playing}
    return {"streams": [stream]}


def told(events):
    return [(str(event.cause), event.until_ms is not None) for event in events.between(CAMERA, 0, 1 << 62)]


def test_a_dead_camera_looks_stalled_until_it_is_asked_anew(events):
    outages = Outages(events)
    for cause in ("stalled", "unreachable", "unreachable"):
        outages.gate(said(cause), [CAMERA])
    assert told(events) == [("camera-unreachable", False)]
    outages.gate(said(None, playing=True), [CAMERA])
    assert told(events) == [("camera-unreachable", True)]


def test_a_camera_that_stalled_for_long_and_then_died_did_both(events):
    events.record(CAMERA, Cause.STALLED, time.time_ns() // 1_000_000 - ASKED_ANEW_MS - 1000)
    Outages(events).gate(said("unreachable"), [CAMERA])
    assert told(events) == [("stalled", True), ("camera-unreachable", False)]


def test_a_dead_camera_that_comes_back_without_pictures_did_both(events):
    outages = Outages(events)
    for cause in ("unreachable", "stalled"):
        outages.gate(said(cause), [CAMERA])
    # Both may begin in the same millisecond.
    assert sorted(told(events)) == [("camera-unreachable", True), ("stalled", False)]


@pytest.mark.parametrize(
    ("last", "now", "down"),
    [
        (None, Presence("b", 9000), None),  # the first start of all
        (Presence("a", 5000), Presence("a", 9000), None),  # only the keeper was down
        (Presence("a", 5000), Presence("b", 9000), (5000, 9000)),
        (Presence("a", 9500), Presence("b", 9000), None),  # the clock is wrong
    ],
)
def test_when_the_host_was_down(last, now, down):
    assert presence.absence(last, now) == down


def test_a_boot_is_told_by_what_memory_holds(tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    boot = presence.boot_of(run)
    assert presence.boot_of(run) == boot
    (run / "boot").unlink()
    assert presence.boot_of(run) != boot


def test_a_spoiled_sign_of_life_is_none(tmp_path):
    file = tmp_path / "presence.json"
    assert presence.read(file) is None
    presence.write(file, Presence("a", 5000))
    assert presence.read(file) == Presence("a", 5000)
    file.write_text('{"boot": "a"}')
    assert presence.read(file) is None


def test_details_are_read_in_chinese_and_what_is_unknown_stays():
    assert detail("/srv/nanxi/disk1 is full", "zh") == "磁盘 /srv/nanxi/disk1 已满"
    assert detail("/srv/nanxi/disk1 is full", "en") == "/srv/nanxi/disk1 is full"
    assert detail("something else", "zh") == "something else"
