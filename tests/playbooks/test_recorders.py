"""playbooks/recorders.yml on a real machine without a way out, and what it records of a few cameras.

The bundle's own tests are here too: a host is installed from it once.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.demo.recorded import Recorded, judged, of_host, on_disk, wait_for_pictures
from nanxi.register.model import Camera
from tests.support.ansible import ROOT, Inventory
from tests.support.control import ControlNode
from tests.support.crowd import twins
from tests.support.hosts import RunningHosts, StartHosts

#: The first run installs 300 Debian packages and 70 wheels.
pytestmark = [pytest.mark.lab, pytest.mark.timeout(900)]

CENTRE, GATEWAY, HOST = "county-host01", "shangtang-host02", "shangtang-host01"
#: These have twins; the host's other cameras are dead.
ALIVE = ("shangtang-cam0009", "shangtang-cam0013", "shangtang-cam0006")
FOOTAGE = "/opt/nanxi/scripts/footage"


@pytest.fixture(scope="module")
def running(lab_hosts: StartHosts) -> RunningHosts:
    if not (ROOT / "build/bundle/SHA256SUMS").exists():
        pytest.skip("no bundle: run `make bundle` (needs the package registries)")
    return lab_hosts(CENTRE, GATEWAY, HOST)


@pytest.fixture(scope="module")
def control(running: RunningHosts, tmp_path_factory: pytest.TempPathFactory) -> ControlNode:
    inventory = Inventory(tmp_path_factory.mktemp("recorders") / "inventory")
    inventory.lab_register()
    inventory.new_passwords()
    shutil.copytree(ROOT / "inventory/lab/group_vars", inventory.folder / "group_vars")
    return ControlNode(running, inventory, patience_s=600)


@pytest.fixture(scope="module")
def cameras(running: RunningHosts, control: ControlNode) -> Iterator[dict[str, Camera]]:
    """A few cameras that know the recorders' account already, on cables of their own behind the gateway."""
    # What the gateway passes is its own tests' matter.
    assert running[GATEWAY].run("nft", "flush", "ruleset").returncode == 0
    with twins(running, control.inventory, ALIVE):
        yield {camera: running.estate.devices[camera] for camera in ALIVE}


def play(control: ControlNode, *options: str) -> subprocess.CompletedProcess[str]:
    return control.play("playbooks/recorders.yml", "--limit", HOST, "--diff", *options)


def changed(done: subprocess.CompletedProcess[str]) -> int:
    assert done.returncode == 0, done.stdout + done.stderr
    return int(re.search(rf"{HOST} .* changed=(\d+)", done.stdout)[1])


@pytest.fixture(scope="module")
def recording(cameras: dict[str, Camera], control: ControlNode, running: RunningHosts) -> dict[str, Recorded]:
    """The host after its first run, and where it records the cameras that there are."""
    foreseen = changed(play(control, "--check"))
    assert foreseen > 10  # on a host that has nothing yet, not even the users that files are to belong to
    assert running.ssh(HOST, "ls /opt").stdout == ""
    assert changed(play(control)) >= foreseen
    told = of_host(HOST, running[HOST].spec.bay, running.ssh(HOST, "cat /etc/nanxi/recorder.json").stdout)
    return {camera: told[camera] for camera in ALIVE}


def test_a_second_run_changes_nothing_in_check_mode_neither(
    recording: dict[str, Recorded], control: ControlNode
) -> None:
    assert changed(play(control)) == 0
    assert changed(play(control, "--check", "--tags", "recorder")) == 0


def test_the_bundle_is_all_that_there_is(recording: dict[str, Recorded], running: RunningHosts) -> None:
    said = running.ssh(
        HOST, "cat /etc/apt/sources.list; ls /etc/apt/sources.list.d; ls /var/lib/nanxi/bundle"
    )
    assert said.stdout.splitlines() == ["deb [trusted=yes] file:/var/lib/nanxi/bundle ./", "Packages"]
    elsewhere = running.ssh(HOST, "apt-get install --simulate cowsay")
    assert "Unable to locate package cowsay" in elsewhere.stderr
    here = running.ssh(HOST, "/opt/nanxi/current/bin/python -m pip list --format freeze").stdout
    locked = (ROOT / "build/bundle/wheels/requirements.txt").read_text()
    assert names_of(here)
    assert names_of(here) - {"pip", "setuptools"} - names_of(locked) == set()


def names_of(frozen: str) -> set[str]:
    """Return the packages of lines ``name==version``, as PEP 503 compares names."""
    return {
        re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r"^([\w.-]+)==", frozen, re.MULTILINE)
    }


def test_there_is_no_way_out(recording: dict[str, Recorded], running: RunningHosts) -> None:
    """Asked of the kernels, without a packet: the host sends what it does not know to a gateway that knows no more."""
    address = "203.0.113.7"  # for documentation (RFC 5737)
    assert "via 10.98.1.1 " in running[HOST].run("ip", "route", "get", address).stdout
    for gateway in (GATEWAY, CENTRE):
        assert "unreachable" in running[gateway].run("ip", "route", "get", address).stderr


