"""playbooks/site.yml is the whole estate: its order, its tags, and what it asks of whom when only a part is run."""

from __future__ import annotations

import re
from pathlib import Path

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
    books = [f"playbooks/parts/{part}.yml" for part in OVER_SSH]
    listed = inventory.run("ansible-playbook", "-i", inventory.folder, *books, "--list-tags").stdout
    parts = dict(
        re.findall(
            r"^playbook: playbooks/parts/(\w+)\.yml$(.*?)(?=^playbook: |\Z)", listed, re.MULTILINE | re.DOTALL
        )
    )
    assert set(parts) == set(OVER_SSH)
    for part, shown in parts.items():
        tags = set(re.search(r"TASK TAGS: \[(.*)\]", shown)[1].split(", ")) - {"always", ""}
        reaching = [
            entry["vars"]
            for entry in imports()
            if entry["ansible.builtin.import_playbook"] == "parts/reach.yml"
        ]
        (variables,) = [one for one in reaching if part in one["reach_for"]]
        known = yaml.safe_dump(variables.get("reach_tags", []))  # lists in a list
        assert {tag for tag in tags if tag not in known} <= {part}, part


def test_variables_of_any_role_that_do_not_exist_end_the_run_and_all_are_named(inventory):
    inventory.cameras([{}])
    misspelled = {"device_stat", "firewall_proof", "recorder_volume", "swap_serial"}
    given = " ".join(f"{name}=x" for name in (*misspelled, "recorder_volumes", "swap_mac"))
    run = inventory.play("playbooks/validate.yml", "-e", given)
    assert run.returncode == 2
    assert set(re.search(r"Unknown variables: (.*?);", run.stdout)[1].split(", ")) == misspelled
