"""The inventory plugin through ansible-inventory; a case is a file of rows and what must come of them."""

from pathlib import Path

import pytest
import yaml

CASES = sorted((Path(__file__).parents[1] / "cases/plugins/inventory").glob("*.yml"))
#: What the rows of a case need to be different in.
UNIQUE = {"code": "3303240200132{:07d}", "mac": "02-00-00-00-00-{:02X}"}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path, inventory):
    case = yaml.safe_load(path.read_text())
    rows = [
        {name: form.format(int(row["serial"])) for name, form in UNIQUE.items()} | row
        for row in case["cameras"]
    ]
    inventory.cameras(rows)
    for kind in ("encoders", "nvrs"):
        if kind in case:
            inventory.rows(kind, case[kind])
    options = {"plugin": "nanxi.cctv.register"} | case.get("options", {})
    (inventory.folder / "nanxi.yml").write_text(yaml.safe_dump(options, allow_unicode=True))
    listed = inventory.listed()
    groups = {name: listed.get(name, {}).get("hosts", []) for name in case.get("groups", {})}
    assert groups == case.get("groups", {})
    hosts = listed["_meta"]["hostvars"]
    for host, variables in case.get("vars", {}).items():
        assert {name: plain(hosts[host].get(name)) for name in variables} == variables


def plain(value):
    """Return a text that Ansible marks as no template as the text it is."""
    return value.get("__ansible_unsafe", value) if isinstance(value, dict) else value


def test_a_group_without_a_device_is_no_mistake(inventory):
    inventory.cameras([{}])
    shown = inventory.run("ansible-inventory", "-i", inventory.folder, "--graph", "shangtang")
    assert (shown.returncode, shown.stderr) == (0, "")
    shown = inventory.run("ansible-inventory", "-i", inventory.folder, "--graph", "shangtnag")
    assert shown.returncode != 0


def test_the_register_may_lie_elsewhere(inventory, tmp_path):
    inventory.cameras([{}])
    inventory.register.rename(tmp_path / "elsewhere")
    assert list(inventory.listed(NANXI_REGISTER=str(tmp_path / "elsewhere"))["_meta"]["hostvars"]) == [
        "oubei-cam0001"
    ]


def test_every_mistake_is_listed_and_nothing_runs(inventory):
    inventory.cameras([{"state": "instaled"}, {"serial": "2", "network": "plice", "driver": "onvfi"}])
    marker = inventory.folder.parent / "touched"
    playbook = inventory.folder.parent / "touch.yml"
    playbook.write_text(
        f"- hosts: all:localhost\n  gather_facts: false\n  tasks:\n    - ansible.builtin.file: {{path: {marker}, state: touch}}\n"
    )
    run = inventory.play(str(playbook))
    assert run.returncode != 0
    for place in ("cameras.csv:2:state", "cameras.csv:3:network", "cameras.csv:3:driver"):
        assert place in run.stderr
    assert not marker.exists()


def test_a_mistake_in_the_plan_ends_the_run(inventory):
    inventory.cameras([{}])
    units = inventory.folder / "plan/units.yml"
    units.write_text(units.read_text().replace("tier: 3", "tier: 7"))
    run = inventory.play("playbooks/site.yml")
    assert run.returncode != 0
    assert "units.yml" in run.stderr
    assert "tier" in run.stderr
