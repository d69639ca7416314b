"""R2: 600 random power cuts in recorded runs: inside rotation over midnight, closing, holds, retention and renames.

Each run is recorded once on the disk that forgets (``lab.faults.lossyfs``) and replayed up to the cut in memory. After each
cut, as after each cut on the mounted disk (``test_power_cut.py``): no row without its whole file, no file without a row,
no more lost than two seconds and a group of pictures.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from lab.faults.disk import LossyDisk
from lab.faults.lossyfs import NOTE, Record
from lab.faults.replay import Cut, after, steps, write_out
from nanxi.recorder.growing import GrowingFiles
from nanxi.recording import journal
from nanxi.recording.database import connect
from nanxi.recording.errors import RecordingError, VolumeGoneError
from nanxi.recording.media import measure
from nanxi.recording.timeline import Interval, total
from nanxi.recording.transport import pictures
from nanxi.recording.volumes import MARKER, Volume, create, open_volume
from tests.recording import promises, stories

pytestmark = pytest.mark.lab

CUTS = 200
#: A group of pictures of the clips, and what R2 allows beside it, in ms.
GOP_MS, ALLOWED_MS = 1000, 2000


@pytest.fixture(scope="module")
def whole(clips) -> list[bytes]:
    return [clip.read_bytes() for clip in clips]


@pytest.fixture(scope="module")
def small(whole) -> list[bytes]:
    return [clip[: 188 * 60] for clip in whole[:3]]


def recorded(disk: LossyDisk, story: Callable[..., None], *arguments: object) -> Record:
    disk.renew()
    disk.record()
    story(disk.path, *arguments, disk.note)
    return disk.recorded()


def closing(folder: Path, clips: list[bytes], tell: stories.Tell) -> None:
    promises.work(promises.make(folder), clips, lambda what, name: tell(f"{what} {name}"))


def cuts(record: Record, seed: int, count: int) -> list[Cut]:
    """Half of them lose all that was not synced, half of them by chance only some of it; and one behind each note.

    There the program has just promised something: chance alone hits the few steps that matter to one defect or does not.
    """
    chance = random.Random(seed)
    noted = [Cut(at) for at, (operation, _) in enumerate(record, 1) if operation == NOTE]
    return noted + [
        Cut(chance.randrange(steps(record)), chance.randrange(1 << 30) if at % 2 else None)
        for at in range(count)
    ]


def broken(
    record: Record, seed: int, judge: Callable[[Path, list[str]], None], count: int = CUTS
) -> list[str]:
    """Let ``judge`` look at what each cut left and at the notes until then; return what it found wrong."""
    shared = Path("/dev/shm")
    base = Path(tempfile.mkdtemp(prefix="nanxi-cuts-", dir=shared if shared.is_dir() else None))
    found = []
    try:
        for cut, left, notes in after(record, cuts(record, seed, count)):
            folder = base / "host"
            folder.mkdir()
            write_out(left, folder)
            try:
                judge(folder, notes)
            except (AssertionError, RecordingError) as error:
                found.append(f"{cut} of {len(record)}, behind {notes[-1:]}: {error}")
            shutil.rmtree(folder)
    finally:
        shutil.rmtree(base)
    return found


def start(folder: Path, notes: list[str]) -> tuple[Volume, list[promises.Promise]]:
    """Mount the disk as the role left it, and read what had been promised."""
    told = [note for note in notes if not note.startswith("second ")]
    path = folder / "disk1"
    path.mkdir(exist_ok=True)  # a mount point is not on the disk that is mounted there
    if any(note.startswith("indexed") for note in told) or (path / MARKER).exists():
        try:
            return open_volume(path), promises.read(told)
        except VolumeGoneError as error:
            raise AssertionError(f"the marker is neither whole nor missing: {error}") from error
    return create(path, "disk1"), promises.read(told)


class Judge:
    """Says what is wrong with what a cut left, as an AssertionError."""

    def __init__(self, clips: list[bytes], **shape: object) -> None:
        self.clips, self.shape = clips, shape

    def __call__(self, folder: Path, notes: list[str]) -> None:
        volume, promised = start(folder, notes)
        self.lost(promises.check(volume, self.clips, promised, **self.shape), notes)
        for line in journal.read([volume.path]):
            assert line["kind"] in {"hold", "event"}

    def lost(self, left: dict[str, list[Interval]], notes: list[str]) -> None:
        """Say so when too much is lost of what has arrived."""


class Losses(Judge):
    """Beside the others' invariants: how much of what has arrived is left."""

    def __init__(self, clips: list[bytes], arrived: list[int], **shape: object) -> None:
        super().__init__(clips, **shape)
        self.arrived, self.worst = arrived, 0

    def lost(self, left: dict[str, list[Interval]], notes: list[str]) -> None:
        seconds = max((int(note.split()[1]) for note in notes if note.startswith("second ")), default=0)
        for camera, recorded in left.items():
            lost = self.arrived[seconds] - total(recorded)
            assert lost <= ALLOWED_MS + GOP_MS, f"{camera}: {lost} ms of {self.arrived[seconds]} are lost"
            self.worst = max(self.worst, lost)


