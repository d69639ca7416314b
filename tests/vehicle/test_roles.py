"""What the roles write for a vehicle and a depot, judged by those who read it: systemd, sshd, and the programs themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lab.fabric import cables, layout
from lab.hosts.spec import Cable, Spec
from nanxi.estate import load_estate
from nanxi.gateway.confined import confined
from nanxi.recording.config import load_config
from nanxi.vehicle.config import load_board, load_depot
from tests.support.ansible import ROOT, Inventory
from tests.support.lab import need
from tests.support.vehicle import ABOARD, BOARD, DEPOT, register, registered

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAVcZV9RczBrN82/4aOBjauxBtllOaAC1pey+pUTJ1Vx"
PLAY = """
- hosts: {board}
  gather_facts: false
  connection: local
  vars_files: [{root}/roles/mobile_recorder/defaults/main.yml]
  vars:
    ansible_python_interpreter: {python}
  tasks:
    - ansible.builtin.copy:
        content: "{{{{ {{
          'vehicle.json': lookup('template', '{root}/roles/mobile_recorder/templates/vehicle.json.j2', convert_data=false),
          'nanxi-vehicle.service': lookup('template', '{root}/roles/mobile_recorder/templates/nanxi-vehicle.service.j2'),
          'nanxi-aboard.network': lookup('template', '{root}/roles/mobile_recorder/templates/nanxi-aboard.network.j2'),
          'nanxi-track.service': lookup('template', '{root}/roles/mobile_recorder/templates/nanxi-track.service.j2'),
          'board-recording.json': lookup('nanxi.cctv.recorder', 'recording') | to_json,
          'cameras.json': lookup('nanxi.cctv.recorder', 'recorder') | to_json,
          }} | to_json }}}}"
        dest: "{out}/board"
        mode: "0600"
- hosts: {depot}
  gather_facts: false
  connection: local
  vars_files: [{root}/roles/vehicle_depot/defaults/main.yml]
  vars:
    ansible_python_interpreter: {python}
  tasks:
    - ansible.builtin.copy:
        content: "{{{{ {{
          'depot.json': lookup('template', '{root}/roles/vehicle_depot/templates/depot.json.j2', convert_data=false),
          'nanxi-depot.socket': lookup('template', '{root}/roles/vehicle_depot/templates/nanxi-depot.socket.j2'),
          'nanxi-depot@.service': lookup('template', '{root}/roles/vehicle_depot/templates/nanxi-depot@.service.j2'),
          'nanxi-depot-sshd.service': lookup('template', '{root}/roles/vehicle_depot/templates/nanxi-depot-sshd.service.j2'),
          'sshd_config': lookup('template', '{root}/roles/vehicle_depot/templates/sshd_config.j2'),
          'authorized_keys': lookup('nanxi.cctv.vehicle', 'authorized_keys', python=vehicle_depot_python),
          'depot-recording.json': lookup('nanxi.cctv.recorder', 'recording') | to_json,
          }} | to_json }}}}"
        dest: "{out}/depot"
        mode: "0600"
"""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vehicle")
    inventory = Inventory(folder / "inventory")
    registered(inventory)
    variables = inventory.folder / "host_vars"
    (variables / f"{DEPOT}.yml").write_text(f"vehicle_depot: true\nvehicle_depot_host_key: {KEY}\n")
    (variables / f"{BOARD}.yml").write_text(f"mobile_recorder_key: {KEY} root@board\n")
    out = folder / "out"
    out.mkdir()
    play = folder / "play.yml"
    play.write_text(PLAY.format(root=ROOT, out=out, python=sys.executable, board=BOARD, depot=DEPOT))
    pythons = f"mobile_recorder_python={sys.executable} vehicle_depot_python={sys.executable}"
    done = inventory.play(
        str(play), "-e", f"{pythons} mobile_recorder_gps_device=/dev/ttyACM0 mobile_recorder_aboard=eth1"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for part in ("board", "depot"):
        for name, content in json.loads((out / part).read_text()).items():
            (out / name).write_text(content if isinstance(content, str) else json.dumps(content))
        (out / part).unlink()
    return out, inventory


def test_board_and_depot_know_one_another(rendered):
    out, _ = rendered
    board, depot = load_board(out / "vehicle.json"), load_depot(out / "depot.json")
    assert board.vehicle == BOARD
    assert [(one.name, str(one.address), one.port, one.host_keys) for one in board.depots] == [
        (DEPOT, "10.98.1.18", 2222, (KEY,))
    ]
    assert board.gpsd == 2947
    assert depot.vehicles == {BOARD: (ABOARD,)}
    aboard, there = load_config(out / "board-recording.json"), load_config(out / "depot-recording.json")
    assert aboard.on_board.keep_days == 3
    assert aboard.hashing
    assert set(aboard.own) == set(json.loads((out / "cameras.json").read_text())) == {ABOARD}
    assert there.cameras[ABOARD].vehicle == BOARD
    assert ABOARD not in there.own
    assert there.own
    assert there.statements is not None


def test_the_units_and_the_daemon_are_right(rendered):
    need("systemd-analyze", "sshd", "ssh-keygen")
    out, _ = rendered
    units = sorted(path.name for path in out.iterdir() if path.suffix in (".service", ".socket"))
    assert len(units) == 5
    judged = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(out / unit for unit in units)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    mine = [line for line in judged.stderr.splitlines() if "nanxi" in line and "sshd_config" not in line]
    assert mine == []
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", out / "key"], check=True)
    config = (out / "sshd_config").read_text()
    (out / "sshd_config").write_text(
        config.replace("/etc/nanxi-depot/ssh_host_ed25519_key", str(out / "key"))
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    checked = subprocess.run(
        ["/usr/sbin/sshd", "-t", "-f", out / "sshd_config"], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_cameras_on_board_are_reached_where_no_gateway_is(rendered):
    """Their addresses are of another block than the host's, and on the road there is nobody between the two."""
    out, _ = rendered
    lines = (out / "nanxi-aboard.network").read_text().splitlines()
    assert "Name=eth1" in lines
    assert [line for line in lines if line.startswith("Address=")] == [
        "Address=10.98.1.19/32",
        "Address=10.98.0.193/32",
    ]
    route = lines[lines.index("[Route]") :]
    assert route == ["[Route]", "Destination=10.98.0.201/32", "Scope=link", "PreferredSource=10.98.1.19"]


