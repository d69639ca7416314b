"""Events and holds as lines on every volume: what the segments themselves cannot tell when the index is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nanxi.recording.durable import append_line, read_lines
from nanxi.recording.volumes import JOURNAL, MARKER


def append(volumes: Iterable[Path], record: dict[str, Any]) -> list[OSError]:
    """Append ``record`` to the journal of each volume; return what failed, in which a caller sees whether any worked.

    A disk that is gone takes nothing: the folder that it is mounted over is the system's.
    """
    failed = []
    for volume in volumes:
        try:
            (volume / MARKER).stat()
            append_line(volume / JOURNAL, record)
        except OSError as error:
            failed.append(error)
    return failed


def read(volumes: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Yield the records of every volume; each usually comes once per volume, and the reader keeps the last by its id.

    Raises:
        OSError: a journal is there and cannot be read.
    """
    for volume in volumes:
        yield from read_lines(volume / JOURNAL)
