"""What the roles write for a recorder host of the lab, judged by those who read it."""

import json
import shutil
import subprocess
import sys

import pytest
import yaml

from nanxi.estate import load_estate
from nanxi.gate.config import GateFile
from nanxi.recorder.config import load
from nanxi.recording.config import load_config
from tests.support.ansible import ROOT, Inventory
from tests.support.lab import need

HOST = "shangtang-host01"
PLAY = """
- hosts: shangtang-host01
  gather_facts: false
  connection: local
  vars_files:
    - {root}/roles/gate/defaults/main.yml
    - {root}/roles/recorder/defaults/main.yml
  vars:
    ansible_python_interpreter: {python}
    __recorder_cameras: "{{{{ lookup('nanxi.cctv.recorder', 'recorder') }}}}"
    __recorder_volumes: "{{{{ lookup('nanxi.cctv.recorder', 'volumes') }}}}"
  tasks:
    - ansible.builtin.copy: # one task for all of them: each costs a second
        content: "{{{{ {{
          'gate.yml': lookup('template', '{root}/roles/gate/templates/gate.yml.j2'),
          'nanxi-gate.service': lookup('template', '{root}/roles/gate/templates/nanxi-gate.service.j2'),
          'recorder.json': lookup('template', '{root}/roles/recorder/templates/recorder.json.j2', convert_data=false),
          'nanxi-recorder@.service': lookup('template', '{root}/roles/recorder/templates/nanxi-recorder@.service.j2'),
          'nanxi-keeper.service': lookup('template', '{root}/roles/recorder/templates/nanxi-keeper.service.j2'),
          'nanxi-recordings@.service': lookup('template', '{root}/roles/recorder/templates/nanxi-recordings@.service.j2'),
          'nanxi-recordings-keep.timer': lookup('template', '{root}/roles/recorder/templates/nanxi-recordings-keep.timer.j2'),
          'nanxi-recordings-mend.timer': lookup('template', '{root}/roles/recorder/templates/nanxi-recordings-mend.timer.j2'),
          'credentials.json': lookup('nanxi.cctv.recorder', 'credentials') | to_json,
          'recording.json': lookup('nanxi.cctv.recorder', 'recording') | to_json,
          }} | to_json }}}}"
        dest: "{out}/all"
        mode: "0600"
      no_log: true
"""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("roles")
    inventory = Inventory(folder / "inventory")
    inventory.lab_register()
    inventory.new_passwords()
    shutil.copytree(ROOT / "inventory/lab/group_vars", inventory.folder / "group_vars")
    out = folder / "out"
    out.mkdir()
    play = folder / "play.yml"
    play.write_text(PLAY.format(root=ROOT, out=out, python=sys.executable))
    pythons = f"gate_python={sys.executable} recorder_python={sys.executable}"
    done = inventory.play(str(play), "-e", pythons)
    assert done.returncode == 0, done.stdout + done.stderr
    for name, content in json.loads((out / "all").read_text()).items():
        (out / name).write_text(content if isinstance(content, str) else json.dumps(content))
    (out / "all").unlink()
    return out, inventory, done.stdout


def test_the_units_are_right(rendered):
    need("systemd-analyze")
    out, *_ = rendered
    (out / "nanxi-recordings@.service").write_text(
        (out / "nanxi-recordings@.service")
        .read_text()
        .replace("/opt/nanxi/scripts/recordings", sys.executable)
    )
    units = [path.name for path in out.iterdir() if path.suffix in (".service", ".timer")]
    assert len(units) == 6
    for unit in units:
        judged = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", out / unit], capture_output=True, text=True, check=False
        )
        mine = [line for line in judged.stderr.splitlines() if "nanxi" in line]
        assert (judged.returncode, mine) == (0, [])


def test_gate_recorder_and_index_agree_on_the_cameras(rendered):
    out, *_ = rendered
    gate = GateFile.model_validate(yaml.safe_load((out / "gate.yml").read_text()))
    recorder = load(out / "recorder.json")
    recording = load_config(out / "recording.json")
    cameras = {camera.host for camera in gate.cameras}
    assert cameras
    assert cameras == set(recorder.cameras) == set(recording.cameras)
    assert all(camera.startswith("shangtang-cam") for camera in cameras)
    assert {plan.volume for plan in recorder.cameras.values()} <= set(recording.volumes)


def test_the_addresses_are_the_registers(rendered):
    out, inventory, _ = rendered
    devices = load_estate(inventory.folder).devices
    for camera in yaml.safe_load((out / "gate.yml").read_text())["cameras"]:
        mine = devices[camera["host"]]
        device = devices[mine.encoder or mine.host]
        assert (camera["address"], camera["port"]) == (str(device.ipv4), device.rtsp_port)
        if mine.encoder == "" and mine.vendor == "hikvision":
            assert camera["streams"] == {"main": "/Streaming/Channels/101", "sub": "/Streaming/Channels/102"}


def test_passwords_are_in_one_file_and_nowhere_else(rendered):
    out, _, said = rendered
    logins = json.loads((out / "credentials.json").read_text())
    assert {login["user"] for login in logins.values()} == {"recorder"}
    others = said + "".join(file.read_text() for file in out.iterdir() if file.name != "credentials.json")
    assert not [login for login in logins.values() if login["password"] in others]


def test_a_unit_without_room_stops_before_anything_is_deployed(rendered):
    _, inventory, _ = rendered
    volumes = json.dumps([{"path": "/srv/nanxi/disk1", "key": "disk1", "size_gb": 100}])
    variables = inventory.folder / "host_vars"
    variables.mkdir()
    (variables / f"{HOST}.yml").write_text(f"recorder_volumes: {volumes}\n")
    stopped = inventory.play("playbooks/recorders.yml", "--limit", HOST, "--check")
    assert stopped.returncode != 0
    assert "no room for" in stopped.stdout + stopped.stderr
    assert "Make the gate's group" not in stopped.stdout
