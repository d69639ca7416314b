"""playbooks/vehicles.yml on real machines: a vehicle that records its camera and drives off, and the depot that it comes to.

The vehicle has a switch of its own on board, so that its camera stays with it when the cable to the yard is pulled out.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lab.demo.recorded import Recorded, of_host, wait_for_pictures
from lab.fabric import cables
from lab.fabric.cables import Cable
from lab.fabric.crowd import Crowd
from nanxi.recording import names
from tests.support.ansible import ROOT, Inventory
from tests.support.control import ControlNode
from tests.support.crowd import twins
from tests.support.hosts import RunningHosts, StartHosts
from tests.support.vehicle import ABOARD, BOARD, DEPOT, receiver, registered, without_others

#: Two hosts from nothing, one after the other.
pytestmark = [pytest.mark.lab, pytest.mark.timeout(1800)]

CENTRE, GATEWAY = "county-host01", "oubei-host02"
SCRIPTS = "/opt/nanxi/scripts"
GPS_PORT = 5000
#: How long the camera on board is cut off, seconds.
OUTAGE_S = 15
#: A vehicle that uploads so slowly that a cable can be pulled out in the middle of a segment.
VEHICLE = f"""
mobile_recorder_gps_device: tcp://127.0.0.1:{GPS_PORT}
mobile_recorder_bandwidth_kib: 1500
mobile_recorder_every_s: 2
"""


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Inventory:
    """The lab's inventory with a vehicle and a depot."""
    made = Inventory(tmp_path_factory.mktemp("vehicles") / "inventory")
    registered(made)
    without_others(made)
    (made.folder / "host_vars" / f"{DEPOT}.yml").write_text("vehicle_depot: true\n")
    (made.folder / "host_vars" / f"{BOARD}.yml").write_text(VEHICLE)
    made.new_passwords()
    return made


@pytest.fixture(scope="module")
def running(lab_hosts: StartHosts, inventory: Inventory) -> Iterator[RunningHosts]:
    if not (ROOT / "build/bundle/SHA256SUMS").exists():
        pytest.skip("no bundle: run `make bundle` (needs the package registries)")
    started = lab_hosts(CENTRE, GATEWAY, DEPOT, BOARD, inventory=inventory.folder)
    command = [*started[BOARD].network.enter, *receiver(GPS_PORT)]
    satellites = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    yield started
    satellites.kill()
    satellites.wait()


@pytest.fixture(scope="module")
def control(running: RunningHosts, inventory: Inventory) -> ControlNode:
    return ControlNode(running, inventory, patience_s=900)


@pytest.fixture(scope="module")
def camera(running: RunningHosts, inventory: Inventory) -> Iterator[Crowd]:
    """The camera on board, which knows the recorders' account already."""
    with twins(running, inventory, [ABOARD]) as crowd:
        yield crowd


