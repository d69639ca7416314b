"""Bytes that stay: fsync of files and folders, and lines appended to a file for good."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def sync_file(path: Path) -> None:
    """Force a file's bytes to the disk.

    Raises:
        OSError: the kernel could not; what the file holds on the disk is unknown from now on.
    """
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Force a folder's names to the disk: without it a new file is gone after a power cut, however well it was synced.

    Raises:
        OSError: the kernel could not.
    """
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def append_line(path: Path, record: Mapping[str, Any]) -> None:
    """Append ``record`` as one line of JSON, durably; what a crash tore off before is ended first.

    Raises:
        OSError: it may be there in part, or not at all; :func:`read_lines` passes over a torn line.
    """
    line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    fresh = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = b"\n" + line
        # One write: two processes that append at once never mix their lines.
        if os.write(descriptor, line) != len(line):
            raise OSError(28, "no space for the whole line", str(path))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if fresh:
        sync_folder(path.parent)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the whole records of a file that :func:`append_line` wrote; nothing when it does not exist.

    Raises:
        OSError: it cannot be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    for line in content.split(b"\n"):
        try:
            record = json.loads(line) if line else None
        except ValueError:  # torn by a crash or a power cut
            continue
        if isinstance(record, dict):
            yield record


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
