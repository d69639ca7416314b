"""playbooks/site.yml is the whole estate: its order, its tags, and what it asks of whom when only a part is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SITE = "playbooks/site.yml"
#: Parts in which hosts are reached over SSH; all other parts are done by the action plugins themselves.
OVER_SSH = ("gateways", "hosts", "recorders", "vehicles", "monitoring")


def listed(inventory, *options):
    """Return what would be played, as Ansible lists it."""
    shown = inventory.run("ansible-playbook", "-i", inventory.folder, SITE, *options)
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


def imports(path=ROOT / SITE):
    return yaml.safe_load(path.read_text())


def test_every_part_stands_in_the_order_in_which_one_needs_the_other(inventory):
    inventory.lab_register()
    parts = [entry["tags"] for entry in imports() if "tags" in entry]
    assert parts == [
        "gateways",
        "switches",
        "hosts",
        "cameras",
        "encoders",
        "nvrs",
        "recorders",
        "vehicles",
        "monitoring",
    ]
    for part in parts:
        assert (ROOT / f"playbooks/{part}.yml").exists()
    plays = re.findall(r"play #\d+ \(.*?\): (.*?)\t", listed(inventory, "--list-tasks"))
    assert (plays[0], plays[-1]) == ("Validate the run", "Tell what is not as declared")
    assert plays.count("Validate the run") == 1


def test_a_tag_of_a_task_on_a_host_also_finds_out_whether_the_host_is_there(inventory):
    """Else the task would run on no host at all, and nobody would be told."""
    inventory.lab_register()
    for part in OVER_SSH:
        shown = inventory.run(
            "ansible-playbook", "-i", inventory.folder, f"playbooks/parts/{part}.yml", "--list-tags"
        )
        tags = set(re.search(r"TASK TAGS: \[(.*)\]", shown.stdout)[1].split(", ")) - {"always", ""}
        reaching = [
            entry["vars"]
            for entry in imports()
            if entry["ansible.builtin.import_playbook"] == "parts/reach.yml"
        ]
        (variables,) = [one for one in reaching if part in one["reach_for"]]
        known = yaml.safe_dump(variables.get("reach_tags", []))  # lists in a list
        assert {tag for tag in tags if tag not in known} <= {part}, part


@pytest.mark.parametrize("misspelled", ["device_stat", "recorder_volume", "firewall_proof", "swap_serial"])
def test_a_variable_of_any_role_that_does_not_exist_ends_the_run(inventory, misspelled):
    inventory.cameras([{}])
    run = inventory.play("playbooks/validate.yml", "-e", f"{misspelled}=x recorder_volumes=x swap_mac=x")
    assert run.returncode == 2
    assert f"Unknown variables: {misspelled};" in run.stdout
