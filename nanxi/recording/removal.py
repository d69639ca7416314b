"""Deleting segments: mark, unlink, sync the folder, drop the mark. A crash in between is finished by the next sweep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nanxi.recording.durable import sync_folder
from nanxi.recording.index import Index
from nanxi.recording.names import MANIFEST, SegmentName
from nanxi.recording.volumes import Volume


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: files that are gone, and folders that refused, with the reason."""

    removed: int
    failed: Mapping[Path, str]


def sweep(index: Index, volumes: Mapping[str, Volume], today: str) -> Swept:
    """Remove the files of everything that is marked for deletion; volumes that are not mounted keep their marks.

    Args:
        index: whose marks.
        volumes: those that are mounted.
        today: the UTC day as YYYY-MM-DD. Emptied folders of earlier days go with their manifest, later ones are in use.

    Raises:
        IndexFailedError: files are gone and their marks are not; the next sweep drops them.
    """
    by_folder: dict[Path, list[tuple[SegmentName, Path]]] = defaultdict(list)
    for name, volume, _ in index.garbage():
        if volume in volumes:
            path = name.path(volumes[volume].path)
            by_folder[path.parent].append((name, path))
    gone: list[SegmentName] = []
    failed: dict[Path, str] = {}
    for folder, marked in by_folder.items():
        try:
            for _, path in marked:
                path.unlink(missing_ok=True)
            if folder.exists():
                sync_folder(folder)
        except OSError as error:
            failed[folder] = str(error)
            continue
        gone += [name for name, _ in marked]
        if folder.name < today:
            _remove_if_empty(folder)
    if gone:
        index.forget(gone)
    return Swept(len(gone), failed)


def _remove_if_empty(folder: Path) -> None:
    """Remove a past day's folder in which only the manifest is left."""
    with suppress(OSError):
        if {path.name for path in folder.iterdir()} <= {MANIFEST}:
            (folder / MANIFEST).unlink(missing_ok=True)
            folder.rmdir()
