"""playbooks/monitoring.yml on real machines: measured, scraped, judged; what came of it is asked of the engines themselves."""

from __future__ import annotations

import json
import re
import subprocess
import time
from typing import Any

import pytest

from tests.support.ansible import ROOT, Inventory
from tests.support.control import ControlNode
from tests.support.hosts import RunningHosts, StartHosts

pytestmark = pytest.mark.lab

MONITOR = "county-host04"
QUICK = {
    "exporter_interval_s": 15,
    "prometheus_scrape_interval": "5s",
}


@pytest.fixture(scope="module")
def running(lab_hosts: StartHosts) -> RunningHosts:
    if not (ROOT / "build/bundle/SHA256SUMS").exists():
        pytest.skip("no bundle: run `make bundle` (needs the package registries)")
    return lab_hosts(MONITOR)


@pytest.fixture(scope="module")
def control(running: RunningHosts, tmp_path_factory: pytest.TempPathFactory) -> ControlNode:
    inventory = Inventory(tmp_path_factory.mktemp("control") / "inventory")
    inventory.lab_register()
    inventory.new_passwords()
    return ControlNode(running, inventory)


def play(control: ControlNode, *options: str, **more: Any) -> subprocess.CompletedProcess[str]:
    variables = json.dumps(QUICK | more)
    return control.play("playbooks/monitoring.yml", "--limit", MONITOR, "--diff", "-e", variables, *options)


@pytest.fixture(scope="module")
def provisioned(control: ControlNode) -> subprocess.CompletedProcess[str]:
    """The first run."""
    done = play(control)
    assert re.search(rf"{MONITOR} .* failed=0", done.stdout), done.stdout + done.stderr
    return done


def asked(running: RunningHosts, host: str, url: str) -> Any:
    """Return what an engine of a host answers on its loopback."""
    said = running.ssh(
        host, f"python3 -c 'import urllib.request as u; print(u.urlopen(\"{url}\").read().decode())'"
    )
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def until(running: RunningHosts, host: str, query: str, patience_s: float = 60) -> dict[str, float]:
    """Return what a query gives, by instance or device, as soon as it gives something."""
    deadline = time.monotonic() + patience_s
    while True:
        found = asked(running, host, f"http://127.0.0.1:9090/api/v1/query?query={query}")["data"]["result"]
        if found or time.monotonic() > deadline:
            return {
                one["metric"].get("device", one["metric"].get("job", "")): float(one["value"][1])
                for one in found
            }
        time.sleep(1)


@pytest.mark.usefixtures("provisioned")
def test_a_second_run_changes_nothing(control: ControlNode) -> None:
    done = play(control)
    assert re.search(rf"{MONITOR} .* changed=0 .*failed=0", done.stdout), done.stdout + done.stderr


@pytest.mark.usefixtures("provisioned")
def test_everything_is_scraped(running: RunningHosts) -> None:
    assert until(running, MONITOR, "up") == {"nanxi": 1, "prometheus": 1, "alertmanager": 1}
