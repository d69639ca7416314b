"""The lab's recorder hosts, seen from outside: what their disks take in, and what ffprobe says of it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.demo.stage import DemoError, Stage
from nanxi.recording import names

#: MPEG-TS counts 90,000 ticks a second (ISO/IEC 13818-1, 2.4.2.1).
_CLOCK = 90_000


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where a camera's segments are to appear: on the host, and on this machine, which has the disk in its hands."""

    camera: str
    host: str
    disk: str  # by its name
    volume: Path  # on the host
    folder: Path  # here

    def newest(self) -> Path | None:
        """Return the segment that began last."""
        return max(self.folder.glob("*/*.ts"), key=lambda path: names.parse(path.name), default=None)

    def written_at(self) -> float:
        """Return when the last picture was written, Unix time in s; 0 when none was."""
        newest = self.newest()
        try:
            return newest.stat().st_mtime if newest and newest.stat().st_size else 0.0
        except FileNotFoundError:  # retention, or an empty one that was taken away
            return 0.0

    def here(self, file: str) -> Path:
        """Return where this machine finds a file of the host."""
        return self.folder / Path(file).relative_to(self.volume / self.camera)


def of_hosts(stage: Stage, hosts: Iterable[str]) -> dict[str, Recorded]:
    """Return what each host was told to record, by camera."""
    found = {}
    for host in hosts:
        told = stage.on(host, "cat", "/etc/nanxi/recorder.json").stdout
        found |= of_host(host, stage.lab.hosts.machines[host].spec.bay, told)
    return found


def of_host(host: str, bay: Path, told: str) -> dict[str, Recorded]:
    """Return what a host was told to record by ``told``, its recorder.json; ``bay`` is where its disks are here."""
    found = {}
    for camera, plan in json.loads(told)["cameras"].items():
        volume = Path(plan["volume"])
        found[camera] = Recorded(camera, host, volume.name, volume, bay / volume.name / camera)
    return found


def wait_for_pictures(
    wanted: Iterable[Recorded], since: float, within_s: float, moving: float = 0.0
) -> dict[str, float]:
    """Wait until pictures of all are written later than ``since``, Unix time in s; return after how many seconds.

    Raises:
        DemoError: of these none came within ``within_s``.
    """
    waiting, found = {one.camera: one for one in wanted}, {}
    while waiting:
        for camera, one in tuple(waiting.items()):
            if (at := one.written_at()) > since + moving:
                found[camera] = max(0.0, at - since)
                del waiting[camera]
        if waiting and time.time() > since + within_s:
            raise DemoError(f"not recorded within {within_s:.0f} s: {', '.join(sorted(waiting))}")
        time.sleep(0.2)
    return found


def on_disk(wanted: Iterable[Recorded], since: float) -> set[Path]:
    """Return the files that began after ``since``, Unix time in s, and that have pictures; the newest may be growing."""
    return {
        path
        for one in wanted
        for path in one.folder.glob("*/*.ts")
        if names.parse(path.name).start >= since and path.stat().st_size
    }


def judged(
    told: Mapping[str, list[dict[str, Any]]], where: Mapping[str, Recorded], there: Iterable[Path]
) -> tuple[int, list[str]]:
    """Ask ffprobe about every segment that the index has, and return how many and what it says otherwise.

    Args:
        told: by camera what ``footage list --json`` says, in order; the last one may be growing.
        where: by camera where it is.
        there: what was on the disks when it was asked.
    """
    closed = [(where[camera], one) for camera, found in told.items() for one in found[:-1]]
    with ThreadPoolExecutor(2) as pool:
        verdicts = pool.map(lambda pair: _differs(pair[0].here(pair[1]["file"]), pair[1]), closed)
    known = {where[camera].here(one["file"]) for camera, found in told.items() for one in found}
    strange = [f"{path.name}: is on the disk and not in the index" for path in sorted(set(there) - known)]
    return len(closed), [verdict for verdict in verdicts if verdict] + strange


def _differs(path: Path, told: Mapping[str, Any]) -> str:
    entries = ("-select_streams", "v", "-show_entries", "stream=codec_name:packet=pts,duration")
    probe = subprocess.run(
        ["ffprobe", "-v", "error", *entries, "-of", "json", str(path)],  # noqa: S607 - this machine's
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = json.loads(probe.stdout or "{}")
    packets = [packet for packet in found.get("packets", ()) if "pts" in packet]
    if not packets:
        return f"{path.name}: ffprobe finds no picture: {probe.stderr.strip()[:200]}"
    first = min(packet["pts"] for packet in packets)
    last = max(packets, key=lambda packet: packet["pts"])
    span_ms = (last["pts"] + last["duration"] - first) * 1000 // _CLOCK
    codec = found["streams"][0]["codec_name"]
    if (codec, span_ms) == (told["codec"], told["span_ms"]):
        return ""
    return f"{path.name}: the index says {told['codec']}, {told['span_ms']} ms; ffprobe {codec}, {span_ms} ms"
