"""playbooks/hosts.yml on a real machine; what came of it is judged by tools that are not ours."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.daemon import Daemon
from lab.fabric import layout
from lab.hosts import image
from tests.support.ansible import Inventory
from tests.support.control import ControlNode
from tests.support.hosts import RunningHosts, StartHosts

pytestmark = pytest.mark.lab

CLOCK = Path(image.__file__).with_name("clock")
MONITOR, ADDRESS = "county-host04", "10.98.255.10"
OFF = "county-host01"  # in the register, and not there
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f somebody"


@pytest.fixture(scope="module")
def running(lab_hosts: StartHosts) -> RunningHosts:
    return lab_hosts(MONITOR)


@pytest.fixture(scope="module")
def control(running: RunningHosts, tmp_path_factory: pytest.TempPathFactory) -> ControlNode:
    inventory = Inventory(tmp_path_factory.mktemp("control") / "inventory")
    inventory.lab_register()
    inventory.new_passwords()
    return ControlNode(running, inventory)


@pytest.fixture(scope="module")
def provisioned(clock: None, control: ControlNode) -> subprocess.CompletedProcess[str]:
    """The first run."""
    return play(control, hosts=f"{MONITOR},{OFF}")


def play(control: ControlNode, *options: str, hosts: str = MONITOR) -> subprocess.CompletedProcess[str]:
    people = {
        "host_baseline_admins": [{"name": "wang", "keys": [KEY]}],
        "host_baseline_former_admins": ["li"],
    }
    return control.play("playbooks/hosts.yml", "--limit", hosts, "--diff", "-e", json.dumps(people), *options)


@pytest.fixture(scope="module")
def clock(running: RunningHosts) -> Iterator[None]:
    """One of the county's clocks, at the address that the plan gives it."""
    plug = next(layout.clocks(running.estate.plan))
    namespace = running.fabric.station(plug)
    running.fabric.connect(plug)
    command = (str(CLOCK), str(image.folder()), str(plug.address.ip))
    daemon = Daemon(name="clock", command=command, ready="chronyd version", folder=running.hosts.folder)
    daemon.start((*namespace.enter, "unshare", "--mount", "--"))
    yield
    daemon.stop()
    namespace.delete()


def test_one_host_that_is_off_does_not_stop_the_others_and_is_told(
    provisioned: subprocess.CompletedProcess[str],
) -> None:
    assert re.search(rf"{MONITOR} .* changed=[1-9]\d* .*unreachable=0 .*failed=0", provisioned.stdout), (
        provisioned.stdout
    )
    assert provisioned.returncode == 4
    assert f"[{OFF}] 10.98.255.1 could not be reached over SSH" in provisioned.stdout


@pytest.mark.usefixtures("provisioned")
def test_a_second_run_changes_nothing(control: ControlNode) -> None:
    done = play(control)
    assert re.search(rf"{MONITOR} .* changed=0 .*failed=0", done.stdout), done.stdout + done.stderr


@pytest.mark.usefixtures("provisioned")
def test_nothing_has_failed_and_nothing_was_overlooked_in_a_configuration(running: RunningHosts) -> None:
    said = running.ssh(
        MONITOR, "systemctl is-system-running; journalctl -p warning -b -u snmpd -u chrony -o cat"
    )
    assert said.stdout.split() == ["running"]


@pytest.mark.usefixtures("provisioned")
def test_the_ssh_server_is_judged_by_ssh_audit(control: ControlNode) -> None:
    """No algorithm is weak; a denial-of-service by many connections is the firewall's matter."""
    done = control.run("ssh-audit", "--json", "--skip-rate-test", ADDRESS)
    said = json.loads(done.stdout)
    notes = {
        (kind, one["algorithm"], note)
        for kind in ("kex", "key", "enc", "mac")
        for one in said[kind]
        for level in ("fail", "warn")
        for note in one.get("notes", {}).get(level, [])
    }
    assert {kind for kind in ("kex", "key", "enc", "mac") if said[kind]} == {"kex", "key", "enc", "mac"}
    # Key exchanges that a quantum computer would break are what OpenSSH 9.2's other clients speak.
    assert {note for note in notes if "quantum" not in note[2]} == set()


