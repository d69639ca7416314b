"""playbooks/gateways.yml on real machines, as a control node runs it: trial, confirmation, and the way back."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nanxi.county.model import Network
from tests.support.ansible import BIN, ROOT
from tests.support.hosts import RunningHosts, StartHosts

pytestmark = pytest.mark.lab

CENTRE, GATEWAY, RECORDER = "county-host01", "shangtang-host02", "shangtang-host01"


@pytest.fixture(scope="module")
def running(lab_hosts: StartHosts) -> RunningHosts:
    return lab_hosts(CENTRE, GATEWAY, RECORDER)


@pytest.fixture(scope="module")
def play(running: RunningHosts, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess]:
    """Run a playbook on the control node of the police network."""
    home = tmp_path_factory.mktemp("control")

    def run(playbook: str, *options: str) -> subprocess.CompletedProcess[str]:
        keys = running.hosts.keys
        environment = {
            "HOME": str(home),
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_SSH_ARGS": " ".join(["-o ControlMaster=auto -o ControlPersist=60s", *keys.options()]),
            "ANSIBLE_REMOTE_USER": "root",
        }
        command = [BIN / "ansible-playbook", "-i", ROOT / "inventory/lab", ROOT / playbook, *options]
        return subprocess.run(
            [*running.control(Network.POLICE).enter, *map(str, command)],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=200, check=False,
        )  # fmt: skip

    return run


def test_try(running, play):
    t = time.time()
    done = play("playbooks/gateways.yml", "--limit", f"{CENTRE},{GATEWAY}", "--diff")
    print(done.stdout[-6000:], done.stderr[-3000:], time.time() - t)
    t = time.time()
    done = play("playbooks/gateways.yml", "--limit", f"{CENTRE},{GATEWAY}", "--diff")
    print(done.stdout[-6000:], done.stderr[-3000:], time.time() - t)
    print(running.ssh(GATEWAY, "nft list counters | grep -B1 'packets [1-9]'").stdout)
    assert 0
