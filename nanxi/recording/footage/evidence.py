"""The manifest of an export: what was handed out, from which segments, what is missing in it, and what to check it by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nanxi.files import write_atomically
from nanxi.recording.closing import sha256
from nanxi.recording.footage.request import utc
from nanxi.recording.gaps import Gap
from nanxi.recording.segment import Segment

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Continuous footage in a file: from where in it, in s, and which time it shows, Unix time in ms."""

    offset_s: float
    from_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """One video file of an export."""

    path: Path
    codec: str
    duration_s: float
    stretches: tuple[Stretch, ...]

    def as_record(self) -> dict[str, Any]:
        """Return the file's entry, with its hash."""
        return {
            **of_file(self.path),
            "codec": self.codec,
            "duration_s": round(self.duration_s, 3),
            "stretches": [
                {"offset_s": round(one.offset_s, 3), "from": utc(one.from_ms), "until": utc(one.until_ms)}
                for one in self.stretches
            ],
        }


def of_file(path: Path) -> dict[str, Any]:
    """Return name, size and hash of a file; OSError when it cannot be read."""
    return {"name": path.name, "size": path.stat().st_size, "sha256": sha256(path)}


def of_source(segment: Segment, path: Path) -> dict[str, Any]:
    """Return a segment that was read, with its hash now; ``agrees`` tells whether it is the one taken at its closing."""
    now = sha256(path)
    agrees = {"agrees": now == segment.sha256} if segment.sha256 else {}
    return {
        "name": str(segment.name),
        "size": path.stat().st_size,
        "sha256": now,
        **agrees,
        "clock": "synchronised" if segment.name.synchronised else "unsynchronised",
        "drift_ms": segment.drift_ms,
        "jumps": segment.media.jumps,
    }


def of_gaps(gaps: Iterable[Gap]) -> list[dict[str, Any]]:
    """Return the gaps with their causes."""
    return [
        {
            "from": utc(gap.from_ms),
            "until": utc(gap.until_ms),
            "seconds": round(gap.length_ms / 1000, 3),
            "cause": str(gap.cause),
            "detail": gap.detail,
        }
        for gap in gaps
    ]


def write(folder: Path, content: dict[str, Any], files: Sequence[dict[str, Any]]) -> str:
    """Write the manifest, and the sums in the form of ``sha256sum -c``; return the manifest's own hash.

    Raises:
        OSError: it cannot be written.
    """
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    write_atomically(folder / MANIFEST, text, 0o600)
    own = sha256(folder / MANIFEST)
    lines = [f"{one['sha256']}  {one['name']}\n" for one in files]
    write_atomically(folder / SUMS, "".join([*lines, f"{own}  {MANIFEST}\n"]), 0o600)
    return own
