"""scripts/patrol on a real machine, as maintenance staff type it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.ansible import Inventory
from tests.support.control import ControlNode
from tests.support.hosts import RunningHosts, StartHosts

pytestmark = pytest.mark.lab

MONITOR, OFF = "county-host04", "county-host01"


@pytest.fixture(scope="module")
def running(lab_hosts: StartHosts) -> RunningHosts:
    return lab_hosts(MONITOR)


@pytest.fixture
def control(running: RunningHosts, tmp_path: Path) -> ControlNode:
    inventory = Inventory(tmp_path / "inventory")
    inventory.lab_register()
    return ControlNode(running, inventory)


def patrol(control: ControlNode, *options: str):
    keys = control.running.hosts.keys
    access = ("--inventory", str(control.inventory.folder), "--key", str(keys.identity),
              "--known-hosts", str(keys.known_hosts))  # fmt: skip
    return control.run("scripts/patrol", *access, *options)


def test_a_failed_service_is_found_mended_and_gone(running: RunningHosts, control: ControlNode) -> None:
    """The service fails as often as systemd lets it, and works again once its cause is gone."""
    running.ssh(
        MONITOR,
        "printf '[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/bin/test -e /run/cause-gone\\n'"
        " >/etc/systemd/system/nanxi-trial.service; systemctl daemon-reload; systemctl start nanxi-trial;"
        " systemctl stop chrony",
    )
    seen = patrol(control, "--json", MONITOR, OFF)
    assert seen.returncode == 1, seen.stderr
    troubles = {
        (one["severity"], one["host"], one["matter"], one["subject"])
        for one in json.loads(seen.stdout)["troubles"]
    }
    assert ("critical", MONITOR, "unit failed", "nanxi-trial.service") in troubles
    assert ("critical", OFF, "unreachable", "") in troubles
    assert ("warning", MONITOR, "clock follows nobody", "") in troubles
    assert ("warning", MONITOR, "rules not kept", "") in troubles
    # The cause is still there: nothing gets better, and that is said.
    tried = patrol(control, "--fix", MONITOR)
    assert "nanxi-trial.service" in tried.stdout
    assert "not better for it" in tried.stderr
    running.ssh(MONITOR, "touch /run/cause-gone")
    mended = json.loads(patrol(control, "--fix", "--json", MONITOR).stdout)
    assert mended["mended"] == [MONITOR]
    assert "nanxi-trial.service" not in {one["subject"] for one in mended["troubles"]}, mended
    assert running.ssh(MONITOR, "systemctl is-active nanxi-trial").stdout == "active\n"


def test_people_read_chinese(control: ControlNode) -> None:
    seen = patrol(control, MONITOR)
    assert "防火墙规则未生效或未保存" in seen.stdout
    assert "巡检1台" in seen.stderr


def test_a_host_that_is_not_there_is_bad_input(control: ControlNode) -> None:
    seen = patrol(control, "shangtang-host99")
    assert seen.returncode == 2
    assert "no Linux host in use that is called shangtang-host99" in seen.stderr
