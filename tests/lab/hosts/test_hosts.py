"""Linux hosts of the lab: they boot, let in only whom they should, lose and keep what real ones do, and leave nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.fabric.fabric import station_name
from lab.hosts.machine import Machine
from nanxi.county.model import Network
from tests.support.hosts import RunningHosts, StartHosts

pytestmark = pytest.mark.lab

GATEWAY, INNER = "county-host01", "shangtang-host02"


@pytest.fixture(scope="module")
def running(lab_hosts: StartHosts) -> RunningHosts:
    return lab_hosts(GATEWAY, INNER)


def test_the_control_node_comes_in_with_checked_host_keys(running: RunningHosts) -> None:
    said = running.ssh(GATEWAY, "hostname; systemctl is-system-running --wait")
    assert said.stdout.split() == [GATEWAY, "running"], said.stderr


def test_a_host_behind_a_staged_gateway_is_reached_by_ssh_and_by_nothing_else(running: RunningHosts) -> None:
    assert running.ssh(INNER, "hostname").stdout.split() == [INNER]
    address = running.hosts.devices[INNER].ipv4
    listener = running[INNER].network.enter
    with subprocess.Popen(
        [*listener, sys.executable, "-m", "http.server", "80", "--bind", str(address)]
    ) as web:
        try:
            assert _until(lambda: _opens(listener, f"{address}", 80))
            assert not _opens(running.control().enter, f"{address}", 80)
            assert _opens(running.control().enter, f"{address}", 22)
        finally:
            web.kill()


def test_a_laptop_in_another_zone_does_not_come_in(running: RunningHosts) -> None:
    laptop = running.at("shangtang/viewing")
    options = running.hosts.keys.options(patience_s=1)
    router = str(running.hosts.devices[INNER].ipv4)
    assert _run(*laptop.enter, "ssh", *options, f"root@{router}", "true") == 255
    assert _run(*laptop.enter, "ping", "-q", "-c1", "-W1", str(running.hosts.devices[GATEWAY].ipv4)) != 0


def test_an_unknown_host_key_is_refused(running: RunningHosts, tmp_path: Path) -> None:
    empty = tmp_path / "known_hosts"
    empty.touch()
    options = [
        f"UserKnownHostsFile={empty}" if option.startswith("UserKnownHostsFile") else option
        for option in running.hosts.keys.options()
    ]
    address = str(running.hosts.devices[GATEWAY].ipv4)
    assert _run(*running.control().enter, "ssh", *options, f"root@{address}", "true") == 255


def test_the_public_control_node_does_not_reach_the_police_network(running: RunningHosts) -> None:
    refused = running.ssh(GATEWAY, "true", network=Network.PUBLIC, patience_s=1)
    assert refused.returncode == 255


def test_a_job_of_many_seconds_does_not_stop_systemd_for_ever(running: RunningHosts) -> None:
    """systemd tells three times a second what it waits for; somebody must listen, long after the boot."""
    running.ssh(GATEWAY, "systemd-run --quiet --wait -p Type=oneshot sleep 12")
    assert running.ssh(GATEWAY, "timeout 5 systemctl is-active sshd.service ssh.service").returncode in (0, 3)


def test_a_reboot_loses_what_nobody_wrote_to_disk(running: RunningHosts) -> None:
    machine = running[GATEWAY]
    running.ssh(
        GATEWAY,
        "nft add table inet forgotten; sysctl -qw net.ipv4.conf.all.log_martians=1; echo kept >/root/kept",
    )
    boots = machine.boots()
    running.ssh(GATEWAY, "reboot")
    machine.wait_for_boot(boots + 1)
    said = running.ssh(
        GATEWAY, "cat /root/kept; nft list tables; cat /proc/sys/net/ipv4/conf/all/log_martians"
    )
    assert said.stdout.splitlines() == ["kept", "table inet staging", "0"], said.stderr
    # The cables came back too: what is behind it is reached again.
    assert running.ssh(INNER, "hostname").returncode == 0


def test_after_a_power_cut_it_boots_with_what_was_on_its_disk(running: RunningHosts) -> None:
    machine = running[GATEWAY]
    running.ssh(GATEWAY, "echo written >/root/written; sync")
    machine.kill()
    assert machine.pid is None
    assert machine.leftovers() == []
    assert running.ssh(GATEWAY, "true", patience_s=1).returncode == 255
    machine.start()
    assert running.ssh(GATEWAY, "cat /root/written").stdout == "written\n"


def test_poweroff_leaves_nothing(running: RunningHosts) -> None:
    machine = running[INNER]
    running.ssh(INNER, "poweroff")
    _until_off(machine)
    assert machine.leftovers() == []
    machine.start()
    assert running.ssh(INNER, "true").returncode == 0


def test_what_a_killed_supervisor_left_does_not_hinder_the_next_start(running: RunningHosts) -> None:
    machine = running[INNER]
    supervisor = machine.pid
    assert supervisor
    assert _run("kill", "-9", str(supervisor)) == 0
    _until_off(machine)
    assert machine.leftovers() != []
    running.hosts.start()
    assert running.ssh(INNER, "true").returncode == 0


def test_down_leaves_nothing(lab_hosts: StartHosts) -> None:
    other = lab_hosts("oubei-host02")
    machine = other["oubei-host02"]
    assert machine.pid
    other.hosts.stop()
    other.fabric.down()
    assert machine.leftovers() == []
    assert not other.fabric.namespace.exists()
    assert not Path("/run/netns", station_name(other.fabric.lab, "oubei-host02")).exists()
    assert not other.fabric.vswitch.running


def _until_off(machine: Machine) -> None:
    assert _until(lambda: machine.pid is None)


def _until(true: Callable[[], bool], patience_s: float = 20) -> bool:
    deadline = time.monotonic() + patience_s
    while not (done := true()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return done


def _opens(enter: tuple[str, ...], address: str, port: int) -> bool:
    return _run(*enter, "timeout", "1", "bash", "-c", f"</dev/tcp/{address}/{port}") == 0


def _run(*command: str) -> int:
    return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode
