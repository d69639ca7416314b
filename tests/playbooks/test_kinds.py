"""playbooks/site.yml over every kind of device: cameras, an encoder with analog cameras, a recorder."""

import json

import pytest

from lab.twin.fleetfile import FleetConfig
from nanxi.estate import load_estate

pytestmark = pytest.mark.lab

SITE = "playbooks/site.yml"
WRITES = ("Set", "Create", "Delete", "Configure", "Remove", "Add")
ENCODER, RECORDER = "oubei-enc01", "oubei-nvr01"
CAMERAS = ["oubei-cam0001", "oubei-cam0004", "oubei-cam0005", "oubei-cam0006"]


@pytest.fixture
def site(inventory):
    """The lab's register with passwords of the test's own."""
    inventory.lab_register()
    inventory.new_passwords()
    return inventory


def serve(twins, inventory, tmp_path, hosts, **entries):
    """Serve the twins of ``hosts``; ``entries`` are lines of twins.yml with _ instead of -."""
    estate = load_estate(inventory.folder)
    lines = {host.replace("_", "-"): {"why": "the test", **entry} for host, entry in entries.items()}
    config = FleetConfig.model_validate({"hosts": lines})
    return twins([estate.devices[host] for host in hosts], config, state_dir=tmp_path / "twins")


def play(inventory, *options, playbook=SITE, hosts="oubei-enc01,oubei-nvr01"):
    return inventory.play(playbook, "--limit", hosts, *options, NANXI_LANG="en")


def verdicts(run):
    """Return what the run said last of each device."""
    lines = (
        line.split("] ")[0].rstrip("]").split(": [")
        for line in run.stdout.splitlines()
        if ": [oubei-" in line
    )
    return {host: verdict for verdict, host in lines if verdict != "ok"}


def test_every_kind_from_the_factory_to_declared_and_then_nothing(site, twins, tmp_path):
    fleet = serve(twins, site, tmp_path, [*CAMERAS, ENCODER, RECORDER])
    hosts = ",".join([*CAMERAS, ENCODER, RECORDER])
    first = play(site, hosts=hosts)
    assert first.returncode == 0, first.stdout
    assert set(verdicts(first).values()) == {"changed"}
    again = play(site, hosts=hosts)
    assert again.returncode == 0, again.stdout
    assert set(verdicts(again).values()) <= {"declared"}, again.stdout
    shown = {osd.text for osd in fleet.call(lambda: fleet.fleet.twin(ENCODER).settings.osds)}
    assert {"瓯北罗浮路渡口", "瓯北老街戏台前", "瓯北双塔路菜市场门口", "瓯北新桥街轮渡站前"} <= shown
    gathered = play(site, "-e", "device_state=gathered", hosts=RECORDER, playbook="playbooks/nvrs.yml")
    assert '"recordings"' in gathered.stdout
    assert "瓯北新桥街轮渡站前" in gathered.stdout


def test_a_batch_that_failed_as_a_whole_does_not_keep_other_kinds_from_their_turn(site, twins, tmp_path):
    fleet = serve(twins, site, tmp_path, ["oubei-cam0001", ENCODER], oubei_cam0001={"power": False})
    run = play(site, hosts=f"oubei-cam0001,{ENCODER}")
    assert verdicts(run) == {"oubei-cam0001": "unreachable", ENCODER: "changed"}, run.stdout
    assert run.returncode == 4
    assert fleet.call(lambda: fleet.fleet.twin(ENCODER).settings.hostname.name) == ENCODER


def test_a_lying_device_fails_at_the_end_and_the_others_are_converged(site, twins, tmp_path):
    liar = {"overrides": {"traits": {"set": {"ignores": ["hostname"]}}}}
    serve(twins, site, tmp_path, ["oubei-cam0001", ENCODER], oubei_cam0001=liar)
    run = play(site, "-v", hosts=f"oubei-cam0001,{ENCODER}")
    assert verdicts(run) == {"oubei-cam0001": "not applied", ENCODER: "changed"}, run.stdout
    assert run.returncode == 2
    recap = next(line for line in run.stdout.splitlines() if line.startswith("oubei-cam0001 "))
    assert "failed=1" in recap
    assert run.stdout.index("Tell what is not as declared") > run.stdout.index(f"changed: [{ENCODER}]")


def test_nothing_is_ever_written_to_an_observed_device(site, twins, tmp_path):
    cameras = site.register / "oubei/cameras.csv"
    text = cameras.read_text(encoding="utf-8-sig")
    cameras.write_text(text.replace("installed,,uniview", "installed,observed,uniview", 1), encoding="utf-8")
    known = [{"name": "admin", "password": password(site, "oubei-cam0001"), "level": "Administrator"}]
    fleet = serve(
        twins,
        site,
        tmp_path,
        ["oubei-cam0001"],
        oubei_cam0001={"overrides": {"factory": {"users": known}}},
    )
    run = play(site, "--diff", hosts="oubei-cam0001")
    assert run.returncode == 0, run.stdout
    assert "the register says that this device is only observed" in run.stdout
    assert "changed" not in verdicts(run).values()
    own = tmp_path / "own.yml"
    own.write_text(
        "- {hosts: cameras, gather_facts: false, tasks: [{nanxi.cctv.device: {state: declared}}]}\n"
    )
    direct = play(site, hosts="oubei-cam0001", playbook=str(own))
    assert direct.returncode == 0, direct.stdout
    counts = fleet.call(lambda: dict(fleet.fleet.twin("oubei-cam0001").counts))
    assert counts
    assert not [name for name in counts if name.rpartition(":")[2].startswith(WRITES)], counts


def test_an_analog_camera_is_never_contacted(site, twins, tmp_path):
    serve(twins, site, tmp_path, [ENCODER])
    run = play(site, hosts="oubei-cam0013")
    assert run.returncode == 0, run.stdout
    assert "PLAY [Survey" not in run.stdout
    assert verdicts(run) == {}
    listed = site.listed()
    assert "oubei-cam0013" in listed["channels"]["hosts"]
    assert "oubei-cam0013" not in listed["managed"]["hosts"]


def password(inventory, host):
    """Return the vault's administrator password."""
    command = ("scripts/credentials", "--inventory", inventory.folder, "--json", "show", host)
    shown = inventory.run(*command, "--reveal", "--reason", "test")
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)["accounts"]["admin"]
