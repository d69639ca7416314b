"""A vehicle's host and a depot: two network namespaces on one cable, real sshd, rsync and rrsync between them."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lab.netns import Namespace
from nanxi.recording.closing import Closer
from nanxi.recording.events import Events
from nanxi.recording.host import Host, open_host
from nanxi.recording.names import SegmentName
from nanxi.recording.segment import Segment
from nanxi.recording.volumes import create
from nanxi.vehicle.board import Board, open_board
from nanxi.vehicle.config import BoardConfig, load_board, load_depot
from nanxi.vehicle.door import authorized
from nanxi.vehicle.link import SshLink
from nanxi.vehicle.order import Item
from nanxi.vehicle.receive import respond
from tests.support.lab import need

ROOT = Path(__file__).parents[2]
_numbers = itertools.count()
SECONDS = 2
DEPOT_IP, BOARD_IP = "10.98.0.130", "10.98.0.131"  # of the lab's plan: the sandbox and nothing else
VEHICLE, CAMERAS = "shangtang-host07", ("shangtang-cam0701", "shangtang-cam0702")
OTHER, OTHERS = "oubei-host08", ("oubei-cam0801",)


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Segments of two seconds of noise, some 700 KB each: long enough on a slow line to be cut in the middle."""
    need("ffmpeg", "ffprobe")
    folder = tmp_path_factory.mktemp("clips")
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error",
         "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=15:duration=12", "-vf", "noise=c0s=60:c0f=t",
         "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "3M", "-g", "30", "-bf", "0",
         "-f", "segment", "-segment_time", str(SECONDS), "-segment_format", "mpegts", str(folder / "%02d.ts")],
        check=True, timeout=60,
    )  # fmt: skip
    return sorted(folder.glob("*.ts"))


def recent(ago_s: float = 7200) -> int:
    """Return a full minute some time ago, Unix time in s."""
    return int(time.time() - ago_s) // 60 * 60


@dataclass
class Car:
    """What is on board one vehicle."""

    folder: Path
    vehicle: str
    cameras: tuple[str, ...]

    @property
    def config(self) -> BoardConfig:
        return load_board(self.folder / "vehicle.json")

    @property
    def volume(self) -> Path:
        return self.folder / "disk1"

    def write(self, depots: Sequence[Mapping[str, Any]], **more: Any) -> None:
        """Write both configurations, as the role does."""
        cameras = {
            camera: {
                "point_class": "vehicle",
                "days": 30,
                "code": "3303240100138000000",
                "vehicle": self.vehicle,
            }
            for camera in self.cameras
        }
        recording = {
            "index": str(self.folder / "index.db"),
            "log": str(self.folder / "retrievals.jsonl"),
            "volumes": [str(self.volume)],
            "hashing": True,
            "on_board": {"receipts": str(self.folder / "receipts.db")},
            "cameras": cameras,
        }
        (self.folder / "recording.json").write_text(json.dumps(recording))
        config = {
            "vehicle": self.vehicle,
            "depots": list(depots),
            "key": str(self.folder / "key"),
            "recording": str(self.folder / "recording.json"),
            "run": str(self.folder),
            "state": str(self.folder),
            "timeout_s": 6,
            "bandwidth_kib": 0,
        }
        (self.folder / "vehicle.json").write_text(json.dumps(config | more))

    def record(
        self,
        clips: Sequence[Path],
        start: int,
        camera: int = 0,
        session: str = "00000001",
        *,
        trusted: bool = True,
    ) -> list[Segment]:
        """Put closed segments on board, as the recorder does."""
        with open_host(self.folder / "recording.json", make_index=True) as host:
            volume = host.volumes["disk1"]
            names = []
            for at, clip in enumerate(clips):
                name = SegmentName(self.cameras[camera], start + SECONDS * at, session, trusted)
                path = name.path(volume.path)
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(clip, path)
                os.utime(path, (name.start + SECONDS,) * 2)
                names.append(name)
            return Closer(host.index, host.events, hashing=True).close(volume, names)

    @contextmanager
    def board(self) -> Iterator[Board]:
        with open_board(self.config) as board:
            yield board

    @contextmanager
    def host(self) -> Iterator[Host]:
        with open_host(self.folder / "recording.json") as host:
            yield host