def play(control: ControlNode, playbook: str, hosts: str, *options: str) -> dict[str, int]:
    """Run a playbook and return how many tasks changed each host."""
    done = control.play(f"playbooks/{playbook}.yml", "--limit", hosts, "--diff", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.findall(r"^([\w-]+) +: .* changed=(\d+)", done.stdout, re.MULTILINE)
    return {host: int(count) for host, count in found}


BOTH = f"{DEPOT},{BOARD}"


#: What takes long on a new host, whatever it is to be.
STAGING = f"""
- hosts: {BOARD}
  gather_facts: false
  roles: [nanxi.cctv.runtime]
  tasks:
    - ansible.builtin.include_role: {{name: nanxi.cctv.offline}}
      vars: {{offline_names: [ffmpeg, gpsd]}}
"""


@pytest.fixture(scope="module")
def provisioned(camera: Crowd, control: ControlNode, running: RunningHosts) -> dict[str, int]:
    """Both hosts after their first run."""
    foreseen = play(control, "vehicles", BOTH, "--check")
    assert min(foreseen.values()) > 10  # on hosts that have nothing yet
    assert running.ssh(BOARD, "ls /opt").stdout == running.ssh(DEPOT, "ls /opt").stdout == ""
    staging = control.inventory.folder.parent / "staging.yml"
    staging.write_text(STAGING)
    with ThreadPoolExecutor(1) as pool:  # while the other host becomes a recorder
        staged = pool.submit(control.play, str(staging))
        play(control, "recorders", DEPOT)
        assert staged.result().returncode == 0, staged.result().stdout
    return play(control, "vehicles", BOTH)


@dataclass
class Trip:
    """The vehicle on its way, seen from outside: both hosts' disks are in this machine's hands, also on the road."""

    running: RunningHosts
    camera: Recorded  # on board
    cable: Cable  # to the yard

    @property
    def arrived(self) -> Path:
        """Where the camera's footage is at the depot."""
        return self.running[DEPOT].spec.bay

    @property
    def spool(self) -> Path:
        """What is under way, on the depot's system disk."""
        return self.running[DEPOT].spec.upper / "var/lib/nanxi-depot/incoming" / BOARD

    def on_board(self) -> dict[str, Path]:
        """Return the files that are closed: all but the newest."""
        found = sorted(self.camera.folder.glob("*/*.ts"), key=lambda path: names.parse(path.name))
        return {path.name: path for path in found[:-1]}

    def at_depot(self) -> dict[str, Path]:
        return {path.name: path for path in self.arrived.glob(f"disk*/{ABOARD}/*/*.ts")}

    def asked(self, host: str, *words: str) -> Any:
        """Return what a script says on a host, as JSON."""
        said = self.running.ssh(host, f"{SCRIPTS}/{' '.join(words)}")
        assert said.stdout, said.stderr
        return json.loads(said.stdout)

    def closed_since(self, at: float) -> set[str]:
        """Return the names of what began since then and is closed."""
        return {name for name in self.on_board() if names.parse(name).start >= at}

    def gaps(self, host: str, since: float, end: float | None = None) -> Any:
        """Return what a host's table of gaps says, and how long what was asked is."""
        words = utc(since), "now" if end is None else utc(end)
        told = self.asked(host, "footage --json gaps", ABOARD, *words)
        asked_ms = (int(end or 0) - int(since)) * 1000
        waiting = [gap["from_ms"] for gap in told["gaps"] if gap["cause"] == "not-uploaded"]
        return told | {"asked_ms": asked_ms, "heard": min(waiting, default=2**60) / 1000}

    def indexed(self, host: str, since: float) -> set[str]:
        """Return the names of what a host's index has since then."""
        found = self.asked(host, "footage --json list", ABOARD, utc(since), "now")
        return {Path(one["file"]).name for one in found}


def utc(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def digests(files: dict[str, Path], wanted: set[str]) -> dict[str, str]:
    return {name: hashlib.sha256(files[name].read_bytes()).hexdigest() for name in wanted}


def until(ready: Callable[[], Any], what: str, patience_s: float = 120) -> Any:
    """Wait for something and return it."""
    deadline = time.monotonic() + patience_s
    while not (found := ready()):
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
    return found


@pytest.fixture(scope="module")
def trip(provisioned: dict[str, int], running: RunningHosts) -> Trip:
    """The vehicle in its yard, recording."""
    spec = running[BOARD].spec
    told = of_host(BOARD, spec.bay, running.ssh(BOARD, "cat /etc/nanxi/recorder.json").stdout)
    cable = Cable(tuple((running.fabric.namespace, end) for end in cables.outside(spec)))
    wait_for_pictures([told[ABOARD]], time.time(), 60)
    return Trip(running, told[ABOARD], cable)


def test_a_second_run_changes_nothing(provisioned: dict[str, int], control: ControlNode) -> None:
    assert play(control, "vehicles", BOTH) == {DEPOT: 0, BOARD: 0}


def test_units_are_right_and_nothing_has_failed(trip: Trip) -> None:
    for host, units in (
        (BOARD, "nanxi-vehicle.service nanxi-track.service nanxi-gate.service"),
        (DEPOT, "nanxi-depot.socket nanxi-depot-sshd.service nanxi-depot@.service"),
    ):
        verified = trip.running.ssh(
            host, f"systemd-analyze verify --man=no {units}; systemctl --failed --plain -q"
        )
        assert (verified.stdout, verified.stderr) == ("", "")


def test_where_it_is_lies_beside_the_video(trip: Trip) -> None:
    """gpsd reads the receiver on the host itself."""
    folder = trip.camera.folder.parent / "track" / BOARD
    tracks = until(lambda: sorted(folder.glob("*/*.track")), "no position is kept")
    lines = [json.loads(line) for path in tracks for line in path.read_text().splitlines()]
    assert all(abs(one["lat"] - 28.15) < 0.05 and abs(one["lon"] - 120.69) < 0.05 for one in lines)
    assert trip.camera.newest() is not None


def test_the_road_is_at_the_depot_when_it_is_proved_and_not_before(trip: Trip, camera: Crowd) -> None:
    """The cable goes, comes, goes in the middle of an upload, and comes again; on the road the camera itself is cut off."""
    left_at = time.time()
    trip.cable.pull()
    until(lambda: trip.closed_since(left_at), "nothing is recorded on the road")
    camera.unplug(ABOARD)
    time.sleep(OUTAGE_S)
    camera.replug(ABOARD)
    back_at = time.time()
    until(lambda: trip.closed_since(back_at), "the camera came back, and is not recorded")

    trip.cable.put_back()
    under_way = until(
        lambda: [p for p in trip.spool.glob(f"{ABOARD}_*.ts") if 0 < p.stat().st_size < size_of(trip, p)],
        "nothing is uploaded when it comes home",
    )[0]
    trip.cable.pull()
    cut, road = under_way.name, trip.closed_since(left_at)
    missing = [name for name in {cut, *road} if name not in trip.at_depot()]
    assert cut in missing
    assert [name for name in missing if name not in trip.on_board()] == []
    told = trip.gaps(DEPOT, left_at)
    assert "not-uploaded" in {gap["cause"] for gap in told["gaps"]}
    assert cut not in trip.indexed(DEPOT, left_at - 600)

    trip.cable.put_back()
    wanted = {cut, *road}
    until(lambda: wanted <= set(trip.at_depot()), "the second visit does not bring what the first one began")
    until(lambda: wanted <= trip.indexed(DEPOT, left_at - 600), "what is there is not found")
    assert digests(trip.at_depot(), wanted) == digests(trip.on_board(), wanted)
    assert trip.asked(BOARD, "vehicle --json status")["confirmed"] >= len(wanted)
    assert [one["vehicle"] for one in trip.asked(DEPOT, "vehicle --json seen")] == [BOARD]

    # The vehicle says what befell its camera, and the depot's table of the road has every second.
    last = max(names.parse(name).start for name in road)
    until(lambda: trip.gaps(DEPOT, left_at)["heard"] > last, "the depot is not told of the road")
    told = trip.gaps(DEPOT, left_at, last)
    lengths = {gap["cause"]: gap["until_ms"] - gap["from_ms"] for gap in told["gaps"]}
    assert set(lengths) <= {"camera-unreachable", "stalled"}, told
    assert sum(lengths.values()) > OUTAGE_S * 500
    assert (
        told["recorded_ms"] + sum(gap["until_ms"] - gap["from_ms"] for gap in told["gaps"])
        == told["asked_ms"]
    )


def test_copies_on_board_go_when_a_depot_proved_to_have_them(trip: Trip) -> None:
    """Footage of a week ago, which retention would take if it were at a depot."""
    running = trip.running
    source = max(trip.on_board().values())
    planted = names.SegmentName(ABOARD, names.parse(source.name).start - 7 * 86_400, "0000abcd")
    volume = trip.camera.volume
    was, there = volume / ABOARD / source.parent.name / source.name, planted.path(volume)
    here = planted.path(trip.camera.folder.parent)
    script = (
        f"systemctl stop nanxi-vehicle && install -d -o nanxi-recorder -g nanxi-recorder -m 750 {there.parent} "
        f"&& cp -p {was} {there} && touch -d '{utc(planted.start + 10)}' {there} "
        "&& systemctl start nanxi-recordings@mend nanxi-recordings@keep"
    )
    done = running.ssh(BOARD, script)
    assert done.returncode == 0, done.stderr
    assert str(planted) in trip.indexed(BOARD, planted.start - 5)
    assert here.exists()
    (before,) = digests({str(planted): here}, {str(planted)}).values()

    running.ssh(BOARD, "systemctl start nanxi-vehicle")
    until(lambda: str(planted) in trip.at_depot(), "it is not uploaded")
    until(lambda: str(planted) in trip.indexed(DEPOT, planted.start - 5), "what is there is not found")
    until(
        lambda: (
            running.ssh(BOARD, "systemctl start nanxi-recordings@keep").returncode == 0 and not here.exists()
        ),
        "a depot has it, and it does not go",
    )
    assert digests(trip.at_depot(), {str(planted)}) == {str(planted): before}


def size_of(trip: Trip, spooled: Path) -> int:
    """Return how large a file in the spool will be; 0 when it is gone on board."""
    path = trip.on_board().get(spooled.name)
    return path.stat().st_size if path else 0
