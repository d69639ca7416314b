"""Two hours in the life of a recorder, told step by step on a disk that may lose its power at any of them.

Both stories use the recorder's own parts. What has been promised by then is noted between the steps: ``indexed NAME``,
``deleting NAME``, ``deleted NAME``, ``held NAME``, and ``second N``: so many seconds of pictures have arrived.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from nanxi.county.model import PointClass
from nanxi.recorder.books import Books
from nanxi.recorder.config import CameraPlan, RecorderConfig
from nanxi.recorder.growing import GrowingFiles
from nanxi.recording import names
from nanxi.recording.closing import Closer
from nanxi.recording.config import Promise, RecordingConfig
from nanxi.recording.events import Events
from nanxi.recording.holds import Holds
from nanxi.recording.index import Index
from nanxi.recording.keeping import Keeper
from nanxi.recording.names import SegmentName
from nanxi.recording.volumes import create
from tests.recording.conftest import SECONDS

CAMERAS = ("shangtang-cam0007", "oubei-cam0001")
SESSION = "00000001"
#: 2026-03-02T23:59:54Z: the third segment is tomorrow's.
MIDNIGHT = 1_772_495_994
DAY_S = 86_400

Tell = Callable[[str], None]


def rotation(
    folder: Path,
    config_folder: Path,
    clips: list[bytes],
    tell: Tell,
    make_growing: Callable[[], GrowingFiles] = GrowingFiles,
) -> None:
    """Two cameras record over midnight; each second their growing files are synced, closed ones are indexed."""
    create(_disk(folder), "disk1")
    recording = {
        "index": str(folder / "index.db"),
        "volumes": [str(folder / "disk1")],
        "cameras": {camera: {"point_class": "1", "days": 30} for camera in CAMERAS},
    }
    (config_folder / "recording.json").write_text(json.dumps(recording))
    plans = {camera: CameraPlan(folder / "disk1") for camera in CAMERAS}
    config = RecorderConfig(plans, recording=config_folder / "recording.json", run=config_folder)
    for camera in CAMERAS:
        names.prepare(folder / "disk1", camera, datetime.fromtimestamp(MIDNIGHT, UTC))
    books, growing = Books.open(config), make_growing()
    try:
        second = 0
        for at, clip in enumerate(clips):
            now = MIDNIGHT + SECONDS * at
            closed = {}
            writers = {}
            for camera in CAMERAS:
                name = SegmentName(camera, now, SESSION)
                path = name.path(folder / "disk1")
                writers[camera] = path.open("wb", buffering=0)
                before = growing.begin(name, path)
                if before is not None:
                    closed[before] = folder / "disk1"
            for chunk in halves(clip):
                for writer in writers.values():
                    writer.write(chunk)
                second += 1
                tell(f"second {second}")
                assert growing.sync() == {}
                if closed:
                    books.close_segments(closed, {})
                    for one in closed:
                        tell(f"indexed {one}")
                    closed = {}
            for writer in writers.values():
                writer.close()
    finally:
        growing.close()
        books.close()


def retention(folder: Path, clips: list[bytes], tell: Tell) -> None:
    """Three days of two cameras; a hold is placed, the first day has its time, then the disk fills, then it is released."""
    volume = create(_disk(folder), "disk1")
    begin = MIDNIGHT
    promised = dict.fromkeys(CAMERAS, Promise(point_class=PointClass.CLASS_1, days=30))
    with Index(folder / "index.db") as index:
        closer = Closer(index, Events(index, [volume.path]))
        for day in range(3):
            for camera in CAMERAS:
                moment = begin + day * DAY_S
                names.prepare(volume.path, camera, datetime.fromtimestamp(moment, UTC))
                batch = []
                for at in range(2):
                    name = SegmentName(camera, moment + SECONDS * at, SESSION)
                    name.path(volume.path).write_bytes(clips[_clip(name, len(clips))])
                    batch.append(name)
                closer.close(volume, batch)
                for name in batch:
                    tell(f"indexed {name}")
        holds = Holds(index, [volume.path])
        held = SegmentName(CAMERAS[0], begin, SESSION)
        holds.place(held.camera, held.start * 1000, held.start * 1000 + 1, "case 17", "Li Wei")
        tell(f"held {held}")
        config = RecordingConfig(volumes=(volume.path,), cameras=promised)
        over = datetime.fromtimestamp(begin + 30 * DAY_S + 60, UTC)
        for free in (500, 50):
            keeper = Keeper(
                index,
                {"disk1": volume},
                config,
                holds,
                lambda _, free=free: (1000, free),  # type: ignore[misc]
            )
            before = {one.name for camera in CAMERAS for one, _ in index.all(camera)}
            for name in sorted(_doomed(before, held, full=free < 60)):
                tell(f"deleting {name}")
            keeper.round(over)
            gone = before - {one.name for camera in CAMERAS for one, _ in index.all(camera)}
            assert gone, f"the round with {free} of 1,000 free deleted nothing"
            for name in sorted(gone):
                tell(f"deleted {name}")


def _doomed(there: Iterable[SegmentName], held: SegmentName, *, full: bool) -> Iterator[SegmentName]:
    """Yield what a round may delete: the first day but for the hold, and on a full disk the next ones too."""
    for name in there:
        if name.camera == held.camera and abs(name.start - held.start) < SECONDS:
            continue
        if full or name.start < MIDNIGHT + DAY_S:
            yield name


def _clip(name: SegmentName, count: int) -> int:
    """Return which clip a name's file holds (see ``promises.check``)."""
    return (name.start - MIDNIGHT) // SECONDS % count


def halves(clip: bytes) -> tuple[bytes, bytes]:
    """Return what arrives in the first and in the second second of a clip."""
    return clip[: len(clip) // 2], clip[len(clip) // 2 :]


def _disk(folder: Path) -> Path:
    path = folder / "disk1"
    path.mkdir()
    return path