@dataclass
class Station:
    """A depot: what a station's recorder host has for vehicles."""

    folder: Path
    name: str = "shangtang"

    @property
    def volume(self) -> Path:
        return self.folder / "disk1"

    @property
    def spool(self) -> Path:
        return self.folder / "incoming"

    def write(self, cars: Sequence[Car]) -> None:
        """Write both configurations, as the role does."""
        cameras = {
            camera: {"point_class": "vehicle", "days": 30, "vehicle": car.vehicle}
            for car in cars
            for camera in car.cameras
        }
        recording = {
            "index": str(self.folder / "index.db"),
            "log": str(self.folder / "retrievals.jsonl"),
            "volumes": [str(self.volume)],
            "statements": str(self.folder / "vehicles"),
            "cameras": cameras,
        }
        (self.folder / "recording.json").write_text(json.dumps(recording))
        config = {
            "name": self.name,
            "vehicles": {car.vehicle: car.cameras for car in cars},
            "spool": str(self.spool),
            "recording": str(self.folder / "recording.json"),
            "control": str(self.folder / "control"),
            "log": str(self.folder / "arrivals.jsonl"),
        }
        (self.folder / "depot.json").write_text(json.dumps(config))

    @contextmanager
    def host(self) -> Iterator[Host]:
        with open_host(self.folder / "recording.json", make_index=True) as host:
            yield host

    def has(self) -> dict[str, Path]:
        """Return every indexed segment's file, by name, after holding index and files against one another."""
        with self.host() as host:
            rows = [segment for camera in host.index.cameras() for segment, _ in host.index.all(camera)]
            found = {str(one.name): one.name.path(host.volumes[one.volume].path) for one in rows}
            for one in rows:
                assert found[str(one.name)].stat().st_size == one.size
        return found


class NearLink:
    """A depot without a line between: its real receiver, called; what rsync would bring is copied."""

    def __init__(self, station: Station, car: Car) -> None:
        self.station, self.car = station, car
        self.sent: list[str] = []
        self.asked: list[str] = []

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(question["ask"])
        line = json.dumps({**question, "vehicle": self.car.vehicle}).encode()
        answer = respond(load_depot(self.station.folder / "depot.json"), line)
        assert "error" not in answer, answer
        return json.loads(json.dumps(answer))

    def send(self, items: Sequence[Item]) -> int:
        folder = self.station.spool / self.car.vehicle
        folder.mkdir(parents=True, exist_ok=True)
        for item in items:
            shutil.copyfile(item.path, folder / item.name)
            self.sent.append(item.name)
        return sum(item.size for item in items)


@pytest.fixture
def car(tmp_path: Path) -> Car:
    return _car(tmp_path / "car", VEHICLE, CAMERAS)


@pytest.fixture
def other_car(tmp_path: Path) -> Car:
    return _car(tmp_path / "other", OTHER, OTHERS)


def _car(folder: Path, vehicle: str, cameras: tuple[str, ...]) -> Car:
    folder.mkdir()
    made = Car(folder, vehicle, cameras)
    made.volume.mkdir()
    create(made.volume, "disk1")
    made.write([])
    return made


@pytest.fixture
def station(tmp_path: Path, car: Car, other_car: Car) -> Station:
    made = Station(tmp_path / "station")
    made.folder.mkdir()
    made.volume.mkdir()
    create(made.volume, "disk1")
    made.write([car, other_car])
    return made


