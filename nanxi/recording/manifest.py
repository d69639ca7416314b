"""What is known of a day's closed segments, beside them: the index can be made again from it without reading video."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nanxi.recording.durable import append_line, read_lines
from nanxi.recording.errors import NotASegmentError
from nanxi.recording.names import MANIFEST
from nanxi.recording.segment import Segment, from_record


def append(volume: Path, segment: Segment, code: str = "") -> None:
    """Write a closed segment's line, durably; ``code`` is the camera's 20-digit code where it is known.

    Raises:
        OSError: the disk refuses.
    """
    append_line(volume / segment.name.folder / MANIFEST, segment.as_record(code))


def read(folder: Path, volume: str) -> dict[str, Segment]:
    """Return what the manifest of a day's folder knows, by file name; the last line about a name counts.

    Lines that a crash tore or a disk spoiled are passed over: their segments are probed again.

    Raises:
        OSError: it is there and cannot be read.
    """
    found: dict[str, Segment] = {}
    for record in read_lines(folder / MANIFEST):
        segment = _segment(record, volume)
        if segment is not None:
            found[str(segment.name)] = segment
    return found


def code_of(folder: Path) -> str:
    """Return the camera's code as the day's last line has it, empty when none has; OSError as :func:`read`."""
    codes = [str(record["code"]) for record in read_lines(folder / MANIFEST) if record.get("code")]
    return codes[-1] if codes else ""


def _segment(record: dict[str, Any], volume: str) -> Segment | None:
    try:
        return from_record(record, volume)
    except (NotASegmentError, KeyError, TypeError, ValueError):
        return None
