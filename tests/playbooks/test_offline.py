"""A host without a way to anything but its control node gets packages and Nanxi itself from the bundle."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.ansible import ROOT, Inventory
from tests.support.control import ControlNode
from tests.support.hosts import RunningHosts, StartHosts

pytestmark = pytest.mark.lab

HOST = "county-host04"
PLAYBOOK = """
- hosts: {host}
  gather_facts: false
  tasks:
    - ansible.builtin.include_role: {{name: nanxi.cctv.runtime}}
"""


@pytest.fixture(scope="module")
def running(lab_hosts: StartHosts) -> RunningHosts:
    if not (ROOT / "build/bundle/SHA256SUMS").exists():
        pytest.skip("no bundle: run `make bundle` (needs the package registries)")
    return lab_hosts(HOST)


@pytest.fixture(scope="module")
def control(running: RunningHosts, tmp_path_factory: pytest.TempPathFactory) -> ControlNode:
    inventory = Inventory(tmp_path_factory.mktemp("offline") / "inventory")
    inventory.lab_register()
    (inventory.folder.parent / "play.yml").write_text(PLAYBOOK.format(host=HOST))
    return ControlNode(running, inventory)


def play(control: ControlNode, *options: str) -> subprocess.CompletedProcess[str]:
    playbook = str(control.inventory.folder.parent / "play.yml")
    return control.play(playbook, *options)  # the bundle lies where the roles look for it


def changed(done: subprocess.CompletedProcess[str]) -> int:
    assert done.returncode == 0, done.stdout + done.stderr
    return int(re.search(r"changed=(\d+)", done.stdout)[1])


def test_it_is_installed_from_the_bundle_and_a_second_run_changes_nothing(
    running: RunningHosts, control: ControlNode
) -> None:
    assert changed(play(control)) > 0
    told = running.ssh(
        HOST, "/opt/nanxi/current/bin/python -c 'import exporters, nanxi.gate, uvloop; print(\"here\")'"
    )
    assert told.stdout == "here\n", told.stderr
    assert (
        running.ssh(HOST, "cat /etc/apt/sources.list").stdout
        == "deb [trusted=yes] file:/var/lib/nanxi/bundle ./\n"
    )
    elsewhere = running.ssh(HOST, "apt-get install --simulate cowsay")
    assert "Unable to locate package cowsay" in elsewhere.stderr  # the bundle is all that there is
    assert changed(play(control)) == 0


def test_an_environment_that_was_never_finished_is_made_anew(
    running: RunningHosts, control: ControlNode
) -> None:
    running.ssh(HOST, "rm -rf /opt/nanxi/current/.whole /opt/nanxi/current/lib/python3*/site-packages/nanxi")
    assert changed(play(control)) > 0
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