def test_what_speaks_for_cameras_on_board_reaches_these_and_depots(rendered):
    """S5: the uploader is of the recordings' account. No depot's host may begin anything with what drives about."""
    _, inventory = rendered
    estate = load_estate(inventory.folder)
    board, depot = (confined(estate.devices[one], estate) for one in (BOARD, DEPOT))
    camera = estate.devices[ABOARD].ipv4
    assert set(board.targets) == {
        (camera, 554),
        *((estate.devices[one].ipv4, 2222) for one in (DEPOT, "shangtang-host01")),
    }
    assert camera not in {address for address, _ in depot.targets}
    assert board.users == depot.users


def test_the_lab_gives_a_vehicle_a_switch_of_its_own(rendered):
    """What is on board stays on board when the cable to the yard is pulled out."""
    _, inventory = rendered
    estate = load_estate(inventory.folder)
    yard, own = layout.of_host(estate.devices[BOARD], estate.plan)
    camera = next(plug for plug in layout.of_twins(estate) if plug.station == ABOARD)
    assert (yard.aboard, own.aboard, camera.aboard) == ("", BOARD, BOARD)
    assert {plug.aboard for plug in layout.of_twins(estate) if plug.station != ABOARD} == {""}
    spec = Spec("", "", "", "", tuple(Cable(plug.interface, plug.wire, plug.mac) for plug in (yard, own)))
    assert cables.outside(spec) == [yard.wire]


def test_a_key_opens_one_thing(rendered):
    out, _ = rendered
    (line,) = (out / "authorized_keys").read_text().splitlines()
    assert line.startswith('restrict,command="')
    assert line.endswith(f'nanxi.vehicle.door {BOARD}" {KEY} {BOARD}')


def test_a_vehicle_without_a_depots_key_stops_before_anything_is_deployed(rendered):
    _, inventory = rendered
    variables = inventory.folder / "host_vars" / f"{DEPOT}.yml"
    before = variables.read_text()
    variables.write_text("vehicle_depot: true\n")
    try:
        done = inventory.run(
            "ansible",
            "-i",
            inventory.folder,
            BOARD,
            "-m",
            "debug",
            "-a",
            "msg={{ lookup('nanxi.cctv.vehicle', 'board') }}",
        )
    finally:
        variables.write_text(before)
    assert "the host key (or address) of oubei-host01 is not known" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--class", "vehicle", "--set", "nvr=oubei-host01"), "stands in hosts.csv"),
        (("--class", "vehicle", "--set", "nvr=oubei-host99"), "not in the register"),
        (("--class", "2", "--set", f"nvr={BOARD}", "--set", "nvr_channel=1"), "stands in hosts.csv"),
        (("--class", "vehicle", "--set", f"nvr={BOARD}", "--set", "network=public"), "is on police"),
    ],
)
def test_what_a_camera_may_name(rendered, words, problem):
    """Only a vehicle's camera may be recorded by a vehicle's host, and only by one of its own unit and network."""
    _, inventory = rendered
    done = register(inventory, *words, "--set", "counted=FALSE", "--set", "place=警车0002前", "--dry-run")
    assert done.returncode != 0
    assert problem in done.stdout + done.stderr
