"""Volumes: the disks that segments lie on. A marker tells a mounted disk from the empty folder it is mounted over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nanxi.files import write_atomically
from nanxi.recording.errors import RecordingError, VolumeGoneError

MARKER = "nanxi-volume.json"
#: What a host records about gaps and holds, a copy on each volume (see ``journal``).
JOURNAL = "journal.jsonl"
_KEY = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Volume:
    """A mounted disk: ``key`` is its name in the index, which stays when the disk is mounted elsewhere."""

    key: str
    path: Path


def create(path: Path, key: str) -> Volume:
    """Mark the mounted disk at ``path`` as the volume ``key``; harmless when it is that already.

    Raises:
        RecordingError: it is another volume already, or ``key`` is no name.
        OSError: the marker cannot be written.
    """
    if not _KEY.fullmatch(key):
        raise RecordingError(f"{key!r} is no name of a volume: lower-case letters, digits and hyphens")
    if (path / MARKER).exists() and open_volume(path).key != key:
        raise RecordingError(f"{path} is the volume {open_volume(path).key} already, not {key}")
    for draft in path.glob(f".{MARKER}.*"):  # of a marking that was cut off
        draft.unlink()
    write_atomically(path / MARKER, json.dumps({"key": key}) + "\n", 0o644)
    return Volume(key, path)


def open_volume(path: Path) -> Volume:
    """Return the volume at ``path``.

    Raises:
        VolumeGoneError: its marker cannot be read: the disk is not mounted, or broken.
    """
    try:
        key = json.loads((path / MARKER).read_text("utf-8"))["key"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VolumeGoneError(
            f"{path} is no mounted volume: {MARKER} cannot be read ({error}); mount the disk, or mark a new one"
        ) from error
    return Volume(str(key), path)


def open_volumes(paths: Iterable[Path]) -> Mapping[str, Volume]:
    """Return the volumes at ``paths`` by key.

    Raises:
        VolumeGoneError: one is not mounted.
        RecordingError: two have the same key.
    """
    found: dict[str, Volume] = {}
    for path in paths:
        volume = open_volume(path)
        if volume.key in found:
            raise RecordingError(f"{path} and {found[volume.key].path} are both the volume {volume.key}")
        found[volume.key] = volume
    return found
