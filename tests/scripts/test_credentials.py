"""`scripts/credentials` and `scripts/guard` as a person types them."""

import json

import pytest
import yaml

from tests.support.ansible import ROOT, Inventory


@pytest.fixture
def inventory(tmp_path):
    inventory = Inventory(tmp_path / "inventory")
    inventory.cameras([{}])
    return inventory


def credentials(inventory, *arguments, **environment):
    return inventory.run("scripts/credentials", "--inventory", inventory.folder, *arguments, **environment)


def test_new_then_check_then_show(inventory):
    missing = credentials(inventory, "check")
    assert missing.returncode == 1
    assert "oubei-cam0001: no password of admin and recorder" in missing.stderr
    made = credentials(inventory, "--json", "new")
    assert json.loads(made.stdout) == {"issued": {"oubei": ["oubei-cam0001"]}}
    assert credentials(inventory, "check").returncode == 0
    shown = credentials(inventory, "show", "oubei-cam0001")
    assert shown.stdout == "account\tpassword\nadmin\tin the vault\nrecorder\tin the vault\n"
    assert credentials(inventory, "show", "oubei-cam0001", "--reveal").returncode == 2
    revealed = credentials(inventory, "--json", "show", "oubei-cam0001", "--reveal", "--reason", "ticket")
    assert len(json.loads(revealed.stdout)["accounts"]["admin"]) == 16


def test_the_file_is_one_that_ansible_vault_opens(inventory):
    credentials(inventory, "new")
    opened = inventory.run("ansible-vault", "view", inventory.folder / "credentials/oubei.json")
    assert set(json.loads(opened.stdout)["oubei-cam0001"]) == {"admin", "recorder"}


def test_keep_takes_the_password_from_a_pipe_and_never_shows_it(inventory):
    refused = credentials(inventory, "keep", "oubei-cam0001", typed="Old-Pass-99\n")
    assert refused.returncode == 2
    assert "is no observed device" in refused.stderr
    file = inventory.register / "oubei/cameras.csv"
    header, row = file.read_text("utf-8").splitlines()
    file.write_text(f"{header},management\n{row},observed\n", "utf-8")
    kept = credentials(inventory, "--json", "keep", typed="Old-Pass-99\n")
    assert json.loads(kept.stdout) == {"kept": {"oubei": ["oubei-cam0001"]}}
    assert "Old-Pass-99" not in kept.stdout + kept.stderr
    revealed = credentials(inventory, "--json", "show", "oubei-cam0001", "--reveal", "--reason", "test")
    assert json.loads(revealed.stdout)["accounts"] == {"admin": "Old-Pass-99"}
    assert credentials(inventory, "keep", typed="").returncode == 2


@pytest.mark.parametrize("arguments", [("show", "oubei-cam0099"), ("new", "--unit", "nowhere")])
def test_what_does_not_exist_is_bad_input(inventory, arguments):
    assert credentials(inventory, *arguments).returncode == 2


def test_without_a_vault_password_it_says_what_to_give(inventory):
    made = credentials(inventory, "new", ANSIBLE_VAULT_PASSWORD_FILE="")
    assert made.returncode == 2
    assert "--vault-password-file" in made.stderr


def test_the_guard_of_a_quiet_county_is_empty(inventory):
    listed = inventory.run("scripts/guard", "--json", "list")
    assert (listed.returncode, json.loads(listed.stdout)) == (0, [])
    assert inventory.run("scripts/guard", "clear", "oubei-cam0001").returncode == 2


def test_the_lab_knows_its_twins_factory_accounts():
    factory = json.loads((ROOT / "inventory/lab/credentials/factory.json").read_text())
    for vendor, accounts in factory.items():
        profile = yaml.safe_load((ROOT / f"lab/twin/profiles/{vendor}.yml").read_text())
        users = {user["name"]: user["password"] for user in profile["factory"]["users"]}
        assert {account["user"]: account["password"] for account in accounts}.items() <= users.items()
