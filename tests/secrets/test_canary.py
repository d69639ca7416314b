"""S3: no run, however talkative, shows a secret on screen, in a log, in /proc, in a file or in the repository."""

import json
import subprocess
import time

import pytest

from lab.network import ROOT
from lab.twin.auth.gate import realm
from tests.secrets.house import BIN, HOSTS, House, build, fleet
from tests.support.twins import RunningTwins, StartTwins

pytestmark = pytest.mark.lab

_LIMIT = ",".join(HOSTS)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return build(tmp_path_factory.mktemp("secrets"))


@pytest.fixture(scope="module")
def running(house: House, module_twins: StartTwins) -> RunningTwins:
    return module_twins(*fleet(house))


@pytest.fixture(scope="module")
def runs(house: House, running: RunningTwins) -> dict:
    """What people type, as talkative as it gets, in the order in which they type it."""
    inventory = ["-i", str(house.inventory)]
    playbook = [str(BIN / "ansible-playbook"), *inventory, "--limit", _LIMIT, "-vvvv", "--diff"]
    script = ["--inventory", str(house.inventory)]
    commands = {
        "rendered": [*playbook, "playbooks/cameras.yml", "-e", "device_state=rendered"],
        "check": [*playbook, "--check", "playbooks/site.yml"],
        "converge": [*playbook, "playbooks/site.yml"],
        "again": [*playbook, "playbooks/site.yml"],
        "gathered": [*playbook, "playbooks/cameras.yml", "-e", "device_state=gathered"],
        "list": [str(BIN / "ansible-inventory"), *inventory, "--list", "-vvvv"],
        "credentials": ["scripts/credentials", "check", *script],
        "guard": ["scripts/guard", "list"],
        "discover": ["scripts/discover", *script, "--sign-in", "--unit", "shangtang", "--rate", "1000"],
        "reconcile": ["scripts/reconcile", *script, "--json"],
        "onvif": ["scripts/onvif", *script, "shangtang-cam0001", "device", "GetUsers"],
    }
    started = time.time()
    return {name: house.run(name, *command) for name, command in commands.items()} | {"started": started}


@pytest.fixture(scope="module")
def realms(running: RunningTwins) -> tuple[str, ...]:
    return tuple(
        sorted({running.call(lambda h=host: realm(running.fleet.twin(h))) for host in HOSTS} | {"camera"})
    )


def test_runs_did_what_they_should(runs: dict, running: RunningTwins, house: House) -> None:
    """Passwords were really used and changed, refused and repeated: without that no leak could show."""
    said = runs["converge"].stdout.decode()
    assert "changed: [shangtang-cam0001]" in said or "CHANGED" in said or "已整改" in said, said[-3000:]
    passwords = {
        host: running.call(lambda h=host: {u.name: u.password for u in running.fleet.twin(h).settings.users})
        for host in HOSTS
    }
    for host in ("shangtang-cam0001", "shangtang-cam0002", "oubei-cam0007"):
        assert passwords[host]["admin"] == house.secrets[f"{host} admin"].value
        assert passwords[host]["recorder"] == house.secrets[f"{host} recorder"].value
    for host in ("shangtang-cam0006", "shangtang-cam0007"):
        assert running.fleet.twin(host).counts["tds:SetUser"] > 0
    assert running.fleet.twin("shangtang-cam0003").counts["login refused"] > 0
    assert runs["onvif"].returncode == 0, runs["onvif"].stderr


def test_nothing_is_left_that_tells_a_secret(runs: dict, house: House, realms: tuple[str, ...]) -> None:
    assert house.leaks(house.left, realms) == []


def test_the_inventory_is_closed(runs: dict, house: House, realms: tuple[str, ...]) -> None:
    assert house.leaks(house.inventory, realms) == []


def test_nothing_was_written_into_the_checkout(runs: dict, house: House, realms: tuple[str, ...]) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no checkout")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    names = [name for name in listed.stdout.decode().split("\0") if name]
    recent = [ROOT / name for name in names if (ROOT / name).exists()]
    written = [file for file in recent if file.stat().st_mtime >= runs["started"]]
    assert house.leaks_in(written, realms) == []


def test_processes_were_watched_all_the_time(runs: dict, house: House) -> None:
    watched = [json.loads(file.read_text()) for file in house.left.glob("*.proc.json")]
    assert sum(run["looks"] for run in watched) / sum(run["seconds"] for run in watched) >= 100  # S3
    assert b"ansible-playbook" in (house.left / "converge.proc").read_bytes()
