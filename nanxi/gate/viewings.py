"""The log of viewings: who read which camera, from when to when, and why. One line of JSON each, appended.

An exporter looks at every camera every few minutes, which is no viewing that anybody asks for in three years and would bury
those that are: 300 cameras make 22 MB a day. Its looks stand in a log of their own, which is kept for days. That is so for
readers that the configuration says are exporters, and only while they behave like one: whoever else gives the reason
``probe``, or looks for longer than a call-up takes, stands among the viewings.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

_LOG = logging.getLogger(__name__)

#: What an exporter gives as its reason, and seconds after which it looks on as a person does.
PROBE, PROBE_S = "probe", 60.0


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

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (datetime.fromisoformat(self.end) - datetime.fromisoformat(self.begin)).total_seconds()


def utc(seconds: float) -> str:
    """Return a time since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Viewings:
    """Appends to a file that is opened for every line, so that logrotate may move it away.

    Args:
        file: of viewings; None: the journal.
        probes: of the looks of exporters; None: they stand among the viewings.
        exporters: the readers that are exporters.
    """

    def __init__(
        self, file: Path | None, probes: Path | None = None, exporters: Collection[str] = ()
    ) -> None:
        self._file = file
        self._probes = probes
        self._exporters = exporters

    def note(self, viewing: Viewing) -> None:
        """Write one viewing; a full disk must not end the stream, so that the journal gets it then."""
        line = json.dumps(asdict(viewing), ensure_ascii=False)
        file = self._probes if self._probes is not None and self._is_probe(viewing) else self._file
        if file is not None:
            try:
                handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
                try:
                    os.write(handle, f"{line}\n".encode())
                finally:
                    os.close(handle)
            except OSError as error:
                _LOG.error("the log of viewings %s cannot be written: %s", file, error.strerror)
            else:
                return
        _LOG.info("viewing %s", line)

    def _is_probe(self, viewing: Viewing) -> bool:
        return viewing.reader in self._exporters and viewing.reason == PROBE and viewing.seconds <= PROBE_S
