"""What a recorder promises while it works, and the proof afterwards that every promise was kept, whatever happened.

``fiu-run -x python -m tests.recording.promises FOLDER CLIP...`` works in a process of its own and prints its promises.
"""

from __future__ import annotations

import ctypes
import logging
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from nanxi.recording import journal, names
from nanxi.recording.closing import Closer
from nanxi.recording.errors import RecordingError
from nanxi.recording.events import Events
from nanxi.recording.holds import Holds
from nanxi.recording.index import Index
from nanxi.recording.mend import mend
from nanxi.recording.names import SegmentName
from nanxi.recording.reconcile import compare
from nanxi.recording.removal import sweep
from nanxi.recording.rollup import covered
from nanxi.recording.timeline import Interval
from nanxi.recording.volumes import Volume, create
from tests.recording.conftest import CAMERA, SECONDS, T0

TODAY = "2026-03-02"
#: Long after the last file was written: nothing is taken for growing.
LATER = T0 + 10_000_000
Promise = tuple[str, SegmentName]
Result = TypeVar("Result")


def make(folder: Path) -> Volume:
    """A host: an index, and a volume beside it."""
    (folder / "disk1").mkdir()
    volume = create(folder / "disk1", "disk1")
    with Index(folder / "index.db") as index:
        index.add([])
    return volume


def work(volume: Volume, clips: list[bytes], tell: Callable[[str, SegmentName], None]) -> None:
    """Record, close, hold and delete; each promise is told when it is made. Errors that have names are survived."""
    _until_it_works(lambda: names.prepare(volume.path, CAMERA, datetime.fromtimestamp(T0, UTC)))
    with _until_it_works(lambda: Index(volume.path.parent / "index.db")) as index:
        closer = Closer(index, Events(index, [volume.path]), {CAMERA: "33032400001320000007"})
        closed = []
        for at, clip in enumerate(clips):
            name = SegmentName(CAMERA, T0 + SECONDS * at, "00000001")
            with suppress(RecordingError, OSError):
                with name.path(volume.path).open("wb") as stream:
                    stream.write(clip[: len(clip) // 2])
                    stream.flush()
                    stream.write(clip[len(clip) // 2 :])
                closer.close(volume, [name])
                tell("indexed", name)
                closed.append(name)
        with suppress(RecordingError, OSError):
            Holds(index, [volume.path]).place(CAMERA, 0, 1, "case", "Li Wei")
            tell("held", SegmentName(CAMERA, T0, "00000001"))
        for name in closed[: len(closed) // 3]:
            tell("deleting", name)
            with suppress(RecordingError, OSError):
                index.mark([(name, "disk1")], "retention", by_retention=True)
                if not sweep(index, {"disk1": volume}, TODAY).failed:
                    tell("deleted", name)


def _until_it_works(call: Callable[[], Result]) -> Result:
    """Start as systemd starts a service that failed: again, a few times."""
    for _ in range(20):
        with suppress(RecordingError, OSError):
            return call()
    return call()


def run(volume: Volume, clips: list[bytes], kill_after: float | None = None) -> list[Promise]:
    """Work in a process of its own, killed after so many seconds if it still lives; return what it promised."""
    reader, writer = os.pipe()

    def child() -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        work(volume, clips, lambda what, name: os.write(writer, f"{what} {name}\n".encode()))  # type: ignore[func-returns-value]

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    os.close(writer)
    if kill_after is not None:
        time.sleep(kill_after)
        process.kill()
    with os.fdopen(reader) as stream:
        promised = read(stream.read().split("\n")[:-1])
    process.join(20)
    return promised


def read(lines: Iterable[str]) -> list[Promise]:
    """Return the promises of whole lines."""
    return [(what, names.parse(name)) for what, _, name in (line.partition(" ") for line in lines)]


def check(
    volume: Volume,
    clips: list[bytes],
    promised: list[Promise],
    cameras: Iterable[str] = (CAMERA,),
    begin: int = T0,
) -> dict[str, list[Interval]]:
    """Start as a recorder does after a crash, and hold files, index and promises against each other.

    Clips lie one behind the other from ``begin`` on, as often as need be. Returns what is recorded of each camera then.
    """
    volumes = {"disk1": volume}

    def told(wanted: str) -> set[SegmentName]:
        return {name for what, name in promised if what == wanted}

    kept = told("indexed") - told("deleting")
    with Index(volume.path.parent / "index.db") as index:
        assert kept <= names_of(index, cameras), "an acknowledged segment has no row"
        sweep(index, volumes, TODAY)
        result = mend(index, volumes, Events(index, [volume.path]), now=LATER)
        sweep(index, volumes, TODAY)
        assert result.dropped == 0, "a row without its file"
        assert list(compare(index, volumes, now=LATER)) == []
        after = names_of(index, cameras)
        assert kept <= after, "an acknowledged segment lost its row"
        for name in kept:
            clip = clips[(name.start - begin) // SECONDS % len(clips)]
            assert name.path(volume.path).read_bytes() == clip, f"{name} is not whole"
        assert not told("deleted") & after, "what was deleted came back"
        if told("held"):
            assert len(Holds(index, []).all()) == 1, "an acknowledged hold is gone"
            assert any(one["kind"] == "hold" for one in journal.read([volume.path])), (
                "the hold's copy is gone"
            )
        with index.reading() as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {camera: covered(index.all(camera)) for camera in cameras}


def names_of(index: Index, cameras: Iterable[str]) -> set[SegmentName]:
    """Return what is indexed of the cameras."""
    return {segment.name for camera in cameras for segment, _ in index.all(camera)}


def main() -> None:
    folder, *paths = map(Path, sys.argv[1:])
    clips = [path.read_bytes() for path in paths]
    if fault := os.environ.get("NANXI_TEST_FAULT"):
        # Python's report of a log line that was not written has empty writes, and libfiu divides by their length.
        logging.raiseExceptions = False
        # Only now: Python itself would not start without reading and opening files.
        name, errno, probability = fault.split(",")
        enable = ctypes.CDLL("libfiu.so.0").fiu_enable_random
        enable(name.encode(), 1, ctypes.c_void_p(int(errno)), 0, ctypes.c_float(float(probability)))

    def tell(what: str, name: SegmentName) -> None:
        line = f"{what} {name}\n".encode()
        while line:  # the fault hits this too
            try:
                line = line[os.write(1, line) :]
            except BrokenPipeError:  # whoever counts the promises is gone
                raise SystemExit(1) from None
            except OSError:
                continue

    work(Volume("disk1", folder / "disk1"), clips, tell)


if __name__ == "__main__":
    main()
