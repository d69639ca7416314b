"""One export: logged before anything is read, cut without re-encoding, joined, proved, and logged again with its hash."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from nanxi.recording import tracks
from nanxi.recording.config import Promise
from nanxi.recording.durable import sync_file, sync_folder
from nanxi.recording.errors import RecordingError
from nanxi.recording.events import Events
from nanxi.recording.footage import cut, evidence, ffmpeg, sheet
from nanxi.recording.footage.clock import host_offset_ms
from nanxi.recording.footage.evidence import Delivered, Stretch
from nanxi.recording.footage.find import Part, find, parts, where
from nanxi.recording.footage.log import RetrievalLog
from nanxi.recording.footage.request import Request, utc
from nanxi.recording.gaps import Gap, ledger
from nanxi.recording.index import Index
from nanxi.recording.segment import Segment
from nanxi.recording.volumes import Volume

#: Where the vehicle was, for map programs; only beside the footage of a vehicle that told.
TRACK = "track.gpx"
FORMATS = ("mp4", "ts")


@dataclass(frozen=True, slots=True)
class Options:
    """How an export is made: container, whether gaps divide it into files, a contact sheet, the camera clock's offset.

    ``camera_offset_s`` is what somebody measured: how many seconds the time in the picture is fast; None: unknown.
    """

    container: str = "mp4"
    separate: bool = False
    sheet: bool = True
    camera_offset_s: float | None = None


@dataclass(frozen=True, slots=True)
class Exporter:
    """Hands out the footage of one host."""

    index: Index
    volumes: Mapping[str, Volume]
    events: Events
    log: RetrievalLog
    cameras: Mapping[str, Promise] = field(default_factory=dict)
    since: Mapping[str, int] = field(default_factory=dict)  # ``due.due_since``

    def export(
        self, request: Request, target: Path, options: Options, done: Callable[[], None] = lambda: None
    ) -> dict[str, Any]:
        """Write the footage into the new folder ``target`` and return its manifest.

        Args:
            request: what is asked for, by whom and why.
            target: a folder that does not exist.
            options: how.
            done: called for each segment that was read, for a progress bar.

        Raises:
            RecordingError: nothing of the time is recorded, there is no room, ``target`` exists, a file cannot be cut,
                or the log cannot be written; nothing is left in ``target``.
        """
        if target.exists():
            raise RecordingError(f"{target} exists already; name a new folder")
        entry = self.log.append("request", **request.as_record())
        try:
            content, own = self._made(
                request, target, options, {"number": entry.number, "hash": entry.hash}, done
            )
        except (OSError, RecordingError) as error:
            self.log.append("failed", request=entry.number, problem=str(error))
            if isinstance(error, RecordingError):
                raise
            raise RecordingError(f"{target}: {error}") from error
        files = {one["name"]: one["sha256"] for one in content["files"]}
        self.log.append("handed-out", request=entry.number, target=str(target), files=files, manifest=own)
        return content

    def _made(
        self,
        request: Request,
        target: Path,
        options: Options,
        logged: Mapping[str, Any],
        done: Callable[[], None],
    ) -> tuple[dict[str, Any], str]:
        segments = find(self.index, self.volumes, request.camera, request.from_ms, request.until_ms)
        found = parts(segments, self.volumes, request.from_ms, request.until_ms)
        if not found:
            raise RecordingError(_why_nothing(request, segments))
        with _staging(target, sum(part.size for part in found)) as folder:
            delivered = self._files(request, found, folder, options, done)
            drawn: list[Path] = []
            if options.sheet:
                longest = max(delivered, key=lambda one: one.duration_s)
                drawn = sheet.contact_sheet(longest.path, longest.duration_s, longest.stretches, folder)
            files = [one.as_record() for one in delivered]
            sheets = [evidence.of_file(one) for one in drawn]
            track = [evidence.of_file(one) for one in self._track(request, folder)]
            content = {
                "request": request.as_record(),
                "log": dict(logged),
                "camera": self._camera(request.camera),
                "clock": _clock(segments, options),
                "files": files,
                "contact_sheet": sheets,
                "track": track,
                "gaps": evidence.of_gaps(self._gaps(request, segments)),
                "sources": [
                    evidence.of_source(one.segment, one.path) for part in found for one in part.pieces
                ],
                "unreachable": [str(one.name) for one in segments if where(one, self.volumes) is None],
                "host": socket.gethostname(),
            }
            own = evidence.write(folder, content, [*files, *sheets, *track])
            for path in folder.iterdir():
                sync_file(path)
            sync_folder(folder)
        return content, own

    def _files(
        self,
        request: Request,
        found: Sequence[Part],
        folder: Path,
        options: Options,
        done: Callable[[], None],
    ) -> list[Delivered]:
        """Cut each part, then join what fits together."""
        cuts: list[tuple[Path, ffmpeg.Stream, int, int]] = []
        for number, part in enumerate(found, 1):
            ranges = [cut.byte_range(piece) for piece in part.pieces]
            path = folder / f"part-{number:04d}.{options.container}"
            ffmpeg.remux(_blocks(part, ranges, done), path, part.size)
            cuts.append((path, ffmpeg.look(path), ranges[0].begin_ms, ranges[-1].end_ms))
        groups = (
            [[one] for one in cuts] if options.separate else [list(same) for _, same in groupby(cuts, _shape)]
        )
        return [
            _delivered(
                folder / f"{request.camera}_{_stamp(group[0][2])}_{number:02d}.{options.container}", group
            )
            for number, group in enumerate(groups, 1)
        ]

    def _track(self, request: Request, folder: Path) -> list[Path]:
        """Write where the camera's vehicle was; return the file, nothing when there is no track of the time."""
        promise = self.cameras.get(request.camera)
        if promise is None or not promise.vehicle:
            return []
        found = tracks.positions(self.volumes.values(), promise.vehicle, request.from_ms, request.until_ms)
        if not found:
            return []
        path = folder / TRACK
        path.write_text(tracks.gpx(promise.vehicle, found), "utf-8")
        return [path]

    def _camera(self, host: str) -> dict[str, Any]:
        promise = self.cameras.get(host)
        return {
            "host": host,
            "code": promise.code if promise else "",
            "name": promise.name if promise else "",
        }

    def _gaps(self, request: Request, segments: Sequence[Segment]) -> Sequence[Gap]:
        return ledger(
            self.index,
            self.events,
            request.camera,
            request.from_ms,
            request.until_ms,
            growing=segments,
            since=self.since.get(request.camera, 0),
        ).gaps


