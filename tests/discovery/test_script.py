"""`scripts/discover` as a person types it, in the lab's network: multicast, the sweep, the proposal, the adoption."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from lab.twin.fleet import has_twin
from lab.twin.fleetfile import read_fleet_file
from lab.twin.profile import make_of
from nanxi.estate import load_estate
from tests.support.ansible import ROOT, Inventory


@pytest.fixture
def inventory(tmp_path):
    return Inventory(tmp_path / "inventory")


@pytest.fixture
def lab(tmp_path):
    """The lab's own twins, as `make lab-up` starts them."""
    command = [sys.executable, "-m", "lab.twin", "--inventory", ROOT / "inventory/lab", "--no-rtsp"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().startswith("ready")
        yield
        process.terminate()


def answering():
    """Return the lab's devices that have power and a twin."""
    devices = load_estate(ROOT / "inventory/lab").devices
    makes = {host: make_of(device) for host, device in devices.items()}
    config = read_fleet_file(ROOT / "inventory/lab/twins.yml", makes)
    return [host for host, device in devices.items() if has_twin(device) and config.entry(host).power]


def discover(inventory, *arguments, code, **environment):
    done = inventory.run("scripts/discover", "--inventory", inventory.folder, *arguments, **environment)
    assert done.returncode == code, done.stderr
    return done


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--network", "192.168.1.0/24"], "nothing was sent"),
        (["--unit", "atlantis"], "no unit 'atlantis'"),
        (["--zone", "beach"], "no zone 'beach'"),
        (["--set", "颜色"], "write COLUMN=VALUE"),
    ],
)
def test_wrong_use_sends_nothing(inventory, arguments, said):
    assert said in discover(inventory, *arguments, code=2).stderr


def test_rows_are_never_proposed_into_a_register(inventory):
    inventory.cameras([{}])
    before = (inventory.register / "oubei/cameras.csv").read_bytes()
    assert "is not empty" in discover(inventory, "--propose", inventory.register, code=2).stderr
    assert (inventory.register / "oubei/cameras.csv").read_bytes() == before


@pytest.mark.lab
def test_from_an_empty_register_to_an_adopted_one(inventory, lab, tmp_path):
    zone = ("--unit", "oubei", "--unit", "shangtang")
    there = len(answering())
    proposal = tmp_path / "proposal"
    first = json.loads(discover(inventory, *zone, "--propose", proposal, "--json", code=1).stdout)
    assert first["counts"] == {"known": 0, "moved": 0, "unknown": there, "silent": 0, "conflict": 0}
    assert len(first["proposed"]["hosts"]) == there
    assert first["proposed"]["refused"] == []
    assert not any(inventory.register.iterdir())

    adopted = inventory.run("scripts/register", "--inventory", inventory.folder, "adopt", proposal)
    assert adopted.returncode == 0, adopted.stderr
    second = json.loads(discover(inventory, *zone, "--json", code=0).stdout)
    assert second["counts"]["known"] == there
    ways = {way for device in second["devices"] for way in device["ways"]}
    assert ways == {"mac", "address"}


@pytest.mark.lab
def test_what_a_person_reads_is_chinese_with_english_one_setting_away(inventory, lab):
    inventory.lab_register()
    part = ("--network", "10.98.0.128/29", "--unit", "shangtang")
    shown = discover(inventory, *part, code=0).stdout
    assert "已登记\tshangtang-cam0006\t10.98.0.131\t80\tONVIF/WS-Discovery" in shown
    assert "自称地址为 192.168.1.64，不予采信" in shown
    assert "搜索 6 个地址：已登记 6" in shown
    shown = discover(inventory, *part, code=0, NANXI_LANG="en").stdout
    assert "says that it is at 192.168.1.64, which does not count" in shown


@pytest.mark.lab
def test_identities_are_read_with_the_vault(inventory, lab):
    inventory.lab_register()
    inventory.new_passwords()
    part = ("--network", "10.99.0.4/31", "--unit", "shangtang", "--sign-in")
    shown = json.loads(discover(inventory, *part, "--json", code=0).stdout)
    by_host = {device["host"]: device for device in shown["devices"]}
    assert by_host["shangtang-cam0004"]["ways"] == ["address", "mac", "serial_number"]
    assert by_host["shangtang-cam0003"]["found"]["remarks"][0]["key"] == "not-signed-in"
