"""The log of viewings: who read which camera, from when to when, and why. One line of JSON each, appended."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Viewing:
    """One reader's time with one stream; times are UTC."""

    reader: str
    camera: str
    stream: str
    begin: str
    end: str
    bytes: int
    reason: str  # as the reader gave it, empty when it gave none
    ended: str  # what ended it


def utc(seconds: float) -> str:
    """Return a time since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Viewings:
    """Appends to a file that is opened for every line, so that logrotate may move it away."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def note(self, viewing: Viewing) -> None:
        """Write one viewing; a full disk must not end the stream, so that the journal gets it then."""
        line = json.dumps(asdict(viewing), ensure_ascii=False)
        if self._file is not None:
            try:
                handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
                try:
                    os.write(handle, f"{line}\n".encode())
                finally:
                    os.close(handle)
            except OSError as error:
                _LOG.error("the log of viewings %s cannot be written: %s", self._file, error.strerror)
            else:
                return
        _LOG.info("viewing %s", line)
