"""A recorder host without systemd: a real gate, a real keeper, and units that start their process again and again."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lab.network import ROOT
from lab.twin.rtsp.server import RtspServer
from nanxi.gate.control import ControlError, ask_status
from nanxi.recording.errors import IndexFailedError
from nanxi.recording.events import Events
from nanxi.recording.index import Index
from nanxi.recording.volumes import create
from tests.gate.conftest import camera_rule, write_config
from tests.support.lab import need
from tests.support.rtsp import Site

SEGMENT_S = 2


@pytest.fixture(scope="session")
def site(background):
    """A running RTSP server to which cameras can be added."""
    need("ffmpeg", "ffprobe")
    cameras = {}
    server = RtspServer(cameras.get)
    yield Site(server, cameras, background)
    background.run(server.stop())


class Unit:
    """What systemd does for a unit with ``Restart=always``, ``RestartSec=0.2``."""

    def __init__(self, *arguments, log, through=()):
        self.arguments, self.log, self.starts, self.through = arguments, log, 0, through
        self.process = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stopping.is_set():
            with self.log.open("ab") as log:
                command = [*map(str, self.through), sys.executable, "-m", *map(str, self.arguments)]
                self.process = subprocess.Popen(
                    command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL
                )
            self.starts += 1
            self.process.wait()
            self._stopping.wait(0.2)

    def kill(self, number=signal.SIGKILL):
        self.process.send_signal(number)

    def stop(self):
        self._stopping.set()
        while self._thread.is_alive():
            if self.process is not None:
                self.process.send_signal(signal.SIGCONT)
                self.process.terminate()
            self._thread.join(3)
            if self._thread.is_alive():
                self.process.kill()


@dataclass
class Host:
    """A recorder host with one volume."""

    folder: Path
    units: dict = field(default_factory=dict)

    @property
    def volume(self):
        return self.folder / "disk1"

    @property
    def index(self):
        return self.folder / "index.db"

    def start(self, *which, through=()):
        gate, keeper = (
            ("nanxi.gate", "--config", self.folder / "gate.yml"),
            ("nanxi.recorder", "--config", self.config),
        )
        for name in which:
            recorder = ("nanxi.recorder.start", name, "--config", self.config)
            arguments = {"gate": gate, "keeper": keeper}.get(name, recorder)
            self.units[name] = Unit(*arguments, log=self.folder / "log", through=through)

    @property
    def config(self):
        return self.folder / "recorder.json"

    def files(self):
        return sorted(self.volume.glob("*/*/*.ts"))

    def segments(self, camera):
        with Index(self.index, read_only=True) as index:
            return [segment for segment, _ in index.between(camera, 0, 1 << 62)]

    def events(self, camera):
        with Index(self.index, read_only=True) as index:
            return Events(index).between(camera, 0, 1 << 62)

    def until(self, wanted, within_s=30):
        """Wait until ``wanted()`` is true and return it."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            try:
                if found := wanted():
                    return found
            except (ControlError, IndexFailedError, OSError, ValueError):
                pass  # neither gate nor index are there at once
            time.sleep(0.1)
        raise AssertionError(f"it did not come to that\n{(self.folder / 'log').read_text()[-3000:]}")

    def status(self, camera):
        return next(one for one in ask_status(self.folder / "control")["streams"] if one["camera"] == camera)

    def ffmpeg(self, camera):
        """Return the process id of a camera's ffmpeg, None while it waits for pictures."""
        pid = int((self.folder / "run" / f"{camera}.pid").read_text())
        return pid if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"/usr/bin/ffmpeg") else None


@pytest.fixture
def host(tmp_path):
    """Make recorder hosts for cameras of the twin; ``host({name: camera}, watchdog_s=5)``."""
    made = []

    def make(cameras, *, passwords=None, disks=("disk1",), home_s=3, **plan):
        folder = tmp_path / f"host{len(made)}"
        for name in (*disks, "run"):
            (folder / name).mkdir(parents=True)
        for name in disks:
            create(folder / name, name)
        rules = [camera_rule(camera, name, stall_s=3) for name, camera in cameras.items()]
        gate = write_config(folder, rules, passwords=passwords)
        promise = {"point_class": "1", "days": 30}
        recording = {
            "index": str(folder / "index.db"),
            "log": str(folder / "retrievals.jsonl"),
            "volumes": [str(folder / name) for name in disks],
            "cameras": dict.fromkeys(cameras, promise),
        }
        (folder / "recording.json").write_text(json.dumps(recording))
        one = {"volume": str(folder / "disk1"), "detect_s": 4, **plan}
        recorder = {
            "gate_port": gate["listen"]["port"],
            "gate_control": gate["control"],
            "recording": str(folder / "recording.json"),
            "run": str(folder / "run"),
            "segment_s": SEGMENT_S,
            "trust_clock": True,
            "home_s": home_s,
            "cameras": dict.fromkeys(cameras, one),
        }
        (folder / "recorder.json").write_text(json.dumps(recorder))
        made.append(Host(folder))
        return made[-1]

    yield make
    for one in made:
        for unit in reversed(one.units.values()):
            unit.stop()


def environment_and_arguments(pid):
    """Return everything of a process that others may read."""
    proc = Path(f"/proc/{pid}")
    return (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
