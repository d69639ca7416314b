"""playbooks/site.yml against twins, as an integrator types it."""

from pathlib import Path

import pytest

from lab.twin.fleetfile import FleetConfig
from nanxi.estate import load_estate

pytestmark = pytest.mark.lab

ROOT = Path(__file__).parents[2]
SITE = "playbooks/site.yml"
WRITES = ("Set", "Create", "Delete")


@pytest.fixture
def fleet(inventory, twins, tmp_path):
    """Four twins of oubei: one dead, one lying, two that only want to be configured; the test's own credentials."""
    inventory.lab_register()
    inventory.new_passwords()
    estate = load_estate(inventory.folder)
    devices = [estate.devices[f"oubei-cam000{number}"] for number in (1, 2, 3, 4)]
    config = FleetConfig.model_validate(
        {
            "hosts": {
                "oubei-cam0002": {"power": False, "why": "dead"},
                "oubei-cam0003": {"overrides": {"traits": {"set": {"ignores": ["hostname"]}}}, "why": "lies"},
            }
        }
    )
    return twins(devices, config, state_dir=tmp_path / "twins")


def play(inventory, *options, hosts="oubei-cam0001,oubei-cam0002,oubei-cam0003,oubei-cam0004"):
    return inventory.play(SITE, "--limit", hosts, *options, NANXI_LANG="en")


def verdicts(run):
    """Return what the run said last of each camera."""
    lines = (
        line.split("] ")[0].rstrip("]").split(": [")
        for line in run.stdout.splitlines()
        if ": [oubei-cam" in line
    )
    return {host: verdict for verdict, host in lines}


def test_from_the_factory_to_declared_and_then_nothing(inventory, fleet):
    checked = play(inventory, "--check", "--diff")
    assert "+hostname: oubei-cam0001" in checked.stdout
    assert verdicts(checked)["oubei-cam0001"] == "differs"
    first = play(inventory)
    assert verdicts(first) == {
        "oubei-cam0001": "changed",
        "oubei-cam0002": "unreachable",
        "oubei-cam0003": "not applied",
        "oubei-cam0004": "changed",
    }, first.stdout
    assert "hostname is still" in first.stdout
    assert first.returncode == 4
    again = play(inventory, hosts="oubei-cam0001,oubei-cam0004")
    assert again.returncode == 0
    assert set(verdicts(again).values()) <= {"declared"}, again.stdout
    assert "Converge" not in again.stdout


def test_tags_and_skips_touch_only_their_aspects(inventory, fleet):
    assert play(inventory, "--tags", "hostname", hosts="oubei-cam0001").returncode == 0
    checked = play(inventory, "--check", "--diff", "--skip-tags", "users", hosts="oubei-cam0001")
    assert "hostname:" not in checked.stdout
    assert "users." not in checked.stdout
    assert "+clock.source: ntp" in checked.stdout or "+clock.ntp_servers" in checked.stdout


def test_gathered_reads_and_writes_nothing(inventory, fleet):
    run = play(inventory, "-e", "device_state=gathered", hosts="oubei-cam0001")
    assert run.returncode == 0
    assert '"ntp_from_dhcp"' in run.stdout
    counts = fleet.call(lambda: dict(fleet.fleet.twin("oubei-cam0001").counts))
    assert not [name for name in counts if name.startswith(WRITES)]


def test_a_dead_camera_is_unreachable_in_the_recap_and_not_waited_for_twice(inventory, fleet):
    run = play(inventory, "-v", hosts="oubei-cam0001,oubei-cam0002")
    assert run.returncode == 4
    recap = next(line for line in run.stdout.splitlines() if line.startswith("oubei-cam0002 "))
    assert "unreachable=1" in recap
    recap = next(line for line in run.stdout.splitlines() if line.startswith("oubei-cam0001 "))
    assert "changed=1" in recap


def test_only_the_camera_that_somebody_altered_is_repaired(inventory, fleet):
    hosts = "oubei-cam0001,oubei-cam0004"
    assert play(inventory, hosts=hosts).returncode == 0
    altered = fleet.fleet.twin("oubei-cam0004")
    fleet.call(altered.patch, "hostname", {"name": "somebody"})
    fleet.call(fleet.fleet.twin("oubei-cam0001").counts.clear)
    again = play(inventory, hosts=hosts)
    assert again.returncode == 0
    assert "changed: [oubei-cam0004] hostname\n" in again.stdout
    written = [name for name in fleet.fleet.twin("oubei-cam0001").counts if name.startswith(WRITES)]
    assert (fleet.call(lambda: altered.settings.hostname.name), written) == ("oubei-cam0004", [])


def test_a_broken_register_touches_no_device(inventory, fleet):
    path = inventory.register / "oubei/cameras.csv"
    path.write_text(
        path.read_text(encoding="utf-8-sig").replace("installed", "instaled", 1), encoding="utf-8"
    )
    run = play(inventory)
    assert run.returncode != 0
    assert "instaled" in run.stderr
    assert not fleet.call(lambda: fleet.fleet.met("oubei-cam0001"))
