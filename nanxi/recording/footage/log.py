"""The log of retrievals (State Council Order 799 Art. 16): who took what and why, append-only, each line bound to the last.

Every line carries the hash of the line before, so that no line can be changed, taken out or put in without breaking the
chain. Cutting off the end leaves a whole chain: therefore each export's manifest names the line that stands for it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nanxi.recording.durable import append_line
from nanxi.recording.errors import RecordingError

_GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: its number from 1, its hash, and what it says."""

    number: int
    hash: str
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that does not fit; ``line`` counts from 1."""

    line: int
    problem: str


class RetrievalLog:
    """The log at ``path``, shared by all processes of the host."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, kind: str, **facts: Any) -> Entry:
        """Append a line, durably; it is on the disk when this returns.

        Raises:
            RecordingError: it cannot be written: then nothing may be handed out.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._alone():
                last = None
                for last in self.entries():  # noqa: B007 - the last one is wanted
                    pass
                record = {
                    "number": last.number + 1 if last else 1,
                    "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    "kind": kind,
                    **facts,
                    "before": last.hash if last else _GENESIS,
                }
                append_line(self.path, {**record, "hash": _digest(record)})
        except OSError as error:
            raise RecordingError(
                f"{self.path}: the retrieval cannot be logged, so nothing is handed out: {error}"
            ) from error
        return Entry(record["number"], _digest(record), record)

    def entries(self) -> Iterator[Entry]:
        """Yield the lines that can be read, in order; a line that a crash tore is passed over.

        Raises:
            OSError: the file cannot be read.
        """
        for _, record in self._lines():
            if record is not None:
                yield Entry(int(record["number"]), str(record["hash"]), record)

    def check(self) -> list[Broken]:
        """Return every line that does not fit the one before, or its own hash; empty for a whole chain.

        Raises:
            OSError: the file cannot be read.
        """
        found: list[Broken] = []
        before, number = _GENESIS, 0
        for line, record in self._lines():
            if record is None:
                found.append(Broken(line, "cannot be read: torn by a crash, or spoiled"))
                continue
            body = {key: value for key, value in record.items() if key != "hash"}
            if record["hash"] != _digest(body):
                found.append(Broken(line, "was changed after it was written"))
            elif record.get("before") != before or record["number"] != number + 1:
                found.append(
                    Broken(line, "does not follow the line before it: lines were taken out or put in")
                )
            before, number = record["hash"], record["number"]
        return found

    def _lines(self) -> Iterator[tuple[int, dict[str, Any] | None]]:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return
        for line, text in enumerate(content.split(b"\n"), 1):
            if not text:
                continue
            try:
                record = json.loads(text)
                whole = isinstance(record["number"], int) and isinstance(record["hash"], str)
            except (ValueError, KeyError, TypeError):
                whole = False
            yield line, record if whole else None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _digest(record: dict[str, Any]) -> str:
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
