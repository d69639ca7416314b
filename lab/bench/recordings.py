"""Recordings: closing a segment, auditing completeness, reconciling files, rebuilding the index, handing out footage."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from lab.bench import recorded
from lab.bench.measure import BenchError, run
from lab.bench.report import Figure, show
from nanxi.recording.closing import Closer
from nanxi.recording.completeness import completeness
from nanxi.recording.events import Events
from nanxi.recording.index import Index
from nanxi.recording.manifest import append
from nanxi.recording.mend import mend
from nanxi.recording.reconcile import compare
from nanxi.recording.rollup import covered
from nanxi.recording.timeline import DAY_MS, clip, total

CAMERAS, DAYS, MINUTES = 100, 30, 10
ROOT = Path(__file__).resolve().parents[2]


def bench(folder: Path, files: int) -> None:
    """Measure and print; ``files`` is how many are reconciled."""
    films = recorded.film(folder / "films", MINUTES)
    footage(folder / "footage", films)
    closing(folder / "closing", films)
    shutil.rmtree(folder / "films")
    reconciling(folder / "reconcile", files)
    rebuilding(folder / "rebuild", min(files, 100_000))


def footage(folder: Path, films: list[Path]) -> None:
    """Find and cut 10 minutes out of 30 days of 100 cameras, and audit a day of them."""
    volume, index, config = recorded.host(folder, CAMERAS, DAYS)
    camera, start = recorded.names(CAMERAS)[57], recorded.BEGIN + 17 * 86_400 + 36_000
    recorded.record(volume, index, films, camera, start)
    begin, end = (
        datetime.fromtimestamp(start + at, UTC).isoformat() for at in (0, MINUTES * recorded.MINUTE)
    )
    script = [ROOT / "scripts/footage", "--config", config]
    who = ["--who", "bench", "--organisation", "bench", "--reason", "bench"]
    found = run([*script, "list", camera, begin, end])
    export = [*script, "export", camera, begin, end, *who, "--no-sheet", "--out"]
    exported = run([*export, folder / "out"])
    copy = run(
        ["sh", "-c", 'cat "$0"/*.ts > "$1" && sha256sum "$0"/*.ts "$1"', films[0].parent, folder / "copy.ts"]
    )
    with Index(index) as opened:
        (told, by_rows) = _audit(opened)
    size = sum(path.stat().st_size for path in films) / 1e6
    show(
        f"Footage: 10 minutes ({size:.0f} MB) out of {DAYS} days of {CAMERAS} cameras ({CAMERAS * DAYS * 1440} rows)",
        [
            Figure("scripts/footage list, wall", "s", found.wall_s),
            Figure(
                "scripts/footage export, wall",
                "s",
                exported.wall_s,
                copy.wall_s,
                "cat and sha256sum",
                "< copy + 2 s",
            ),
            Figure("the same, CPU", "s", exported.cpu_s, copy.cpu_s, "cat and sha256sum"),
            Figure("peak memory", "MiB", exported.peak_mib),
            Figure(
                "completeness of a day, all cameras",
                "ms",
                told * 1000,
                by_rows * 1000,
                "walk over its segments",
            ),
            Figure("the same, million segments a second", "M/s", CAMERAS * 1440 / told / 1e6),
        ],
    )
    shutil.rmtree(folder)


def closing(folder: Path, films: list[Path]) -> None:
    """Close segments of a minute at 4 Mbit/s: sync, probe, manifest, row."""
    volume, index, _ = recorded.host(folder, 1, 1)
    placed = recorded.record(volume, index, films, recorded.names(1)[0], recorded.BEGIN)
    with Index(index) as opened:
        ours, wall = _spent(lambda: Closer(opened, Events(opened)).close(volume, placed))
    files = [name.path(volume.path) for name in placed]
    command = (
        'for file; do ffprobe -v error -count_packets -show_entries stream=nb_read_packets "$file"; done'
    )
    judge = run(["sh", "-c", command, "sh", *files])
    show(
        "Closing a segment of a minute, 4 Mbit/s",
        [
            Figure("sync, probe, manifest, row: CPU", "ms", ours * 1000 / len(files), judge.cpu_s * 1000 / len(files),
                   "ffprobe alone", "<= 96 ms"),
            Figure("the same for each second of recording", "ms/s", ours * 1000 / len(files) / recorded.MINUTE),
            Figure("wall", "ms", wall * 1000 / len(files), judge.wall_s * 1000 / len(files), "ffprobe alone"),
        ],
    )  # fmt: skip
    shutil.rmtree(folder)


def reconciling(folder: Path, count: int) -> None:
    """Hold files against rows where all agree, beside ``find`` over the same files."""
    volume, index, _ = recorded.host(folder, CAMERAS, count / CAMERAS / 1440, size=0)
    recorded.empty_files(volume, CAMERAS, count)
    found = run(["find", volume.path, "-name", "*.ts", "-printf", "%s %p\n"])
    with Index(index) as opened:
        differences: list[object] = []
        cpu, wall = _spent(lambda: differences.extend(compare(opened, {"disk1": volume})))
    if differences:
        raise BenchError(f"{len(differences)} of {count} files disagree: {differences[0]}")
    reference = "find -printf size, name"
    show(
        f"Reconciling {count} files",
        [
            Figure("wall", "s", wall, found.wall_s, reference),
            Figure("CPU", "s", cpu, found.cpu_s, reference),
            Figure(
                "thousand files a second", "k/s", count / wall / 1000, count / found.wall_s / 1000, reference
            ),
        ],
    )
    shutil.rmtree(folder)


def rebuilding(folder: Path, count: int) -> None:
    """Make a lost index from names and manifests alone."""
    cameras = 10
    volume, index, _ = recorded.host(folder, cameras, count / cameras / 1440, size=0)
    recorded.empty_files(volume, cameras, count)
    with Index(index) as opened:
        before = {camera: list(opened.all(camera)) for camera in recorded.names(cameras)}
    for rows in before.values():
        _manifests(volume.path, rows)
    index.unlink()
    with Index(index) as opened:
        cpu, wall = _spent(lambda: mend(opened, {"disk1": volume}, Events(opened), now=time.time() + 3600))
        if {camera: list(opened.all(camera)) for camera in before} != before:
            raise BenchError("the index that was made again differs from the lost one")
    show(
        f"Rebuilding the index, {count} segments",
        [Figure("wall", "s", wall, hold="<= 600 s for 100,000 (R3)"), Figure("CPU", "s", cpu)],
    )
    shutil.rmtree(folder)


def _manifests(volume: Path, rows: list) -> None:
    """Write the days' manifests at once; one durable line at a time would be the disk's benchmark."""
    sync, os.fsync = os.fsync, lambda _: None
    try:
        for segment, _ in rows:
            append(volume, segment)
    finally:
        os.fsync = sync


def _audit(index: Index) -> tuple[float, float]:
    """Return the wall seconds of a day's completeness of all cameras, by sums and by segments."""
    day = datetime.fromtimestamp(recorded.BEGIN + 5 * 86_400, UTC).date()
    begin = int(datetime.combine(day, datetime.min.time(), UTC).timestamp()) * 1000
    told: list = []
    _, by_sums = _spent(lambda: told.extend(completeness(index, day, {}, UTC)))
    walked: list[int] = []

    def walk() -> None:
        for camera in recorded.names(CAMERAS):
            rows = index.between(camera, begin, begin + DAY_MS)
            walked.append(total(clip(covered(rows), begin, begin + DAY_MS)))

    _, by_rows = _spent(walk)
    if [one.recorded_ms for one in told] != walked:
        raise BenchError("sums and segments disagree")
    return by_sums, by_rows


def _spent(work: Callable[[], object]) -> tuple[float, float]:
    """Return CPU and wall seconds of a call."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall
