"""A state machine: whatever is inserted, deleted, crashed, lost and rebuilt, the index says what the files are."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nanxi.recording.closing import Closer
from nanxi.recording.events import Events
from nanxi.recording.index import Index
from nanxi.recording.mend import mend
from nanxi.recording.names import SegmentName
from nanxi.recording.reconcile import compare
from nanxi.recording.removal import sweep
from nanxi.recording.rollup import covered
from nanxi.recording.segment import Segment
from nanxi.recording.timeline import by_hour, ends
from nanxi.recording.volumes import Volume, create
from tests.recording.conftest import T0, put
from tests.recording.promises import LATER, TODAY

CAMERAS = ("shangtang-cam0007", "oubei-cam0001")


class Recorder(RuleBasedStateMachine):
    """``there`` is what must be indexed; files lie about on a real file system."""

    clips: list[Path]

    @initialize()
    def start(self):
        # In memory: nothing is cut here, and thousands of fsyncs would wait for a real disk.
        shared = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else None))
        (self.folder / "disk1").mkdir()
        self.volume = create(self.folder / "disk1", "disk1")
        self.number = 0
        self.there: dict[SegmentName, Segment] = {}
        self.open()

    def open(self):
        self.index = Index(self.folder / f"index{self.number}.db")
        self.events = Events(self.index, [self.volume.path])

    @property
    def volumes(self) -> dict[str, Volume]:
        return {"disk1": self.volume}

    def mended(self):
        mend(self.index, self.volumes, self.events, now=LATER)
        sweep(self.index, self.volumes, TODAY)

    @rule(
        camera=st.sampled_from(CAMERAS),
        starts=st.lists(st.integers(0, 40), min_size=1, max_size=4, unique=True),
        session=st.sampled_from(("00000001", "00000002")),
        indexed=st.booleans(),
    )
    def record(self, camera, starts, session, indexed):
        """Segments of one or another run, in any order; without ``indexed`` the process died before."""
        new = []
        for at in starts:
            name = SegmentName(camera, T0 + 2 * at, session)
            if name not in self.there:
                new.append(put(self.volume, self.clips[at % len(self.clips)], name.start, session, camera))
        for segment in Closer(self.index, self.events).close(self.volume, new) if indexed else ():
            self.there[segment.name] = segment
        if not indexed:
            self.mended()
            for name in new:
                self.there[name] = self.index.get(name)
                assert self.there[name] is not None

    @precondition(lambda self: self.there)
    @rule(data=st.data(), swept=st.booleans(), by_retention=st.booleans())
    def delete(self, data, swept, by_retention):
        names = data.draw(st.lists(st.sampled_from(sorted(self.there)), min_size=1, max_size=4, unique=True))
        self.index.mark([(name, "disk1") for name in names], "test", by_retention=by_retention)
        for name in names:
            del self.there[name]
        if swept:
            assert not sweep(self.index, self.volumes, TODAY).failed
            assert self.index.garbage() == []
        else:  # the process died here
            self.mended()

    @precondition(lambda self: self.there)
    @rule(data=st.data())
    def lose_a_file(self, data):
        name = data.draw(st.sampled_from(sorted(self.there)))
        name.path(self.volume.path).unlink()
        del self.there[name]
        self.mended()

    @rule()
    def restart(self):
        self.index.__exit__(None, None, None)
        self.open()

    @rule(manifests=st.booleans())
    def lose_the_index(self, manifests):
        self.index.__exit__(None, None, None)
        self.number += 1
        if not manifests:
            for path in self.volume.path.rglob("manifest.jsonl"):
                path.unlink()
        self.open()
        self.mended()

    @invariant()
    def rows_are_the_files(self):
        if not hasattr(self, "index"):
            return
        found = {segment.name: segment for camera in CAMERAS for segment, _ in self.index.all(camera)}
        assert found == self.there
        assert list(compare(self.index, self.volumes, now=LATER)) == []

    @invariant()
    def sums_are_the_rows(self):
        if not hasattr(self, "index"):
            return
        with self.index.reading() as connection:
            told = connection.execute(
                "SELECT host, hour, recorded_ms, segments, bytes FROM hour JOIN camera ON id = camera"
            ).fetchall()
        expected: dict[tuple[str, int], list[int]] = {}
        for camera in CAMERAS:
            rows = list(self.index.all(camera))
            assert [end for _, end in rows] == ends([segment for segment, _ in rows])
            for hour, length in by_hour(covered(rows)):
                expected.setdefault((camera, hour), [0, 0, 0])[0] += length
            for segment, _ in rows:
                sums = expected.setdefault((camera, segment.name.start // 3600), [0, 0, 0])
                sums[1] += 1
                sums[2] += segment.size
        assert {(host, hour): sums for host, hour, *sums in told} == expected

    def teardown(self):
        if hasattr(self, "index"):
            self.index.__exit__(None, None, None)
            shutil.rmtree(self.folder)


@pytest.fixture(autouse=True)
def _with_clips(clips):
    Recorder.clips = clips


TestRecorder = Recorder.TestCase
TestRecorder.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
