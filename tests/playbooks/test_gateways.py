"""playbooks/gateways.yml on real machines, as a control node runs it: trial, confirmation, and the way back (N6)."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support.ansible import Inventory
from tests.support.control import ControlNode
from tests.support.hosts import RunningHosts, StartHosts

pytestmark = pytest.mark.lab

CENTRE, GATEWAY, RECORDER = "county-host01", "shangtang-host02", "shangtang-host01"
TABLE = "nft list tables"
NANXI = "table inet nanxi"


@pytest.fixture(scope="module")
def running(lab_hosts: StartHosts) -> RunningHosts:
    return lab_hosts(CENTRE, GATEWAY, RECORDER)


@pytest.fixture
def control(running: RunningHosts, tmp_path: Path) -> ControlNode:
    """The control node, with an inventory of its own whose plan a test may change."""
    inventory = Inventory(tmp_path / "inventory")
    inventory.lab_register()
    return ControlNode(running, inventory)


def play(control: ControlNode, within_s: int = 30) -> subprocess.CompletedProcess[str]:
    variables = {
        "firewall_confirm_within": within_s,
        "firewall_proofs": [{"host": "10.98.1.2", "port": 22}],
    }
    return control.play("playbooks/gateways.yml", "--limit", GATEWAY, "--diff", "-e", json.dumps(variables))


def without(control: ControlNode, flow: str) -> None:
    """Take a flow out of the plan of this control node."""
    file = control.inventory.folder / "plan/flows.yml"
    flows = yaml.safe_load(file.read_text())
    flows["flows"] = [one for one in flows["flows"] if one["key"] != flow]
    file.write_text(yaml.safe_dump(flows, allow_unicode=True))


def changed(done: subprocess.CompletedProcess[str]) -> int:
    assert done.returncode == 0, done.stdout + done.stderr
    return int(re.search(rf"{GATEWAY} .* changed=(\d+)", done.stdout)[1])


def test_the_rules_are_loaded_confirmed_and_kept_and_a_second_run_changes_nothing(
    running: RunningHosts, control: ControlNode
) -> None:
    checked = control.play("playbooks/gateways.yml", "--limit", GATEWAY, "--check", "--diff")
    assert changed(checked)
    assert "+  chain denied {" in checked.stdout
    assert running.ssh(GATEWAY, TABLE).stdout.strip() == "table inet staging"
    assert changed(play(control))
    assert running.ssh(GATEWAY, TABLE).stdout.strip() == NANXI
    same = running.ssh(GATEWAY, "cmp /etc/nftables.conf /etc/nanxi/ruleset.nft; nanxi-ruleset status")
    assert (same.returncode, same.stdout) == (0, "none\n")
    assert changed(play(control)) == 0


def test_a_rule_added_by_hand_is_found_shown_and_taken_out(
    running: RunningHosts, control: ControlNode
) -> None:
    running.ssh(GATEWAY, "nft insert rule inet nanxi forward accept")
    done = play(control)
    assert changed(done)
    assert re.search(r"-\s+accept", done.stdout)
    assert running.ssh(GATEWAY, "nanxi-ruleset differs /etc/nanxi/ruleset.nft").returncode == 0


def test_what_answered_before_and_no_longer_does_brings_the_old_rules_back(
    running: RunningHosts, control: ControlNode
) -> None:
    without(control, "provision_hosts")
    done = play(control)
    assert done.returncode
    assert "the old ones are loaded again" in done.stdout
    assert "Ask again what answered before" in done.stdout
    assert running.ssh(RECORDER, "true").returncode == 0
    assert "provision_hosts" in running.ssh(GATEWAY, "cat /etc/nftables.conf").stdout


def test_rules_that_cut_the_control_node_off_are_taken_back_by_the_host_alone(
    running: RunningHosts, control: ControlNode
) -> None:
    without(control, "provision_switches")
    done = play(control, within_s=9)
    assert done.returncode
    assert "the old ones are loaded again" in done.stdout
    assert running.ssh(GATEWAY, "nft list counter inet nanxi flow_provision_switches").returncode == 0


def test_a_reboot_in_the_window_loads_the_old_rules(running: RunningHosts) -> None:
    running.ssh(
        GATEWAY, "echo 'flush ruleset; table inet fresh { }' >/root/new && nanxi-ruleset try /root/new 600"
    )
    assert running.ssh(GATEWAY, TABLE).stdout.strip() == "table inet fresh"
    boots = running[GATEWAY].boots()
    running.ssh(GATEWAY, "reboot")
    running[GATEWAY].wait_for_boot(boots + 1)
    assert running.ssh(GATEWAY, TABLE, patience_s=20).stdout.strip() == NANXI
