"""``python -m lab.twin`` as people start it, in the lab's own network."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.twin.ctl import call
from lab.twin.fleet import Fleet
from tests.lab.twin_onvif.conftest import camera, loopback

HOST = "shangtang-cam0005"
ADDRESS = "10.98.0.130"


class Process:
    """A running fleet of the lab's register."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.socket = folder / "twins.sock"
        self._command = [sys.executable, "-m", "lab.twin", "--inventory", "inventory/lab"]
        self._command += ["--state", str(folder / "state"), "--control", str(self.socket), *options]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Start it and return its ready line."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it and return its exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(10)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    running = Process(tmp_path, "--no-rtsp")
    yield running
    running.stop(signal.SIGKILL)


@pytest.mark.lab
def test_serves_until_it_is_told_to_end(process):
    assert process.start() == "ready: 30 twins\n"
    with urllib.request.urlopen(f"http://{ADDRESS}/", timeout=5) as reply:
        assert reply.headers["Server"] == "Bosch"
    assert process.stop() == 0
    assert not process.socket.exists()


@pytest.mark.lab
def test_what_was_answered_ok_outlives_a_kill(process):
    process.start()
    call(process.socket, "patch", HOST, section="hostname", value={"name": "kept"})
    process.stop(signal.SIGKILL)
    process.start()
    assert call(process.socket, "get", HOST, section="hostname")["hostname"]["name"] == "kept"


def test_a_wrong_fleet_file_is_told(tmp_path):
    file = tmp_path / "twins.yml"
    file.write_text("hosts: {shangtang-cam0001: {quirk: [O4]}}")
    command = [sys.executable, "-m", "lab.twin", "--inventory", "inventory/lab", "--fleet", str(file)]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert told.returncode == 2
    assert "hosts.shangtang-cam0001.quirk" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.foreign
@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
async def test_a_stream_is_what_the_encoder_says(hand_clock):
    address = f"{loopback()}.1"
    fleet = Fleet([camera(1, address)], clock=hand_clock.time)
    await fleet.start("each")
    try:
        twin = fleet.twin("shangtang-cam0001")
        sub = {"token": "VideoEncoder_2", "name": "sub", "codec": "H265", "width": 640, "height": 360}
        sub |= {"fps": 15, "bitrate_kbps": 384, "gop": 30}
        twin.patch("encoders", [twin.settings.encoders[0].model_dump(), sub])
        probe = ["ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-of", "csv=p=0"]
        probe += [
            "-show_entries",
            "stream=codec_name,width,height",
            f"rtsp://admin:admin@{address}:8554/stream2",
        ]
        told = await asyncio.to_thread(
            subprocess.run, probe, capture_output=True, text=True, check=False, timeout=60
        )
        assert told.stdout.strip() == "hevc,640,360", told.stderr
        assert twin.counts["RTSP DESCRIBE"] >= 1
    finally:
        await fleet.stop()
