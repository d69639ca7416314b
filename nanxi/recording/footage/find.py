"""Which segments hold a camera's time, also the one that is being written, and where in them it begins and ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nanxi.recording.closing import inspect
from nanxi.recording.errors import NotASegmentError
from nanxi.recording.index import Index
from nanxi.recording.names import SegmentName, days, parse
from nanxi.recording.segment import Segment
from nanxi.recording.timeline import continues
from nanxi.recording.volumes import Volume

#: A name's start is rounded down by up to this.
ROUNDING_MS = 1000
#: A file that was closed while no keeper ran is indexed a minute after the keeper is back (``reconcile.SETTLED_S``): later than
#: its successors. Files that begin so many seconds before the newest that is indexed are looked at, too.
_UNSETTLED_S = 600


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment to read: ``begin_ms`` and ``end_ms`` are Unix time, None for its own beginning and end."""

    segment: Segment
    path: Path
    begin_ms: int | None
    end_ms: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """Pieces of one run without anything missing between them."""

    pieces: tuple[Piece, ...]

    @property
    def size(self) -> int:
        """Bytes to read, at most."""
        return sum(piece.segment.size for piece in self.pieces)


def find(
    index: Index, volumes: Mapping[str, Volume], camera: str, begin_ms: int, end_ms: int
) -> list[Segment]:
    """Return the segments that cover any of the time, in order, also those that are not indexed yet.

    A start is rounded down to a second: pictures are up to ``ROUNDING_MS`` younger than the index says, so that it is
    searched from a second earlier on.

    Raises:
        IndexFailedError: the index cannot be read.
        OSError: a folder of the camera cannot be read.
    """
    begin_ms -= ROUNDING_MS
    # The folders before the index: what is indexed meanwhile is found twice. The other way round it would not be found.
    last = index.last(
        camera, datetime.now(UTC).timestamp() + 60
    )  # what a wrong clock named is not the newest
    since = last.name.start - _UNSETTLED_S if last else begin_ms // 1000
    there = list(_files(volumes, camera, since, end_ms))
    indexed = index.between(camera, min(begin_ms, since * 1000), end_ms)
    known = {segment.name for segment, _ in indexed} | {name for name, _, _ in index.garbage()}
    rows = [segment for segment, end in indexed if end > begin_ms]
    unknown = (_inspected(volume, name) for volume, name in there if name not in known)
    more = [one for one in unknown if one and one.start_ms + one.media.span_ms > begin_ms]
    return sorted([*rows, *more], key=lambda segment: segment.name)


def parts(
    segments: Sequence[Segment], volumes: Mapping[str, Volume], begin_ms: int, end_ms: int
) -> list[Part]:
    """Return the segments as parts, cut to the time; what cannot be reached (see :func:`where`) ends a part."""
    begin_ms -= ROUNDING_MS
    found: list[list[Piece]] = []
    before: Segment | None = None
    for segment in segments:
        path = where(segment, volumes)
        if path is None:
            before = None
            continue
        end = segment.start_ms + segment.media.span_ms
        piece = Piece(
            segment,
            path,
            begin_ms if begin_ms > segment.start_ms else None,
            end_ms if end_ms < end else None,
        )
        if before is not None and continues(before, segment):
            found[-1].append(piece)
        else:
            found.append([piece])
        before = segment
    return [Part(tuple(pieces)) for pieces in found]


def where(segment: Segment, volumes: Mapping[str, Volume]) -> Path | None:
    """Return the segment's file, None when its volume is not mounted or the file is gone."""
    if segment.volume not in volumes:
        return None
    path = segment.name.path(volumes[segment.volume].path)
    return path if path.exists() else None


def _files(
    volumes: Mapping[str, Volume], camera: str, since: int, end_ms: int
) -> Iterator[tuple[Volume, SegmentName]]:
    """Yield the files that begin at or after ``since``, Unix time in s, and before ``end_ms``."""
    first_day = datetime.fromtimestamp(since, UTC)
    last_day = min(datetime.now(UTC), first_day + timedelta(days=2))
    for volume in volumes.values():
        for day in days(first_day, last_day):
            for name in _names(volume.path / camera / str(day)):
                if since <= name.start and name.start * 1000 < end_ms:
                    yield volume, name


def _inspected(volume: Volume, name: SegmentName) -> Segment | None:
    """Return as much of a file as there is now; None when it holds no picture yet, or is gone."""
    try:
        return inspect(volume, name)
    except FileNotFoundError:
        return None


def _names(folder: Path) -> Iterator[SegmentName]:
    try:
        entries = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return
    for entry in entries:
        try:
            yield parse(entry)
        except NotASegmentError:
            continue
