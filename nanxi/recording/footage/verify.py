"""Checking an export: every file against the manifest, the manifest against the sums and the retrieval log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nanxi.findings import Finding
from nanxi.recording.closing import sha256
from nanxi.recording.errors import RecordingError
from nanxi.recording.footage import ffmpeg
from nanxi.recording.footage.evidence import MANIFEST, SUMS
from nanxi.recording.footage.log import RetrievalLog

#: Durations of a container are rounded to its time base; a missing group of pictures is far more, in seconds.
_DURATION_S = 0.2


def verify(folder: Path, log: RetrievalLog | None = None) -> list[Finding]:
    """Return what does not agree with what was handed out; empty when all does.

    With the host's ``log``, the manifest's own hash is checked too: it is in the log, where nobody can change it
    unnoticed. Without, only changes of files against the manifest are seen.

    Raises:
        RecordingError: the folder is no export.
    """
    path = folder / MANIFEST
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
        listed = [*content["files"], *content["contact_sheet"], *content.get("track", ())]
        number = int(content["log"]["number"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecordingError(f"{path} is no export's manifest: {error}") from error
    found = [finding for one in listed for finding in _file(folder, one)]
    known = {one["name"] for one in listed} | {MANIFEST, SUMS}
    extra = sorted(one.name for one in folder.iterdir() if one.name not in known)
    found += [_finding(folder / name, "", "is not in the manifest", "") for name in extra]
    found += [finding for one in content["files"] for finding in _duration(folder, one)]
    return found + list(_sums(folder)) + list(_logged(path, number, log))


def _file(folder: Path, listed: dict[str, Any]) -> Iterator[Finding]:
    path = folder / listed["name"]
    if not path.is_file():
        yield _finding(path, "", "is missing", "")
        return
    size = path.stat().st_size
    if size != listed["size"]:
        yield _finding(path, str(size), "has another size", f"{listed['size']} bytes were handed out")
    now = sha256(path)
    if now != listed["sha256"]:
        yield _finding(path, now, "was changed", f"its SHA-256 was {listed['sha256']}")


def _duration(folder: Path, listed: dict[str, Any]) -> Iterator[Finding]:
    path = folder / listed["name"]
    if not path.is_file():
        return
    try:
        found = ffmpeg.look(path)
    except ffmpeg.CutFailedError as error:
        yield _finding(path, "", f"cannot be read as video: {error}", "")
        return
    if found.codec != listed["codec"]:
        yield _finding(path, found.codec, "has another codec", str(listed["codec"]))
    if abs(found.duration_s - float(listed["duration_s"])) > _DURATION_S:
        yield _finding(path, f"{found.duration_s:.3f} s", "has another length", f"{listed['duration_s']} s")


def _sums(folder: Path) -> Iterator[Finding]:
    path = folder / SUMS
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        yield _finding(path, "", f"cannot be read: {error.strerror}", "")
        return
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    if sums.get(MANIFEST) != sha256(folder / MANIFEST):
        yield _finding(folder / MANIFEST, "", f"does not agree with {SUMS}", "")


def _logged(path: Path, number: int, log: RetrievalLog | None) -> Iterator[Finding]:
    if log is None:
        return
    for broken in log.check():
        yield Finding(str(log.path), broken.line, "", "", broken.problem, "the log's copy of that day")
    entry = next(
        (
            one
            for one in log.entries()
            if one.record["kind"] == "handed-out" and one.record["request"] == number
        ),
        None,
    )
    if entry is None:
        yield _finding(path, str(number), "the log knows no such retrieval", "")
    elif entry.record["manifest"] != sha256(path):
        yield _finding(
            path, sha256(path), "is not the one that was handed out", f"{entry.record['manifest']} by the log"
        )


def _finding(path: Path, found: str, problem: str, remedy: str) -> Finding:
    return Finding(str(path), 0, "", found, problem, remedy)