def test_gate_and_recorder_reach_cameras_and_nothing_else(
    recording: dict[str, Recorded], running: RunningHosts, cameras: dict[str, Camera]
) -> None:
    """S5. The flow table lets the host reach a camera's web page; what speaks for cameras does not get there."""
    address = cameras[ALIVE[0]].ipv4
    script = f"import socket; socket.create_connection(('{address}', {{port}}), 2); print('through')"

    def reaches(user: str, port: int) -> bool:
        command = f'setpriv --reuid {user} --clear-groups python3 -c "{script.format(port=port)}"'
        return running.ssh(HOST, command).stdout == "through\n"

    assert reaches("root", 80)
    assert reaches("nanxi-gate", 554)
    for user in ("nanxi-gate", "nanxi-recorder"):
        assert not reaches(user, 80)
    assert not reaches("nanxi-exporter", 554)  # it calls cameras up at the gate alone
    counted = running.ssh(HOST, "nft list counter inet nanxi confined").stdout
    assert re.search(r"packets [1-9]", counted), counted


def test_units_are_right_and_closed(recording: dict[str, Recorded], running: RunningHosts) -> None:
    units = "nanxi-gate.service nanxi-keeper.service nanxi-recorder@shangtang-cam0009.service nanxi-recordings@keep.service"
    verified = running.ssh(HOST, f"systemd-analyze verify --man=no {units}")
    assert (verified.returncode, verified.stderr) == (0, "")
    *daemons, round_ = units.split()
    for judged_units, threshold in (
        (" ".join(daemons), 25),
        (round_, 50),
    ):  # tenths of ten points of exposure
        security = (
            f"systemd-analyze security --no-pager --threshold={threshold} {judged_units} > /dev/null; echo $?"
        )
        assert running.ssh(HOST, security).stdout == "0\n"
    said = running.ssh(HOST, "systemctl is-enabled nanxi-gate nanxi-keeper")
    assert said.stdout.split() == ["enabled", "enabled"]


def test_it_records_and_ffprobe_agrees_with_the_index(
    recording: dict[str, Recorded], running: RunningHosts
) -> None:
    began = time.time()
    wait_for_pictures(recording.values(), began, 30)
    deadline = time.monotonic() + 40
    told: dict[str, list] = {}
    there: set[Path] = set()
    while min((len(found) for found in told.values()), default=0) < 3 and time.monotonic() < deadline:
        time.sleep(2)
        there = on_disk(recording.values(), 0)
        for camera in ALIVE:
            asked = f"{FOOTAGE} --json list {camera} {time.strftime('%Y-%m-%d')} now"
            told[camera] = json.loads(running.ssh(HOST, asked).stdout or "[]")
    count, differences = judged(told, recording, there)
    assert count >= 2 * len(ALIVE)
    assert differences == []
    assert {one["codec"] for found in told.values() for one in found} <= {"h264", "hevc"}


def test_dead_cameras_are_gaps_with_their_cause(
    recording: dict[str, Recorded], running: RunningHosts
) -> None:
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 20))
    gaps = json.loads(running.ssh(HOST, f"{FOOTAGE} --json gaps all {since} now").stdout)
    assert set(ALIVE) < set(gaps)
    dead = {gap["cause"] for camera, found in gaps.items() if camera not in ALIVE for gap in found["gaps"]}
    assert dead == {"camera-unreachable"}


def test_passwords_are_in_one_file_that_the_gate_alone_reads(
    recording: dict[str, Recorded], running: RunningHosts, control: ControlNode
) -> None:
    said = running.ssh(
        HOST, "stat -c '%a %U' /etc/nanxi-gate/credentials.json; cat /etc/nanxi-gate/credentials.json"
    )
    head, _, text = said.stdout.partition("\n")
    assert head == "400 nanxi-gate"
    secrets = [login["password"] for login in json.loads(text).values()]
    seen = running.ssh(
        HOST, "ps axwwe; journalctl -b -o cat; cat /etc/nanxi/*.json /etc/nanxi-gate/gate.yml"
    ).stdout
    assert len(secrets) == 7
    assert [secret for secret in secrets if secret in seen] == []


def test_an_environment_that_was_never_finished_is_made_anew(
    recording: dict[str, Recorded], running: RunningHosts, control: ControlNode
) -> None:
    running.ssh(HOST, "rm -rf /opt/nanxi/current/.whole /opt/nanxi/current/lib/python3*/site-packages/nanxi")
    assert changed(play(control, "--tags", "runtime")) > 0
    assert running.ssh(HOST, "/opt/nanxi/current/bin/python -m exporters --help").returncode == 0


def test_without_a_bundle_it_says_how_to_make_one(control: ControlNode, tmp_path: Path) -> None:
    playbook = tmp_path / "other.yml"
    playbook.write_text(
        f"- hosts: {HOST}\n  gather_facts: false\n  tasks:\n"
        "    - ansible.builtin.include_role: {name: nanxi.cctv.offline}\n"
        f"      vars: {{offline_names: [cowsay], offline_bundle: {tmp_path}}}\n"
    )
    done = control.play(str(playbook))
    assert done.returncode == 2
    assert "scripts/bundle make" in done.stdout
    assert "Missing on this host: cowsay" in done.stdout
