"""Where a vehicle was, kept beside its video: one file of positions per segment's period, joined with video by time.

::

    VOLUME/track/oubei-host02/2026-11-27/
        oubei-host02_20261127T102100Z_6f3a91c2.track     one position a line, JSON, UTC and WGS-84 degrees

Lines, not GPX, because a line can be appended and synced, and a torn last one passed over; an export gets GPX 1.1, which
map programs open. A vehicle has one track, however many cameras it has, so it does not lie in a camera's folder.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from nanxi.recording.durable import read_lines, sync_folder
from nanxi.recording.errors import NotASegmentError
from nanxi.recording.names import TRACKS, days
from nanxi.recording.timeline import DAY_MS, Interval, clip
from nanxi.recording.volumes import Volume

SUFFIX = ".track"
_NAME = re.compile(
    r"(?P<vehicle>[a-z][a-z0-9_]*-[a-z]+[0-9]+)_(?P<start>[0-9]{8}T[0-9]{6}Z)_(?P<session>[0-9a-f]{8})\.track"
)
_START = "%Y%m%dT%H%M%SZ"
#: Positions are in the file of the period in which they came; none is longer than this, in seconds.
_LONGEST_S = 3600


@dataclass(frozen=True, slots=True, order=True)
class TrackName:
    """What a track file's name says. ``start`` is Unix time in s by the host's clock, ``session`` a run of the writer."""

    vehicle: str
    start: int
    session: str

    def __str__(self) -> str:
        return f"{self.vehicle}_{datetime.fromtimestamp(self.start, UTC).strftime(_START)}_{self.session}{SUFFIX}"

    def path(self, volume: Path) -> Path:
        """Return where the file lies on ``volume``."""
        day = datetime.fromtimestamp(self.start, UTC).date()
        return volume / TRACKS / self.vehicle / str(day) / str(self)


@dataclass(frozen=True, slots=True)
class Position:
    """One fix.

    Attributes:
        at_ms: Unix time in ms by the host's clock, the one that names segments: by it video and position are joined.
        gps_ms: the same moment by the satellites' clock, None when the receiver gave none.
        latitude: degrees north, WGS-84.
        longitude: degrees east, WGS-84.
        altitude: metres above mean sea level or, from old daemons, above the ellipsoid; None in a 2D fix.
        speed: m/s over ground.
        course: degrees from true north.
        error: estimated horizontal error in metres (95 %).
    """

    at_ms: int
    gps_ms: int | None
    latitude: float
    longitude: float
    altitude: float | None = None
    speed: float | None = None
    course: float | None = None
    error: float | None = None

    def as_record(self) -> dict[str, Any]:
        """Return the position's line, without what is unknown."""
        record = {
            "at_ms": self.at_ms,
            "gps_ms": self.gps_ms,
            "lat": self.latitude,
            "lon": self.longitude,
            "alt": self.altitude,
            "speed": self.speed,
            "course": self.course,
            "error": self.error,
        }
        return {key: value for key, value in record.items() if value is not None}


