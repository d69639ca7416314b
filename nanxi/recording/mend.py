"""Bringing index and files together again: after a crash, after a disk was swapped, or from nothing but the files."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nanxi.recording import manifest
from nanxi.recording.closing import make_durable
from nanxi.recording.durable import sync_folder
from nanxi.recording.events import Cause, Events
from nanxi.recording.index import Index
from nanxi.recording.names import SegmentName
from nanxi.recording.reconcile import Difference, Matter, compare
from nanxi.recording.segment import Segment
from nanxi.recording.volumes import Volume

#: Segments per transaction; a crash in a rebuild repeats at most so much.
_BATCH = 5000


@dataclass(slots=True)
class Mended:
    """What was done and what is left to a person: strangers and duplicates are nobody's to delete."""

    adopted: int = 0
    dropped: int = 0
    empty: int = 0
    lost: list[str] = field(default_factory=list)
    left: Counter[Matter] = field(default_factory=Counter)


def mend(
    index: Index,
    volumes: Mapping[str, Volume],
    events: Events,
    done: Callable[[str], None] = lambda _: None,
    now: float | None = None,
    *,
    recent: bool = False,
) -> Mended:
    """Compare files and index and repair both directions; run it at every start (``recent``), and on an empty index to rebuild it.

    A file without a row is adopted: by its manifest where that knows the file at its present size, else by reading it
    back from the disk. A row without a file is dropped and its time is a gap. A file of another size than its row is
    taken for what it is now.

    Args:
        index: of this host.
        volumes: those that are mounted.
        events: where the causes of lost segments go.
        done: called with each camera's name, for a progress bar.
        now: Unix time in s, for tests.
        recent: only what a crash can leave behind (see ``compare``); a timer looks at everything.

    Raises:
        OSError: a folder cannot be read.
        IndexFailedError: the index cannot be written; what was done so far stays.
    """
    result = Mended()
    adopting: list[Difference] = []
    missing: list[Difference] = []

    def flush() -> None:
        _adopt(index, volumes, events, adopting, result)
        _drop(index, events, missing, result)
        adopting.clear()
        missing.clear()

    for difference in compare(index, volumes, done, now, recent=recent):
        if difference.matter in {Matter.UNINDEXED, Matter.SIZE}:
            adopting.append(difference)
        elif difference.matter is Matter.MISSING:
            missing.append(difference)
        else:
            result.left[difference.matter] += 1
        if len(adopting) + len(missing) >= _BATCH:
            flush()
    flush()
    return result


def _adopt(
    index: Index,
    volumes: Mapping[str, Volume],
    events: Events,
    found: Iterable[Difference],
    result: Mended,
) -> None:
    by_folder: dict[tuple[str, Path], list[Difference]] = defaultdict(list)
    for difference in found:
        by_folder[difference.volume, Path(difference.path).parent].append(difference)
    segments: list[Segment] = []
    garbage: dict[str, list[tuple[SegmentName, str]]] = {"empty": [], "disk": []}
    for (key, folder), differences in by_folder.items():
        known, code = _manifest(folder, key)
        for difference in differences:
            name = difference.name
            if name is None or _agrees(index, difference):
                continue
            segment = known.get(str(name))
            if segment is not None and segment.size == difference.found:
                segments.append(segment)
                continue
            try:
                _forget_cached(Path(difference.path))
                sync_folder(
                    folder.parent
                )  # whoever made the day's folder may have crashed before syncing its name
                sync_folder(volumes[key].path)
                probed = make_durable(volumes[key], name, code)
            except FileNotFoundError:
                continue
            except OSError as error:
                garbage["disk"].append((name, key))
                result.lost.append(f"{difference.path}: {error.strerror}")
                until = name.start * 1000 + 1000
                events.record(name.camera, Cause.DISK, name.start * 1000, until, f"{name}: {error.strerror}")
                continue
            if probed is None:
                garbage["empty"].append((name, key))
            else:
                segments.append(probed)
    if segments:
        index.add(segments)
    for reason, names in garbage.items():
        if names:
            index.mark(names, reason)
    result.adopted += len(segments)
    result.empty += len(garbage["empty"])


def _drop(index: Index, events: Events, found: Iterable[Difference], result: Mended) -> None:
    """Drop rows whose files are still missing now; retention may have been at work since they were compared."""
    gone: list[SegmentName] = []
    for difference in found:
        name = difference.name
        if name is None or Path(difference.path).exists():
            continue
        segment = index.get(name)
        if segment is not None:
            gone.append(name)
            until = segment.start_ms + segment.media.span_ms
            events.record(name.camera, Cause.UNKNOWN, segment.start_ms, until, f"{name}: the file is missing")
    if gone:
        index.drop(gone)
    result.dropped += len(gone)


def _manifest(folder: Path, key: str) -> tuple[dict[str, Segment], str]:
    """Return what the day's manifest knows and the camera's code; nothing of a manifest that cannot be read."""
    try:
        return manifest.read(folder, key), manifest.code_of(folder)
    except OSError:
        return {}, ""


def _agrees(index: Index, difference: Difference) -> bool:
    """Return whether the indexer got to the file since it was compared."""
    assert difference.name is not None
    row = index.get(difference.name)
    return row is not None and row.size == difference.found


def _forget_cached(path: Path) -> None:
    """Drop the kernel's clean pages of the file, so that what is read next is what the disk holds.

    After a failed fsync pages are marked clean and stay readable until they are evicted; a recorder that crashed then
    left no mark.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