@pytest.mark.usefixtures("provisioned")
def test_passwords_and_tunnels_are_refused(running: RunningHosts) -> None:
    options = running.hosts.keys.options()
    enter = running.control().enter
    typed = ("-o", "PreferredAuthentications=password,keyboard-interactive", "-o", "PubkeyAuthentication=no")
    asked = subprocess.run(
        [*enter, "ssh", "-v", *options, *typed, f"root@{ADDRESS}", "true"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Authentications that can continue: publickey\n" in asked.stderr
    tunnel = subprocess.run(
        [*enter, "ssh", *options, "-W", "10.98.255.10:22", f"root@{ADDRESS}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "administratively prohibited" in tunnel.stderr


@pytest.mark.usefixtures("provisioned")
def test_people_come_in_by_name(running: RunningHosts) -> None:
    said = running.ssh(
        MONITOR,
        "sudo -l -U wang; passwd -S wang; cat ~wang/.ssh/authorized_keys; id li; stat -c %a /etc/sudoers.d/nanxi",
    )
    assert "(ALL : ALL) NOPASSWD: ALL" in said.stdout
    assert re.search(r"^wang L ", said.stdout, re.MULTILINE)
    assert KEY in said.stdout
    assert "no such user" in said.stderr
    assert said.stdout.endswith("440\n")


@pytest.mark.usefixtures("provisioned")
def test_chrony_follows_the_county_s_clock(running: RunningHosts) -> None:
    assert running.ssh(MONITOR, "chronyc -n waitsync 25 0 0 1").returncode == 0
    assert re.search(
        r"^\^\* 10\.98\.255\.2 ", running.ssh(MONITOR, "chronyc -n sources").stdout, re.MULTILINE
    )
    # It serves nobody, and is asked over its socket alone.
    assert not re.search(r":(123|323)\s", running.ssh(MONITOR, "ss -Hulnp | grep chronyd").stdout)


def asked(control: ControlNode, passwords: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    """Ask by SNMP with net-snmp; its passwords come by its configuration, as argv is for everybody to read."""
    folder = control.inventory.folder.parent / "snmp"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "snmp.conf").write_text(
        f"defVersion 3\ndefSecurityName nanxi\ndefAuthType SHA-256\ndefPrivType AES\n"
        f"defAuthPassphrase {passwords['snmp_auth']}\ndefPrivPassphrase {passwords['snmp_privacy']}\n"
    )
    return subprocess.run(
        [*control.running.control().enter, "snmpget", *options, "-r1", "-t2", ADDRESS, "1.3.6.1.2.1.1.5.0"],
        env={"SNMPCONFPATH": str(folder), "PATH": "/usr/bin", "MIBS": "", "HOME": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def of_the_vault(control: ControlNode) -> dict[str, str]:
    return control.inventory.vault("county")[MONITOR]


@pytest.mark.usefixtures("provisioned")
def test_snmp_answers_who_is_authenticated_and_encrypts_and_nobody_else(control: ControlNode) -> None:
    passwords = of_the_vault(control)
    encrypted = asked(control, passwords, "-l", "authPriv")
    assert MONITOR in encrypted.stdout, encrypted.stderr
    assert asked(control, passwords, "-l", "authNoPriv").returncode
    assert asked(control, passwords | {"snmp_auth": "wrong-password"}, "-l", "authPriv").returncode
    assert asked(control, passwords, "-v", "2c", "-c", "public").returncode


def test_no_secret_is_shown_or_readable(
    control: ControlNode, running: RunningHosts, provisioned: subprocess.CompletedProcess[str]
) -> None:
    said = running.ssh(
        MONITOR,
        "stat -c '%a %U' /etc/snmp/snmpd.conf /var/lib/snmp/snmpd.conf; journalctl -b -o cat; ps axww",
    )
    assert said.stdout.splitlines()[:2] == ["600 root", "600 Debian-snmp"]
    for secret in of_the_vault(control).values():
        assert secret not in provisioned.stdout + provisioned.stderr + said.stdout


@pytest.mark.usefixtures("provisioned")
def test_a_new_password_of_the_vault_replaces_the_old(control: ControlNode) -> None:
    file = control.inventory.folder / "credentials/county.json"
    old, plain = of_the_vault(control), control.inventory.vault("county")
    plain[MONITOR] |= {"snmp_auth": "another-Password1", "snmp_privacy": "another-Password2"}
    file.write_text(json.dumps(plain))
    control.inventory.run("ansible-vault", "encrypt", file)
    done = play(control, "--tags", "snmp")
    assert re.search(rf"{MONITOR} .* changed=[1-9] .*failed=0", done.stdout), done.stdout
    assert "another-Password1" not in done.stdout
    assert asked(control, plain[MONITOR], "-l", "authPriv").returncode == 0
    assert asked(control, old, "-l", "authPriv").returncode


def test_a_control_node_leaves_another_network_to_that_ones_own(control: ControlNode) -> None:
    alone = control.play("playbooks/cameras.yml", "--limit", "network_public")
    assert alone.returncode == 2
    assert "run it on county-host06 (10.99.255.20)" in alone.stdout
    mixed = control.play("playbooks/validate.yml", "--limit", f"{MONITOR},oubei-host03,county-host02")
    assert mixed.returncode == 0, mixed.stdout
    assert (
        "2 of this run are in a network of another control node: run the same on county-host06"
        in mixed.stdout
    )
