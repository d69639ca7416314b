"""Real segments, made once by ffmpeg, and a host's volume and index to put them in."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from nanxi.recording.closing import Closer
from nanxi.recording.events import Events
from nanxi.recording.index import Index
from nanxi.recording.names import SegmentName
from nanxi.recording.volumes import Volume, create
from tests.support.lab import need

CAMERA = "shangtang-cam0007"
#: 2026-03-02T10:00:00Z
T0 = 1_772_445_600
#: One run of ffmpeg: six segments of two seconds, 25 pictures a second, a group of pictures a second.
COUNT, SECONDS = 6, 2


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Segments of one run in order, as the recorder writes them: transport streams whose timestamps go on."""
    return make_clips(tmp_path_factory.mktemp("clips"), "libx264")


@pytest.fixture(scope="session")
def hevc(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The same in H.265."""
    return make_clips(tmp_path_factory.mktemp("hevc"), "libx265")


def make_clips(folder: Path, encoder: str) -> list[Path]:
    need("ffmpeg", "ffprobe")
    gop = {"libx264": "x264-params", "libx265": "x265-params"}[encoder]
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error",
         "-f", "lavfi", "-i", f"testsrc2=size=320x180:rate=25:duration={COUNT * SECONDS}",
         "-f", "lavfi", "-i", f"sine=sample_rate=8000:duration={COUNT * SECONDS}",
         "-c:v", encoder, "-preset", "ultrafast", f"-{gop}", "keyint=25:min-keyint=25:scenecut=0:bframes=0",
         "-c:a", "aac", "-b:a", "32k",
         "-f", "segment", "-segment_time", str(SECONDS), "-segment_format", "mpegts",
         "-segment_format_options", "flush_packets=1", str(folder / "%02d.ts")],
        check=True, timeout=60,
    )  # fmt: skip
    return sorted(folder.glob("*.ts"))


@dataclass
class Site:
    """One recorder host with one volume."""

    volume: Volume
    index: Index
    events: Events
    state: Path

    @property
    def volumes(self) -> dict[str, Volume]:
        return {self.volume.key: self.volume}

    @property
    def closer(self) -> Closer:
        return Closer(self.index, self.events)

    def put(self, clip: Path, start: int, session: str = "00000001", camera: str = CAMERA) -> SegmentName:
        """Put a clip where the recorder would have written it."""
        return put(self.volume, clip, start, session, camera)

    def record(self, clips: list[Path], start: int = T0, session: str = "00000001", camera: str = CAMERA):
        """Put clips one after another and index them; return the segments."""
        names = [self.put(clip, start + SECONDS * at, session, camera) for at, clip in enumerate(clips)]
        return self.closer.close(self.volume, names)


def put(
    volume: Volume, clip: Path, start: int, session: str = "00000001", camera: str = CAMERA
) -> SegmentName:
    name = SegmentName(camera, start, session)
    path = name.path(volume.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(clip, path)
    os.utime(path, (start + SECONDS, start + SECONDS))
    return name


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A volume and an index without anything in them."""
    (tmp_path / "disk1").mkdir()
    volume = create(tmp_path / "disk1", "disk1")
    with Index(tmp_path / "index.db") as index:
        yield Site(volume, index, Events(index, [volume.path]), tmp_path)


@pytest.fixture
def other_site(tmp_path: Path, site: Site) -> Iterator[Site]:
    """The same volume with a new, empty index: the old one is lost."""
    with Index(tmp_path / "rebuilt.db") as index:
        yield Site(site.volume, index, Events(index, [site.volume.path]), tmp_path)
