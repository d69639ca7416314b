"""docs/take-over.md, command by command: from a zone that nobody knows to managed cameras."""

from __future__ import annotations

import json

import pytest

from lab.twin.fleetfile import FleetConfig
from tests.discovery.conftest import row
from tests.support.ansible import Inventory

PASSWORD = "Contractor-2009"
WRITES = ("Set", "Create", "Delete", "Add", "Remove")


@pytest.mark.lab
def test_from_unknown_to_managed(tmp_path, twins):
    inventory = Inventory(tmp_path / "inventory")
    running = twins(
        [row(number, ipv4=f"10.98.0.{200 + number}") for number in (1, 2)], old_passwords(), discovery=True
    )
    zone = ("--unit", "oubei", "--zone", "cameras-police")

    def script(name, *arguments, code=0, typed=None):
        done = inventory.run(f"scripts/{name}", "--inventory", inventory.folder, *arguments, typed=typed)
        assert done.returncode == code, done.stdout + done.stderr
        assert PASSWORD not in done.stdout + done.stderr
        return done.stdout

    def play(*options):
        run = inventory.play("playbooks/cameras.yml", "--limit", "oubei", *options, NANXI_LANG="en")
        assert PASSWORD not in run.stdout + run.stderr
        assert run.returncode == 0, run.stdout
        return run.stdout

    def writes():
        fleet = running.fleet
        counts = running.call(
            lambda: [name for host in fleet.installations for name in fleet.twin(host).counts]
        )
        return [name for name in counts if name.rpartition(":")[2].startswith(WRITES)]

    found = json.loads(
        script(
            "discover",
            *zone,
            "--user",
            "admin",
            "--propose",
            tmp_path / "found",
            "--json",
            code=1,
            typed=PASSWORD,
        )
    )
    assert found["counts"]["unknown"] == 2
    assert all(device["found"]["serial_number"] for device in found["devices"])
    script("register", "adopt", tmp_path / "found")
    script("discover", *zone)
    script("credentials", "keep", "--unit", "oubei", typed=PASSWORD)

    assert "DS-2CD2T46" in play("-e", "device_state=gathered", "-v")
    shown = play("--check", "--diff")
    assert "the register says that this device is only observed" in shown
    play()
    assert writes() == []

    file = inventory.register / "oubei/cameras.csv"
    file.write_text(file.read_text("utf-8-sig").replace("observed", "managed"), "utf-8")
    script("credentials", "new")
    assert "changed: [oubei-cam0001]" in play()
    assert writes()
    assert "changed: [oubei-cam0001]" not in play()
    script("discover", *zone, "--sign-in")


def old_passwords():
    """Return a fleet whose cameras have the password of a contractor who is long gone."""
    users = [{"name": "admin", "password": PASSWORD, "level": "Administrator"}]
    entry = {"overrides": {"factory": {"users": users}}}
    return FleetConfig.model_validate({"hosts": {f"oubei-cam000{number}": entry for number in (1, 2)}})
