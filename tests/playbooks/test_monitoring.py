"""playbooks/monitoring.yml on a real machine: measured, scraped, judged; what came of it is asked of the engines themselves."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest

from nanxi.recorder.render import recorded_in_use
from tests.monitoring.engines import eventually
from tests.support.ansible import ROOT, Inventory
from tests.support.control import ControlNode
from tests.support.hosts import RunningHosts, StartHosts

pytestmark = [
    pytest.mark.lab,
    pytest.mark.timeout(900),
]  # a hundred tasks of a machine that is not ours alone

MONITOR = "county-host04"
VARIABLES = {
    "offline_bundle": f"{ROOT}/build/bundle",
    "exporter_interval_s": 15,
    "prometheus_scrape_interval": "5s",
    "alertmanager_receivers": [
        {"name": "night", "webhook_configs": [{"url": "http://127.0.0.1:8060/?token=Secret-Token-0001"}]}
    ],
    "alertmanager_secrets": {"mail": "Secret-Mail-Password1"},
    "grafana_admin_password": "Secret-Grafana-Word1",
}
#: What people may not read of a host, each with its mode and owner.
SECRETS = [
    "",
    "400 nanxi-exporter /etc/nanxi/exporters/credentials/oubei.json",
    "400 nanxi-exporter /etc/nanxi/exporters/credentials/shangtang.json",
    "400 nanxi-exporter /etc/nanxi/exporters/credentials/snmp.yml",
    "400 nanxi-exporter /etc/nanxi/exporters/web.yml",
    "400 prometheus /etc/prometheus/alertmanager-secrets/mail",
    "640 root /etc/prometheus/alertmanager.yml",
    "640 root /etc/grafana/secrets/admin",
    "",
][1:-1]


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
    return ControlNode(running, inventory, patience_s=600)


def play(control: ControlNode, *options: str) -> subprocess.CompletedProcess[str]:
    variables = json.dumps(VARIABLES)
    return control.play("playbooks/monitoring.yml", "--limit", MONITOR, "--diff", "-e", variables, *options)


@pytest.fixture(scope="module")
def provisioned(control: ControlNode) -> subprocess.CompletedProcess[str]:
    """The first run."""
    done = play(control)
    assert re.search(rf"{MONITOR} .* failed=0", done.stdout), done.stdout + done.stderr
    return done


def asked(running: RunningHosts, url: str) -> Any:
    """Return what an engine answers on the monitor's loopback."""
    fetch = f'import urllib.request as u; print(u.urlopen("{url}").read().decode())'
    said = running.ssh(MONITOR, f"python3 -c '{fetch}'")
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)["data"]


@pytest.mark.usefixtures("provisioned")
def test_everything_is_scraped_and_every_rule_is_loaded(running: RunningHosts) -> None:
    def up() -> dict[str, str]:
        targets = asked(running, "http://127.0.0.1:9090/api/v1/targets")["activeTargets"]
        return {one["labels"]["job"]: one["health"] for one in targets}

    wanted = dict.fromkeys(("nanxi", "prometheus", "alertmanager"), "up")
    eventually(lambda: up() == wanted, lambda: str(up()))
    groups = asked(running, "http://127.0.0.1:9090/api/v1/rules")["groups"]
    names = {rule["name"] for group in groups for rule in group["rules"]}
    assert {"UplinkDown", "StationSilent", "Watchdog", "nanxi:device_down", "nanxi:station_expected"} <= names
    query = "http://127.0.0.1:9090/api/v1/query?query="
    # Every device of the police network was asked; nobody answers here, and that is told.
    assert eventually(lambda: asked(running, f"{query}nanxi_probe_verdict")["result"])
    networks = {one["metric"]["network"] for one in asked(running, f"{query}nanxi_probe_verdict")["result"]}
    assert networks == {"police"}
    # R8: who is recorded is called up at the gate of his recorder host, and not from here.
    called_up = asked(running, f"{query}nanxi_probe_verdict%7Bmodule=%22rtsp%22%7D")["result"]
    recorded = recorded_in_use(running.estate)
    assert recorded
    assert not {one["metric"]["device"] for one in called_up} & recorded


def test_no_secret_is_shown_or_readable(
    running: RunningHosts, control: ControlNode, provisioned: subprocess.CompletedProcess[str]
) -> None:
    paths = " ".join(line.split()[2] for line in SECRETS)
    said = running.ssh(
        MONITOR, f"stat -c '%a %U %n' {paths}; journalctl -b -o cat; ps axww; cat /etc/default/*"
    )
    assert said.stdout.splitlines()[: len(SECRETS)] == SECRETS
    shown = control.inventory.run(
        "ansible-vault", "decrypt", "--output", "-", control.inventory.folder / "credentials/oubei.json"
    )
    secrets = {word for host in json.loads(shown.stdout).values() for word in host.values()}
    secrets |= set(re.findall(r"Secret-[\w-]+", json.dumps(VARIABLES)))
    assert len(secrets) > 10
    found = (
        "find /etc /opt/nanxi/scripts /var/lib/nanxi-exporter /var/lib/prometheus -xdev -type f -perm -o=r"
    )
    open_to_all = running.ssh(MONITOR, f"{found} -exec cat {{}} + | LC_ALL=C tr -cd '[:print:]\\n'").stdout
    assert len(open_to_all) > 10_000
    everything = provisioned.stdout + provisioned.stderr + said.stdout + open_to_all
    assert not [secret for secret in secrets if secret in everything]


@pytest.mark.usefixtures("provisioned")
def test_from_outside_one_can_write_and_see_nothing(running: RunningHosts) -> None:
    listening = running.ssh(MONITOR, "ss -Htln").stdout
    outside = {line.split()[3] for line in listening.splitlines()} - {"0.0.0.0:22", "[::]:22"}
    assert {one for one in outside if not one.startswith("127.")} == {"10.98.255.10:8428"}


@pytest.mark.usefixtures("provisioned")
def test_systemd_has_nothing_to_say(running: RunningHosts) -> None:
    units = "nanxi-exporter@fleet prometheus prometheus-alertmanager haproxy"
    said = running.ssh(
        MONITOR,
        f"systemctl is-active {units}; systemctl is-enabled {units}; systemctl --failed --plain --no-legend;"
        "systemd-analyze verify --man=no nanxi-exporter@fleet.service prometheus-alertmanager.service 2>&1 | grep nanxi",
    )
    assert said.stdout.split() == ["active"] * 4 + ["enabled"] * 4


def test_what_could_not_be_done_is_said(provisioned: subprocess.CompletedProcess[str]) -> None:
    assert f"SKIPPED: Grafana is not started on {MONITOR}: no grafana_*.deb in" in provisioned.stdout


@pytest.mark.usefixtures("provisioned")
def test_a_second_run_changes_nothing(control: ControlNode) -> None:
    done = play(control)
    assert re.search(rf"{MONITOR} .* changed=0 .*failed=0", done.stdout), done.stdout + done.stderr
