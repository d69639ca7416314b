"""A recorder host with weeks of recordings, most of them rows only: SQLite makes four million of them in seconds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from lab.bench.measure import run
from nanxi.recording.closing import Closer
from nanxi.recording.events import Events
from nanxi.recording.index import Index
from nanxi.recording.names import SegmentName
from nanxi.recording.volumes import Volume, create

#: 2026-03-02T00:00:00Z, and a minute.
BEGIN, MINUTE = 1_772_409_600, 60

_ROWS = """
WITH RECURSIVE minute(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM minute WHERE n + 1 < :minutes)
INSERT INTO segment
SELECT camera.id, :begin + 60 * n, '00000001', 0, volume.id, :size, (:begin + 60 * n + 60) * 1000, 'h264', 1500,
  ((:begin + 60 * n) * 90000) % 8589934592, ((:begin + 60 * n + 60) * 90000) % 8589934592, 60000, '', 0, '',
  (:begin + 60 * n + 60) * 1000
FROM camera, minute, volume
"""
_HOURS = """
INSERT INTO hour SELECT camera, start / 3600, SUM(end_ms - start * 1000), COUNT(*), SUM(size)
FROM segment GROUP BY camera, start / 3600
"""


def names(count: int) -> list[str]:
    """Return host names of cameras."""
    return [f"shangtang-cam{number:04d}" for number in range(1, count + 1)]


def host(folder: Path, cameras: int, days: float, size: int = 30_000_000) -> tuple[Volume, Path, Path]:
    """Make a host whose index knows every minute of ``days`` days of ``cameras``; return volume, index, configuration."""
    disk, index = folder / "disk1", folder / "index.db"
    disk.mkdir(parents=True)
    volume = create(disk, "disk1")
    with Index(index) as opened, opened.writing() as connection:
        connection.execute("INSERT INTO volume (key) VALUES ('disk1')")
        connection.executemany("INSERT INTO camera (host) VALUES (?)", ((name,) for name in names(cameras)))
        connection.execute(_ROWS, {"minutes": round(days * 1440), "begin": BEGIN, "size": size})
        connection.execute(_HOURS)
    config = folder / "recording.json"
    promise = {"point_class": "1", "days": 30}
    content = {
        "index": str(index),
        "log": str(folder / "log.jsonl"),
        "volumes": [str(disk)],
        "cameras": dict.fromkeys(names(cameras), promise),
    }
    config.write_text(json.dumps(content))
    return volume, index, config


def film(folder: Path, minutes: int) -> list[Path]:
    """Make real segments of a minute and 4 Mbit/s, one run."""
    folder.mkdir()
    run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi",
         "-i", f"testsrc2=size=320x180:rate=25:duration={minutes * MINUTE}",
         "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "4M", "-minrate", "4M", "-maxrate", "4M", "-bufsize", "4M",
         "-x264-params", "nal-hrd=cbr:keyint=50:min-keyint=50:scenecut=0:bframes=0",
         "-f", "segment", "-segment_time", str(MINUTE), "-segment_format", "mpegts",
         "-segment_format_options", "flush_packets=1", str(folder / "%03d.ts")],
    )  # fmt: skip
    return sorted(folder.glob("*.ts"))


def record(volume: Volume, index: Path, films: list[Path], camera: str, start: int) -> list[SegmentName]:
    """Put real segments on the volume in the place of the rows from ``start`` on, and index them."""
    placed = [SegmentName(camera, start + MINUTE * at, "00000002") for at in range(len(films))]
    for name, path in zip(placed, films, strict=True):
        target = name.path(volume.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    with Index(index) as opened:
        opened.drop(SegmentName(camera, name.start, "00000001") for name in placed)
        Closer(opened, Events(opened)).close(volume, placed)
    return placed


def empty_files(volume: Volume, cameras: int, count: int) -> None:
    """Make the files of the first ``count`` rows, empty: reconciling reads names and sizes only."""
    each = count // cameras
    for camera in names(cameras):
        for at in range(each):
            name = SegmentName(camera, BEGIN + MINUTE * at, "00000001")
            path = name.path(volume.path)
            if at % 1440 == 0:
                path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
