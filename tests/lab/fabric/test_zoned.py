"""The zoned lab: who reaches whom before any gateway is provisioned, cables, and that nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.network import ROOT
from lab.zoned import ZonedLab
from tests.support.hosts import needs_hosts

pytestmark = pytest.mark.lab

INVENTORY = ROOT / "inventory/lab"
#: Two police cameras of Shangtang, one of Oubei.
ONE, TWO, FAR = "10.98.0.130", "10.98.0.136", "10.98.0.194"
HERE, AWAY = "shangtang/cameras-police", "oubei/cameras-police"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZonedLab]:
    needs_hosts()
    lab = ZonedLab(f"nxz{os.getpid()}", tmp_path_factory.mktemp("lab"), INVENTORY, access_switches=False)
    try:
        lab.up()
        yield lab
    finally:
        lab.down()


def inside(lab: ZonedLab, place: str, *command: str) -> subprocess.CompletedProcess[str]:
    enter = lab.stations.at(place).enter
    return subprocess.run([*enter, *command], capture_output=True, text=True, check=False, timeout=30)


def pings(lab: ZonedLab, place: str, address: str) -> bool:
    inside(lab, place, "ip", "neigh", "flush", "all")
    return inside(lab, place, "ping", "-q", "-c2", "-i0.2", "-W0.5", address).returncode == 0


def until(true: Callable[[], bool], patience_s: float = 10) -> bool:
    deadline = time.monotonic() + patience_s
    while not (done := true()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return done


def command(lab: ZonedLab, *arguments: str) -> subprocess.CompletedProcess[str]:
    options = ("--name", lab.name, "--folder", str(lab.folder), "--no-access-switches")
    return subprocess.run(
        [sys.executable, "-m", "lab", *options, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_everything_is_up_and_up_again_changes_nothing(lab: ZonedLab) -> None:
    before = lab.status()
    assert before.is_up, str(before)
    assert command(lab, "up").returncode == 0
    assert lab.status() == before


def test_cameras_are_reached_from_their_own_zone_alone(lab: ZonedLab) -> None:
    assert pings(lab, HERE, ONE)
    assert pings(lab, HERE, TWO)
    assert pings(lab, AWAY, FAR)
    for place in (AWAY, "shangtang/cameras-public", "shangtang/viewing", "core", "departments"):
        assert not pings(lab, place, ONE), place


def test_a_camera_has_the_registers_card(lab: ZonedLab) -> None:
    pings(lab, HERE, ONE)
    assert "00:07:5f:00:00:01" in inside(lab, HERE, "ip", "neigh", "show", ONE).stdout


def test_a_camera_answers_by_its_own_cable_only(lab: ZonedLab) -> None:
    # A frame to the card of one camera with the address of another: two machines in the field, one kernel here.
    inside(lab, HERE, "ip", "neigh", "replace", TWO, "lladdr", "00:07:5f:00:00:01", "dev", "eth0")
    assert inside(lab, HERE, "ping", "-q", "-c1", "-W0.5", TWO).returncode == 1
    inside(lab, HERE, "ip", "neigh", "del", TWO, "dev", "eth0")
    assert pings(lab, HERE, TWO)


def test_a_twin_speaks_onvif_in_its_zone(lab: ZonedLab) -> None:
    url = f"http://{ONE}/onvif/device_service"
    said = inside(lab, HERE, "curl", "-s", "-m", "5", "-D", "-", "-o", "/dev/null", "-d", "<x/>", url)
    assert "Server: Bosch" in said.stdout


def test_an_unplugged_camera_is_gone_and_comes_back(lab: ZonedLab) -> None:
    lab.devices.unplug("shangtang-cam0005")
    assert not pings(lab, HERE, ONE)
    lab.devices.replug("shangtang-cam0005")
    assert until(lambda: pings(lab, HERE, ONE))


def test_a_laptop_in_a_cameras_port_is_in_its_zone(lab: ZonedLab) -> None:
    laptop = command(lab, "exec", "--instead-of", "shangtang-cam0005", "--", "ping", "-q", "-c2", "-W1", TWO)
    assert laptop.returncode == 0, laptop.stderr
    assert until(lambda: pings(lab, HERE, ONE))
    pings(lab, HERE, ONE)
    assert "00:07:5f:00:00:01" in inside(lab, HERE, "ip", "neigh", "show", ONE).stdout


def test_a_staged_gateway_forwards_for_nobody_but_the_control_node(lab: ZonedLab) -> None:
    assert command(lab, "exec", "--", "ping", "-q", "-c2", "-W1", "10.98.0.1").returncode == 0
    assert not pings(lab, "shangtang/viewing", "10.98.1.2")
    assert not pings(lab, "uplink", "10.98.255.10")


def test_the_county_clock_answers_in_core(lab: ZonedLab) -> None:
    ask = "import socket,sys; s=socket.socket(2,2); s.settimeout(3); s.sendto(b'\\x23'+bytes(47),(sys.argv[1],123)); print(s.recvfrom(99)[1][0])"
    for place, address in (("core", "10.98.255.2"), ("core", "10.98.255.3"), ("core-public", "10.99.255.3")):
        assert inside(lab, place, sys.executable, "-c", ask, address).stdout.strip() == address


def test_a_tester_has_a_laptop_in_every_zone_and_in_ports_of_cameras(lab: ZonedLab) -> None:
    said = command(lab, "accept", "--", "--how", "tagged", "--report", str(lab.folder / "out"))
    told = json.loads((lab.folder / "out/zones.json").read_text())
    # Nothing was opened, so nothing is proved; and no frame came out in another VLAN.
    assert (said.returncode, told["verdict"], told["differences"]) == (1, "collecting", []), said.stderr
    assert told["probes_not_started"] == {}
    spots = {result["from"] for result in told["results"]}
    assert {"core", "departments", f"{HERE}@shangtang-cam0005", "oubei/viewing"} <= spots
    assert HERE not in spots
    # The cameras are back in their ports.
    assert until(lambda: pings(lab, HERE, ONE))


@pytest.mark.parametrize("place", ["police", "public", "core", "departments", "shangtang/viewing"])
def test_there_is_no_way_out(lab: ZonedLab, place: str) -> None:
    assert inside(lab, place, "ping", "-c1", "-W1", "192.0.2.1").returncode != 0


def test_no_interface_of_the_lab_is_in_the_machines_own_network(lab: ZonedLab) -> None:
    shown = subprocess.run(["ip", "-br", "link"], capture_output=True, text=True, check=True).stdout
    assert not [line for line in shown.splitlines() if line.startswith(("w", "b", "ovs"))]
    assert lab.fabric.vswitch.running


def test_an_unknown_place_is_named(lab: ZonedLab) -> None:
    said = command(lab, "exec", "--at", "shangtang/kitchen", "--", "true")
    assert said.returncode == 1
    assert "no place 'shangtang/kitchen'; there are police, public, " in said.stderr
    assert "shangtang/cameras-police" in said.stderr


def test_up_mends_what_a_kill_left_half_made(lab: ZonedLab) -> None:
    processes = lab.status().processes
    for name in ("twin", "clock-police", "county-host04"):
        pid = processes[name]
        assert pid
        os.kill(pid, signal.SIGKILL)
    lab.stations.at("uplink").delete()
    assert until(lambda: not lab.status().is_up)
    assert command(lab, "up").returncode == 0
    assert pings(lab, HERE, ONE)


def test_down_leaves_nothing_and_may_be_repeated(lab: ZonedLab) -> None:
    machines = lab.hosts.machines.values()
    assert command(lab, "down").returncode == 0
    assert [left for machine in machines for left in machine.leftovers()] == []
    assert [path.name for path in Path("/run/netns").iterdir() if path.name.startswith(f"{lab.name}-")] == []
    assert (
        lab.name
        not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    )
    assert lab.name not in Path("/proc/mounts").read_text("utf-8")
    assert command(lab, "down").returncode == 0
    said = command(lab, "exec", "--", "true")
    assert said.stderr == "lab: the lab is down; bring it up with: make lab-up\n"