def _blocks(part: Part, ranges: Sequence[cut.Range], done: Callable[[], None]) -> Iterator[bytes]:
    for piece, wanted in zip(part.pieces, ranges, strict=True):
        yield from cut.read(piece, wanted)
        done()


def _shape(one: tuple[Path, ffmpeg.Stream, int, int]) -> str:
    return one[1].shape


def _delivered(path: Path, group: list[tuple[Path, ffmpeg.Stream, int, int]]) -> Delivered:
    """Make one file of a group's cuts and say which time is where in it."""
    offset = 0.0
    stretches = []
    for _, stream, begin, end in group:
        stretches.append(Stretch(offset, begin, end))
        offset += stream.duration_s
    sources = [one for one, _, _, _ in group]
    if len(sources) == 1:
        sources[0].rename(path)
        stream = group[0][1]
    else:
        ffmpeg.join(sources, path, sum(one.stat().st_size for one in sources))
        for one in sources:
            one.unlink()
        stream = ffmpeg.look(path)
    return Delivered(path, stream.codec, stream.duration_s, tuple(stretches))


def _clock(segments: Sequence[Segment], options: Options) -> dict[str, Any]:
    """Return what is known about the time: the host's, by which starts are named, and the one in the picture."""
    return {
        "times_are": "the recorder host's, starts rounded down to a second",
        "host_offset_ms": host_offset_ms(),
        "unsynchronised_segments": sum(not one.name.synchronised for one in segments),
        "camera_offset_s": options.camera_offset_s,
    }


def _why_nothing(request: Request, segments: Sequence[Segment]) -> str:
    time = f"{utc(request.from_ms)} to {utc(request.until_ms)}"
    if segments:
        keys = ", ".join(sorted({one.volume for one in segments}))
        return f"{request.camera}: the footage of {time} lies on {keys}: not mounted, or the files are gone"
    return f"{request.camera}: nothing is recorded from {time}; `scripts/footage gaps` says why"


@contextmanager
def _staging(target: Path, size: int) -> Iterator[Path]:
    """Hold a folder that becomes ``target`` when the body ends, and is gone when it fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # Parts, and once more what they are joined to.
    need, free = 2 * size + (16 << 20), shutil.disk_usage(target.parent).free
    if free < need:
        raise RecordingError(
            f"{target.parent} has {free >> 20} MiB left, the export may need {need >> 20} MiB"
        )
    folder = target.parent / f".{target.name}.{os.getpid()}.part"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
        folder.rename(target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stamp(ms: int) -> str:
    return utc(ms)[:19].replace("-", "").replace(":", "") + "Z"
