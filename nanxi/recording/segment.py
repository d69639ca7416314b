"""A closed segment: what its name says, what it holds, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nanxi.recording.media import Media
from nanxi.recording.names import SegmentName, parse


@dataclass(frozen=True, slots=True)
class Segment:
    """One row of the index.

    Attributes:
        name: camera, start, session, whether the clock was synchronised.
        volume: key of the volume that holds it.
        size: bytes.
        closed_ms: the file's last change, Unix time in ms: when the last picture arrived, by the host's clock.
        media: what it holds.
        sha256: hexadecimal, empty where nobody asked for it.
    """

    name: SegmentName
    volume: str
    size: int
    closed_ms: int
    media: Media
    sha256: str = ""

    @property
    def start_ms(self) -> int:
        """Start by the host's clock, Unix time in ms, rounded down to a second."""
        return self.name.start * 1000

    @property
    def begin_ms(self) -> int:
        """When the first picture came, Unix time in ms, as near as it can be told: within the second that the name says.

        The last one came when the file was changed last, and the pictures span what they span. A day with many outages
        would else count up to a second of each run as recorded that was not.
        """
        return min(max(self.closed_ms - self.media.span_ms, self.start_ms), self.start_ms + 999)

    @property
    def drift_ms(self) -> int:
        """How much longer the wall clock saw the segment grow than its timestamps span (R4); 0 to 1,000 is rounding."""
        return self.closed_ms - self.start_ms - self.media.span_ms

    def as_record(self, code: str = "") -> dict[str, Any]:
        """Return the segment's line in its manifest; ``code`` is the camera's 20-digit code."""
        record: dict[str, Any] = {
            "name": str(self.name),
            "code": code,
            "clock": "synchronised" if self.name.synchronised else "unsynchronised",
            "size": self.size,
            "closed_ms": self.closed_ms,
            "codec": self.media.codec,
            "frames": self.media.frames,
            "first_pts": self.media.first_pts,
            "end_pts": self.media.end_pts,
            "span_ms": self.media.span_ms,
            "holes": [list(hole) for hole in self.media.holes],
            "jumps": self.media.jumps,
        }
        return {**record, "sha256": self.sha256} if self.sha256 else record


def from_record(record: dict[str, Any], volume: str) -> Segment:
    """Return the segment that a manifest's line describes.

    Raises:
        NotASegmentError: its name is none.
        KeyError, TypeError, ValueError: a field is missing or of another kind.
    """
    return Segment(
        name=parse(record["name"]),
        volume=volume,
        size=int(record["size"]),
        closed_ms=int(record["closed_ms"]),
        media=Media(
            codec=str(record["codec"]),
            frames=int(record["frames"]),
            first_pts=int(record["first_pts"]),
            end_pts=int(record["end_pts"]),
            span_ms=int(record["span_ms"]),
            holes=tuple((int(at), int(length)) for at, length in record["holes"]),
            jumps=int(record["jumps"]),
        ),
        sha256=str(record.get("sha256", "")),
    )
