"""The clock of a recorder host is set while it records: libfaketime steps it under gate, keeper, recorder and ffmpeg."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from nanxi.recording import believed
from nanxi.recording.events import Cause, Events
from nanxi.recording.gaps import ledger
from nanxi.recording.index import Index
from tests.recorder.test_disks import nothing_is_without_its_counterpart, stop
from tests.support.lab import need

ONE = "shangtang-cam0001"
AHEAD_S = 7200


@pytest.fixture
def clock(tmp_path):
    """Return how to run a process under a clock that is set by writing a file, and how to set it."""
    need("faketime")
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    file = tmp_path / "clock"

    def set_(seconds):
        draft = file.with_suffix(".new")
        draft.write_text(f"{seconds:+d}\n")
        draft.replace(file)

    set_(0)
    through = ("env", f"LD_PRELOAD={library}", f"FAKETIME_TIMESTAMP_FILE={file}", "FAKETIME_NO_CACHE=1",
               "FAKETIME_DONT_FAKE_MONOTONIC=1")  # fmt: skip
    return through, set_


@pytest.mark.foreign
def test_a_clock_that_leaps_two_hours_ahead_and_back(site, host, clock):
    through, set_ = clock
    running = host({ONE: site.add()})
    believed.keep(running.folder / believed.FILE, believed.look(trust=True))
    running.start("gate", "keeper", ONE, through=through)
    running.until(lambda: running.segments(ONE))
    begin = running.segments(ONE)[0].start_ms

    set_(AHEAD_S)
    ahead = running.until(lambda: [one for one in running.segments(ONE) if not one.name.synchronised])
    assert all(one.start_ms > begin + AHEAD_S * 1000 for one in ahead)

    set_(0)
    back = datetime.now(UTC).timestamp()
    running.until(
        lambda: [
            one
            for one in running.segments(ONE)
            if one.name.synchronised and back < one.name.start < back + 600
        ]
    )
    stop(running)

    with Index(running.index) as index:
        events = Events(index).between(None, 0, 1 << 62, everything=True)
        leaps = [event.detail for event in events if event.cause is Cause.CLOCK]
        assert [round(float(leap.split(" by ")[1].split()[0]), -1) for leap in leaps] in (
            [AHEAD_S, -AHEAD_S],
            [-AHEAD_S, AHEAD_S],
        )
        segments = [one for one, _ in index.all(ONE)]
        # What was written while the clock was wrong is marked; but for the second or two until a run that began with the
        # right clock is ended, in which it may have begun another segment.
        late = [one for one in segments if one.start_ms > begin + AHEAD_S * 1000]
        marked = {one.name.session for one in late if not one.name.synchronised}
        assert marked
        assert all(one.name.session in marked or one.media.span_ms < 5000 for one in late)
        assert {one.name.session for one in segments if not one.name.synchronised} == marked
        until = index.last(ONE, back + 600).start_ms
        found = ledger(index, Events(index), ONE, begin, until)
        assert found.recorded_ms + sum(gap.length_ms for gap in found.gaps) == until - begin
        assert found.recorded_ms <= sum(one.media.span_ms for one in segments if one not in late) + 1000
    nothing_is_without_its_counterpart(running, "disk1")
