"""Files against index, both ways (R6 of domain.md): names and sizes only, no file is opened.

A million files are a few seconds: one ``scandir`` per camera and day, one query per camera. Strings are compared with
strings; nothing is parsed that agrees.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from nanxi.recording.errors import NotASegmentError
from nanxi.recording.index import Index
from nanxi.recording.names import INCOMING, MANIFEST, SUFFIX, TRACKS, SegmentName, is_camera, parse
from nanxi.recording.volumes import JOURNAL, MARKER, Volume

#: The last file of a run is taken for growing until nothing was written for this many seconds: longer than a recorder
#: needs to notice a stall.
SETTLED_S = 60.0
_OURS = frozenset({MARKER, JOURNAL, INCOMING, TRACKS, "lost+found"})


class Matter(StrEnum):
    """How files and index can disagree."""

    UNINDEXED = "unindexed"  # a file without a row
    MISSING = "missing"  # a row without a file
    SIZE = "size"  # the file is longer or shorter than its row says
    STRANGER = "stranger"  # a file that is no segment
    DUPLICATE = "duplicate"  # the segment is indexed on another volume
    UNMOUNTED = "unmounted"  # rows on a volume that is not there: nothing is said about their files


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement. ``found`` and ``expected`` are sizes in bytes where they matter, else 0."""

    matter: Matter
    volume: str
    path: str
    name: SegmentName | None = None
    found: int = 0
    expected: int = 0


def compare(
    index: Index,
    volumes: Mapping[str, Volume],
    done: Callable[[str], None] = lambda _: None,
    now: float | None = None,
    *,
    recent: bool = False,
) -> Iterator[Difference]:
    """Yield what disagrees, camera by camera; ``done`` is called with each camera's name.

    With ``recent`` only from the day before each camera's last indexed segment on: all that a crash can leave behind. A
    host with 30 days of 300 cameras has 13 million files, and must not look at each before it serves.

    Files that are marked for deletion agree, and so does what grows.

    Raises:
        OSError: a folder cannot be read.
        IndexFailedError: the index cannot be read.
    """
    now = time.time() if now is None else now
    marked = {str(name) for name, _, _ in index.garbage()}
    yield from _strangers(volumes)
    for camera in sorted({*index.cameras(), *cameras_on(volumes)}):
        since = _since(index, camera, now) if recent else 0
        expected = _expected(index, camera, since)
        there: set[str] = set()
        unindexed: list[tuple[Volume, os.DirEntry[str]]] = []
        for volume in volumes.values():
            for entry in _files(volume, camera, since):
                size, key = expected.get(entry.name, (0, ""))
                if key == volume.key:
                    there.add(entry.name)
                    found = entry.stat().st_size
                    if found != size:
                        yield Difference(Matter.SIZE, volume.key, entry.path, parse(entry.name), found, size)
                elif key:
                    yield Difference(Matter.DUPLICATE, volume.key, entry.path, parse(entry.name))
                elif entry.name not in marked:
                    unindexed.append((volume, entry))
        yield from _unindexed(unindexed, now)
        unmounted: dict[str, int] = {}
        for name in expected.keys() - there if len(there) < len(expected) else ():
            size, key = expected[name]
            if key in volumes:
                segment = parse(name)
                path = str(segment.path(volumes[key].path))
                yield Difference(Matter.MISSING, key, path, segment, expected=size)
            else:
                unmounted[key] = unmounted.get(key, 0) + 1
        for key, count in unmounted.items():
            yield Difference(Matter.UNMOUNTED, key, camera, expected=count)
        done(camera)


def cameras_on(volumes: Mapping[str, Volume]) -> set[str]:
    """Return the cameras that have a folder on any of the volumes.

    Raises:
        OSError: a volume cannot be read.
    """
    return {
        entry.name
        for volume in volumes.values()
        for entry in os.scandir(volume.path)
        if is_camera(entry.name) and entry.is_dir(follow_symlinks=False)
    }


def _unindexed(entries: list[tuple[Volume, os.DirEntry[str]]], now: float) -> Iterator[Difference]:
    """Yield the files without a row, except what may still grow: the last one of each run, if it was just written."""
    named: list[tuple[SegmentName, Volume, os.DirEntry[str]]] = []
    for volume, entry in entries:
        try:
            named.append((parse(entry.name), volume, entry))
        except NotASegmentError:
            yield Difference(Matter.STRANGER, volume.key, entry.path)
    newest: dict[str, int] = {}
    for name, _, _ in named:
        newest[name.session] = max(newest.get(name.session, 0), name.start)
    for name, volume, entry in named:
        try:
            status = entry.stat()
        except FileNotFoundError:  # deleted since the folder was read
            continue
        # A time of change in the future is a clock that was stepped, not a file that grows.
        if name.start < newest[name.session] or abs(now - status.st_mtime) >= SETTLED_S:
            yield Difference(Matter.UNINDEXED, volume.key, entry.path, name, status.st_size)


def _since(index: Index, camera: str, now: float) -> int:
    """Return the beginning of the day before the camera's last indexed segment, Unix time in s; 0 without one.

    Names of the future do not count: a clock that was ahead once would hide every later crash.
    """
    last = index.last(camera, now)
    return (last.name.start // 86400 - 1) * 86400 if last else 0


def _expected(index: Index, camera: str, since: int) -> dict[str, tuple[int, str]]:
    """Return size and volume of the camera's segments by file name, formatted without a datetime for each."""
    with index.reading() as connection:
        found = connection.execute(
            "SELECT start, session, unsync, size, volume.key FROM segment JOIN volume ON volume.id = volume "
            "WHERE camera = (SELECT id FROM camera WHERE host = ?) AND start >= ? ORDER BY start",
            (camera, since),
        ).fetchall()
    expected = {}
    number, day = -1, ""
    for start, session, unsync, size, volume in found:
        if start // 86400 != number:
            number = start // 86400
            day = datetime.fromtimestamp(number * 86400, UTC).strftime("%Y%m%d")
        minutes, second = divmod(start % 86400, 60)
        hour, minute = divmod(minutes, 60)
        mark = "_unsync" if unsync else ""
        name = f"{camera}_{day}T{hour:02d}{minute:02d}{second:02d}Z_{session}{mark}{SUFFIX}"
        expected[name] = (size, volume)
    return expected


def _files(volume: Volume, camera: str, since: int) -> Iterator[os.DirEntry[str]]:
    """Yield everything in the camera's folders but its manifests, oldest day first."""
    first = str(datetime.fromtimestamp(since, UTC).date())
    for folder in _days(volume, camera):
        if folder.name < first:
            continue
        for entry in os.scandir(folder):
            if entry.name != MANIFEST:
                yield entry


def _days(volume: Volume, camera: str) -> list[Path]:
    try:
        return sorted(path for path in (volume.path / camera).iterdir() if path.is_dir())
    except FileNotFoundError:
        return []


def _strangers(volumes: Mapping[str, Volume]) -> Iterator[Difference]:
    """Yield what lies about on the volumes' top and is nobody's."""
    for volume in volumes.values():
        for entry in os.scandir(volume.path):
            if entry.name not in _OURS and not is_camera(entry.name):
                yield Difference(Matter.STRANGER, volume.key, entry.path)