def parse(name: str) -> TrackName:
    """Return what a file's name says.

    Raises:
        NotASegmentError: it is no track's name.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise NotASegmentError(f"{name!r} is not a track's name")
    try:
        start = datetime.strptime(match["start"], _START).replace(tzinfo=UTC)
    except ValueError:
        raise NotASegmentError(f"{name!r}: {match['start']} is not a moment in time") from None
    return TrackName(match["vehicle"], int(start.timestamp()), match["session"])


def names_on(volume: Path, vehicle: str = "*") -> list[TrackName]:
    """Return the tracks on a volume, of one vehicle or of all, by vehicle and time; strangers are passed over."""
    found = []
    for path in (volume / TRACKS).glob(f"{vehicle}/*/*{SUFFIX}"):
        with suppress(NotASegmentError):
            found.append(parse(path.name))
    return sorted(found)


def positions(volumes: Iterable[Volume], vehicle: str, begin_ms: int, end_ms: int) -> list[Position]:
    """Return where the vehicle was from ``begin_ms`` to ``end_ms``, in order.

    Raises:
        OSError: a track cannot be read.
    """
    found: dict[int, Position] = {}
    first = datetime.fromtimestamp(begin_ms / 1000, UTC) - timedelta(seconds=_LONGEST_S)
    last = datetime.fromtimestamp(end_ms / 1000, UTC)
    for volume in volumes:
        for day in days(first, last):
            folder = volume.path / TRACKS / vehicle / str(day)
            for path in sorted(folder.glob(f"*{SUFFIX}")):
                for record in read_lines(path):
                    position = _position(record)
                    if position is not None and begin_ms <= position.at_ms < end_ms:
                        found[position.at_ms] = position
    return [found[at] for at in sorted(found)]


def gpx(vehicle: str, found: Iterable[Position]) -> str:
    """Return a GPX 1.1 document; a silence of more than ten seconds begins a new piece of the track."""
    pieces: list[list[str]] = []
    before = -(1 << 62)
    for one in found:
        if one.at_ms - before > 10_000:
            pieces.append([])
        before = one.at_ms
        moment = datetime.fromtimestamp(one.at_ms / 1000, UTC).isoformat(timespec="milliseconds")
        height = f"<ele>{one.altitude:.1f}</ele>" if one.altitude is not None else ""
        pieces[-1].append(
            f'<trkpt lat="{one.latitude:.7f}" lon="{one.longitude:.7f}">{height}'
            f"<time>{moment.replace('+00:00', 'Z')}</time></trkpt>"
        )
    segments = "".join("<trkseg>\n" + "\n".join(piece) + "\n</trkseg>\n" for piece in pieces)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="nanxi" xmlns="http://www.topografix.com/GPX/1/1">\n'
        f"<trk><name>{escape(vehicle)}</name>\n{segments}</trk>\n</gpx>\n"
    )


def expire_tracks(
    volumes: Iterable[Volume],
    keep_days: Mapping[str, int],
    now: datetime,
    held: Mapping[str, Sequence[Interval]],
    confirmed: Mapping[str, int] | None = None,
) -> int:
    """Delete the tracks whose vehicle's days are over, whole UTC days at a time; return how many files went.

    A day of which anything is ``held`` stays. ``confirmed``, on board: only files that a depot has, by name with their
    size. Vehicles that ``keep_days`` does not know keep theirs.

    Raises:
        OSError: a file or folder cannot be removed.
    """
    gone = 0
    for volume in volumes:
        for folder in sorted((volume.path / TRACKS).glob("*/????-??-??")):
            keep = keep_days.get(folder.parent.name)
            if keep is None or folder.name >= str((now - timedelta(days=keep + 1)).date()):
                continue
            begin = int(datetime.fromisoformat(folder.name).replace(tzinfo=UTC).timestamp()) * 1000
            if clip(held.get(folder.parent.name, ()), begin, begin + DAY_MS):
                continue
            for path in folder.iterdir():
                if confirmed is None or confirmed.get(path.name) == path.stat().st_size:
                    path.unlink()
                    gone += 1
            sync_folder(folder)
            with suppress(OSError):
                folder.rmdir()
    return gone


def _position(record: dict[str, Any]) -> Position | None:
    try:
        gps = record.get("gps_ms")
        numbers = {key: _number(record.get(key)) for key in ("alt", "speed", "course", "error")}
        found = Position(
            int(record["at_ms"]),
            None if gps is None else int(gps),
            float(record["lat"]),
            float(record["lon"]),
            numbers["alt"],
            numbers["speed"],
            numbers["course"],
            numbers["error"],
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return found if abs(found.latitude) <= 90 and abs(found.longitude) <= 180 else None


def _number(value: object) -> float | None:
    found = float(value) if isinstance(value, int | float) else None
    return found if found is not None and math.isfinite(found) else None