@dataclass
class Yard:
    """Vehicle and depot on one cable."""

    car: Car
    station: Station
    board: Namespace
    depot: Namespace
    host_key: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    sshd: subprocess.Popen[bytes] | None = None

    def link(self, **more: Any) -> SshLink:
        """Return the way from the vehicle to the depot; ``more`` changes its configuration."""
        self.car.write([self.known()], **more)
        config = self.car.config
        return SshLink(config, config.depots[0], self.board.enter)

    def known(self, **more: Any) -> dict[str, Any]:
        return {"name": self.station.name, "address": DEPOT_IP, "port": 2222, "user": "root",
                "host_keys": [self.host_key]} | more  # fmt: skip

    def pull(self) -> None:
        """Pull the cable."""
        _ip(self.depot, "link", "set", "eth0", "down")

    def plug(self) -> None:
        """Plug it in again."""
        _ip(self.depot, "link", "set", "eth0", "up")
        _until(self.reachable)

    def reachable(self) -> bool:
        probe = [sys.executable, "-c", f"import socket; socket.create_connection(('{DEPOT_IP}', 2222), 0.5)"]
        return subprocess.run([*self.board.enter, *probe], check=False, capture_output=True).returncode == 0

    def start_sshd(self) -> None:
        self.sshd = subprocess.Popen(
            [*self.depot.enter, "/usr/sbin/sshd", "-D", "-e", "-f", str(self.station.folder / "sshd_config")],
            stdin=subprocess.DEVNULL,
            stderr=(self.station.folder / "sshd.log").open("ab"),
        )
        self.processes.append(self.sshd)
        _until(self.reachable)

    def kill_sshd(self) -> None:
        """Kill the daemon with every session of it."""
        for pid in self.depot.processes():
            os.kill(pid, signal.SIGKILL)

    def spooled(self) -> int:
        """Return the bytes that lie in the vehicle's spool."""
        folder = self.station.spool / self.car.vehicle
        return sum(path.stat().st_size for path in folder.glob("*.ts")) if folder.exists() else 0


@pytest.fixture
def yard(tmp_path: Path, car: Car, other_car: Car, station: Station) -> Iterator[Yard]:
    """A vehicle in its depot: a cable, a daemon, a receiver; all of it ends with the fixture."""
    need("ip", "sshd", "ssh-keygen", "rsync", "rrsync", "systemd-socket-activate")
    mark = f"nxv{os.getpid() % 100_000}x{next(_numbers)}"
    board, depot = Namespace(f"{mark}b"), Namespace(f"{mark}d")
    for one in (board, depot):
        one.create([])
    made = None
    try:
        subprocess.run(
            ["ip", "link", "add", "eth0", "netns", board.name, "type", "veth",
             "peer", "name", "eth0", "netns", depot.name], check=True,
        )  # fmt: skip
        for one, address in ((board, BOARD_IP), (depot, DEPOT_IP)):
            _ip(one, "address", "add", f"{address}/24", "dev", "eth0")
            _ip(one, "link", "set", "eth0", "up")
        keys = [_key(one.folder / "key") for one in (station, car, other_car)]
        (station.folder / "authorized").write_text(
            "".join(
                authorized(one.vehicle, key, sys.executable) + "\n"
                for one, key in zip((car, other_car), keys[1:], strict=True)
            )
        )
        (station.folder / "sshd_config").write_text(
            f"Port 2222\nListenAddress {DEPOT_IP}\nHostKey {station.folder / 'key'}\nPidFile none\n"
            f"AuthorizedKeysFile {station.folder / 'authorized'}\nStrictModes no\nUsePAM no\n"
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin forced-commands-only\n"
            f"SetEnv NANXI_DEPOT={station.folder / 'depot.json'} PYTHONPATH={ROOT}\n"
        )
        Path("/run/sshd").mkdir(exist_ok=True)
        station.spool.mkdir()
        made = Yard(car, station, board, depot, keys[0])
        made.processes.append(
            subprocess.Popen(
                ["systemd-socket-activate", "--accept", "--inetd", f"--listen={station.folder / 'control'}",
                 "--setenv", f"NANXI_DEPOT={station.folder / 'depot.json'}", "--setenv", f"PYTHONPATH={ROOT}",
                 sys.executable, "-m", "nanxi.vehicle.receive"],
                stdin=subprocess.DEVNULL, stderr=(station.folder / "receive.log").open("ab"),
            )
        )  # fmt: skip
        made.start_sshd()
        _until((station.folder / "control").exists)
        yield made
    finally:
        for process in made.processes if made else ():
            process.kill()
            process.wait()
        for one in (board, depot):
            one.delete()


def _key(path: Path) -> str:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True)
    return path.with_suffix(".pub").read_text().strip()


def _ip(namespace: Namespace, *words: str) -> None:
    subprocess.run([*namespace.enter, "ip", *words], check=True)


def _until(ready: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise AssertionError("it did not come to be in time")
        time.sleep(0.05)


until = _until


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def events_of(host: Host, camera: str) -> list[Any]:
    return Events(host.index).between(camera, 0, 1 << 62)
