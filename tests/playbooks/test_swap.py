"""playbooks/maintenance/swap.yml: from factory-new to declared in the place of a broken camera."""

import json

import pytest

from lab.twin.fleetfile import FleetConfig
from nanxi.estate import load_estate
from nanxi.register.history import read_history

pytestmark = pytest.mark.lab

SWAP = "playbooks/maintenance/swap.yml"
HOST = "oubei-cam0001"
SERIAL, MAC = "UNI00004711", "48-EA-63-00-47-11"


@pytest.fixture
def site(inventory):
    """The lab's register with passwords of the test's own."""
    inventory.lab_register()
    inventory.new_passwords()
    return inventory


@pytest.fixture
def serve(twins, site, tmp_path):
    """Serve the camera with what its twin's profile should differ in."""

    def start(**factory):
        device = load_estate(site.folder).devices[HOST]
        label = {"serial_number": SERIAL, "mac": MAC}
        entry = {"why": "new", "overrides": {"factory": factory}}
        config = FleetConfig.model_validate({"hosts": {HOST: entry}})
        return twins([device.model_copy(update=label)], config, state_dir=tmp_path / "twins")

    return start


def swap(inventory, *options, serial_number=SERIAL, mac=MAC, hosts=HOST):
    label = ("-e", f"swap_serial_number={serial_number}", "-e", f"swap_mac={mac}", "-e", "swap_reason=雷击")
    return inventory.play(SWAP, "--limit", hosts, *label, "-e", "swap_by=李工", *options, NANXI_LANG="en")


def test_a_new_camera_takes_the_old_ones_place(site, serve):
    fleet = serve()
    before = load_estate(site.folder).devices[HOST]
    checked = swap(site, "--check", "--diff")
    assert checked.returncode == 0, checked.stdout
    assert f"+出厂序列号: {SERIAL}" in checked.stdout
    assert read_history(site.register, "oubei") == []
    assert not fleet.call(lambda: fleet.fleet.met(HOST))

    run = swap(site)
    assert run.returncode == 0, run.stdout
    assert f"changed: [{HOST}]" in run.stdout
    load_estate.__globals__["_load"].cache_clear()
    after = load_estate(site.folder).devices[HOST]
    assert (after.serial_number, after.mac) == (SERIAL, MAC)
    kept = before.model_dump(exclude={"serial_number", "mac"})
    assert after.model_dump(exclude={"serial_number", "mac"}) == kept
    (row,) = read_history(site.register, "oubei")
    assert (row.host, row.code, row.old_serial_number, row.old_mac) == (
        HOST,
        before.code,
        before.serial_number,
        before.mac,
    )
    assert (row.new_serial_number, row.new_mac, row.reason, row.by) == (SERIAL, MAC, "雷击", "李工")
    assert fleet.call(lambda: fleet.fleet.twin(HOST).settings.hostname.name) == HOST
    counts = fleet.call(lambda: dict(fleet.fleet.twin(HOST).counts))
    assert counts.get("login refused", 0) == 0

    again = swap(site)
    assert again.returncode == 0, again.stdout
    assert f"declared: [{HOST}]" in again.stdout
    assert len(read_history(site.register, "oubei")) == 1
    survey = site.play("playbooks/site.yml", "--limit", HOST, NANXI_LANG="en")
    assert survey.returncode == 0
    assert "identity" not in survey.stdout


def test_what_the_guard_held_against_the_old_camera_is_forgotten(site, serve):
    guard = site.folder.parent / "state/guard"
    guard.mkdir(parents=True)
    held = {"host": HOST, "locked_until": "2099-01-01T00:00:00Z", "failures": []}
    (guard / f"{HOST}.json").write_text(json.dumps(held))
    serve()
    run = swap(site)
    assert run.returncode == 0, run.stdout
    assert not (guard / f"{HOST}.json").exists()


def test_a_camera_that_somebody_used_before_is_refused(site, serve):
    fleet = serve(users=[{"name": "admin", "password": "somebody's", "level": "Administrator"}])
    run = swap(site)
    assert run.returncode == 2
    assert "not as it left the works" in run.stdout
    assert fleet.call(lambda: fleet.fleet.twin(HOST).settings.hostname.name) != HOST


def test_another_device_at_the_address_is_refused_and_named(site, serve):
    fleet = serve()
    run = swap(site, serial_number="UNI00009999")
    assert run.returncode == 2
    assert f"another device answers at 10.99.0.34: serial number {SERIAL}, MAC {MAC}" in run.stdout
    assert fleet.call(lambda: fleet.fleet.twin(HOST).settings.hostname.name) != HOST


@pytest.mark.parametrize(
    ("options", "hosts", "says"),
    [
        ({"serial_number": "UNI00000005"}, HOST, "has the same serial number"),
        ({"mac": "48-EA-63-00-47"}, HOST, "oubei/cameras.csv"),
        ({}, "oubei-cam0013", "no driver speaks to it"),
        ({}, "oubei", "one device is replaced at a time"),
    ],
)
def test_what_cannot_be_right_is_told_before_anything_is_written(site, options, hosts, says):
    before = (site.register / "oubei/cameras.csv").read_bytes()
    run = swap(site, hosts=hosts, **options)
    assert run.returncode == 2
    assert says in run.stdout
    assert run.stdout.count("one device is replaced at a time") <= 2
    assert (site.register / "oubei/cameras.csv").read_bytes() == before
    assert not (site.register / "oubei/history.csv").exists()