TWO = {"cameras": stories.CAMERAS, "begin": stories.MIDNIGHT}


def test_closing_and_deleting(disk, small):
    assert broken(recorded(disk, closing, small), 1, Judge(small)) == []


def test_rotation_over_midnight_loses_two_seconds_and_a_group_at_most(disk, whole, tmp_path):
    record = recorded(disk, stories.rotation, tmp_path, whole)
    judge = Losses(whole, spans(whole, tmp_path), **TWO)
    assert broken(record, 2, judge) == []
    assert judge.worst > 0, "no cut lost anything: that is no power cut"


def test_retention_with_a_hold_and_a_full_disk(disk, small):
    assert broken(recorded(disk, stories.retention, small), 3, Judge(small, **TWO)) == []


def test_cuts_are_found_wrong_when_a_sync_is_forgotten(disk, small, whole, tmp_path, monkeypatch):
    """Seeded defects (F6): a check that finds nothing must be one that would have."""

    def nothing(_: object) -> None:
        pass

    def forgets(where: str) -> None:
        monkeypatch.setattr(where, nothing)

    def unsafe(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
        connection = connect(path, read_only=read_only)
        connection.execute("PRAGMA synchronous=OFF")
        return connection

    def torn(path: Path, content: str, _mode: int) -> None:
        path.write_text(content)

    def sloppy(**forgotten: object) -> Callable[..., None]:
        return partial(stories.rotation, make_growing=partial(GrowingFiles, **forgotten))

    deleting, keeping, losses = (
        Judge(small),
        Judge(small, **TWO),
        Losses(whole, spans(whole, tmp_path), **TWO),
    )
    mutants: dict[str, tuple[Callable[[], object], Callable[..., None], tuple[object, ...], Judge]] = {
        "a file": (lambda: forgets("nanxi.recording.closing.sync_file"), closing, (small,), deleting),
        "its name": (lambda: forgets("nanxi.recording.closing.sync_folder"), closing, (small,), deleting),
        "a day's name": (lambda: forgets("nanxi.recording.names.sync_folder"), closing, (small,), deleting),
        "a deletion": (lambda: forgets("nanxi.recording.removal.sync_folder"), stories.retention, (small,), keeping),
        "a commit": (
            lambda: monkeypatch.setattr("nanxi.recording.index.connect", unsafe), closing, (small,), deleting,
        ),
        "a marker": (
            lambda: monkeypatch.setattr("nanxi.recording.volumes.write_atomically", torn), closing, (small,), deleting,
        ),
        "what grows": (lambda: None, sloppy(sync=nothing), (tmp_path, whole), losses),
        "its name while it grows": (lambda: None, sloppy(sync_names=nothing), (tmp_path, whole), losses),
    }  # fmt: skip
    for forgotten, (mutate, story, arguments, judge) in mutants.items():
        mutate()
        record = recorded(disk, story, *arguments)
        monkeypatch.undo()
        assert broken(record, 4, judge, count=80), f"nobody noticed that {forgotten} is not synced"


def spans(clips: list[bytes], folder: Path) -> list[int]:
    """Return how many ms of pictures have arrived after each second of the rotation's story."""
    found, before = [0], 0
    for clip in clips:
        for at, _ in enumerate(halves := stories.halves(clip), 1):
            file = folder / "part.ts"
            file.write_bytes(b"".join(halves[:at]))
            media = measure(pictures(file), "", 0)
            assert media is not None
            found.append(before + media.media_ms)
        before = found[-1]
    return found
