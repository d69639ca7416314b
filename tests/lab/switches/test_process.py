"""The process: switches of a register, and the hand behind them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lab.switches.__main__ import main
from lab.twin.ctl import ControlError, call

ROOT = Path(__file__).parents[3]


@pytest.fixture
def process(tmp_path):
    """The lab's two switches at one loopback port each is not to be had: so they listen where the register says."""
    socket = tmp_path / "switches.sock"
    command = [
        sys.executable,
        "-m",
        "lab.switches",
        "--inventory",
        "inventory/lab",
        "--state",
        str(tmp_path / "flash"),
    ]
    running = subprocess.Popen(
        [*command, "--control", str(socket), "--port", "2222"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready: 2 switches\n"
        yield socket
        running.terminate()


@pytest.mark.lab
def test_the_hand_behind_the_switches(process):
    host = "oubei-sw01"
    assert call(process, "hosts") == ["oubei-sw01", "shangtang-sw01"]
    assert "vlan batch 140" in call(process, "running", host)  # the management zone's
    assert "interface GigabitEthernet0/0/24" in call(process, "startup", host)
    call(process, "type", host, lines=["system-view", "vlan 10", "interface g0/0/1", "shutdown"])
    assert call(process, "status", host)["unsaved"]
    assert call(process, "status", host)["vlans"] == [1, 10, 140]
    assert call(process, "ports", host)[0]["up"] is False
    assert [item["line"] for item in call(process, "transcript", host, since=2)] == [
        "interface g0/0/1",
        "shutdown",
    ]
    call(process, "refuse", host, pattern="^vlan 11$", says="Error: not today.")
    assert call(process, "type", host, lines=["system-view", "vlan 11"])[-1] == "Error: not today."
    call(process, "fault", host, save_fails=True)
    assert any("space" in line for line in call(process, "type", host, lines=["save force"]))
    call(process, "clear", host)
    call(process, "reboot", host)
    assert call(process, "status", host)["vlans"] == [1, 140]
    call(process, "drop", host)
    call(process, "advance", host, seconds=10)
    assert call(process, "learned", host) == []
    for wrong in ({"do": "plug", "host": host, "port": "x", "interface": "y"}, {"do": "fault", "host": host}):
        with pytest.raises(ControlError):
            call(process, **wrong)


@pytest.mark.lab
@pytest.mark.foreign
def test_openssh_signs_in_and_keeps_the_host_key(process, tmp_path):
    ask = tmp_path / "ask"
    ask.write_text("#!/bin/sh\necho Switch-2008\n")
    ask.chmod(0o700)
    options = [
        "-p",
        "2222",
        "-o",
        f"UserKnownHostsFile={tmp_path / 'known'}",
        "-o",
        "StrictHostKeyChecking=accept-new",
    ]

    def ssh(*more, typed=""):
        return subprocess.run(
            ["ssh", *options, *more],
            input=typed,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
            env={
                "SSH_ASKPASS": str(ask),
                "SSH_ASKPASS_REQUIRE": "force",
                "PATH": "/usr/bin:/bin",
                "HOME": str(tmp_path),
            },
        )

    shown = ssh("admin@10.98.0.66", "display version")
    assert "Huawei Versatile Routing Platform Software" in shown.stdout, shown.stderr
    talk = ssh("-tt", "admin@10.98.0.66", typed="system-view\nvlan 10\nquit\nquit\nquit\n")
    assert "[oubei-sw01-vlan10]" in talk.stdout
    assert talk.returncode == 0
    wrong = ssh("nobody@10.98.0.66", "display version")
    assert wrong.returncode == 255
    assert "Permission denied" in wrong.stderr


def test_every_mistake_of_the_fleet_file_at_once(tmp_path, capsys):
    file = tmp_path / "switches.yml"
    wrong = {
        "oubei-sw01": {"quirks": ["N99"]},
        "shangtang-sw01": {"traits": {"sessions": 0}},
        "nowhere-sw01": {},
    }
    file.write_text(json.dumps({"switches": wrong}))
    assert main(["--inventory", str(ROOT / "inventory/lab"), "--fleet", str(file)]) == 2
    said = capsys.readouterr().err
    for part in ("N99", "no such quirk", "greater than or equal to 1", "nowhere-sw01", "no such switch"):
        assert part in said


def test_two_hundred_switches_in_one_process(switches):
    """Each answers with its own name; one of them is enough to see that the loop is not blocked."""
    names = [
        switches(platform, ports=48)
        for platform in ("huawei_vrp", "hp_comware", "ruijie_os", "cisco_ios") * 50
    ]
    assert len({(twin.host, twin.port) for twin in names}) == 200
    assert all(twin.switch.installation.host in "".join(twin.running()) for twin in names)
