"""playbooks/monitoring.yml on a real machine: measured, scraped, judged; what came of it is asked of the engines themselves."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
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
#: Stands for the city's database: a host of the lab that has nothing else to do here.
CITY, CITY_AT = "county-host01", "10.98.255.1"
#: What docs/monitoring.md tells counties to pass on.
KEEP = re.search(r'metrics_queue_keep: "(.+)"', (ROOT / "docs/monitoring.md").read_text("utf-8"))[1]
#: What an inventory adds. A county puts the switch on another host; here it shares the one that has our runtime already.
GROUPS = {"city": {"hosts": {CITY: {}}}, "deadman": {"hosts": {MONITOR: {}}}}
VARIABLES = {
    "offline_bundle": f"{ROOT}/build/bundle",
    "exporter_interval_s": 15,
    "prometheus_scrape_interval": "5s",
    "alertmanager_receivers": [
        {"name": "night", "webhook_configs": [{"url": "http://127.0.0.1:8060/?token=Secret-Token-0001"}]}
    ],
    "alertmanager_secrets": {"mail": "Secret-Mail-Password1"},
    "grafana_admin_password": "Secret-Grafana-Word1",
    "metrics_queue_url": f"http://{CITY_AT}:8428/api/v1/write",
    "metrics_queue_keep": KEEP,
    "deadman_notify": ["logger", "--tag", "page"],
    "victoriametrics_min_free_disk": "100MB",
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
    return lab_hosts(MONITOR, CITY)


@pytest.fixture(scope="module")
def control(running: RunningHosts, tmp_path_factory: pytest.TempPathFactory) -> ControlNode:
    inventory = Inventory(tmp_path_factory.mktemp("control") / "inventory")
    inventory.lab_register()
    inventory.new_passwords()
    (inventory.folder / "groups.yml").write_text(json.dumps(GROUPS))
    return ControlNode(running, inventory, patience_s=600)


def play(
    control: ControlNode, *options: str, playbook: str = "monitoring", host: str = MONITOR
) -> subprocess.CompletedProcess[str]:
    variables = json.dumps(VARIABLES)
    return control.play(f"playbooks/{playbook}.yml", "--limit", host, "--diff", "-e", variables, *options)


@pytest.fixture(scope="module")
def provisioned(control: ControlNode) -> subprocess.CompletedProcess[str]:
    """The first run."""
    done = play(control)
    assert re.search(rf"{MONITOR} .* failed=0", done.stdout), done.stdout + done.stderr
    assert not RESTARTED.search(done.stdout)
    return done


#: What was started in this run needs no other start; what ran before it does.
RESTARTED = re.compile(r"HANDLER \[nanxi\.cctv\.runtime : Restart what ran before\] \*+\nchanged")


def asked(running: RunningHosts, url: str, host: str = MONITOR) -> Any:
    """Return what an engine answers on the loopback of a host."""
    return json.loads(fetched(running, url, host))["data"]


def fetched(running: RunningHosts, url: str, host: str = MONITOR) -> str:
    fetch = f'import urllib.request as u; print(u.urlopen("{url}").read().decode())'
    said = running.ssh(host, f"python3 -c '{fetch}'")
    assert said.returncode == 0, said.stderr
    return said.stdout


@pytest.mark.usefixtures("provisioned")
def test_everything_is_scraped_and_every_rule_is_loaded(running: RunningHosts) -> None:
    def up() -> dict[str, str]:
        targets = asked(running, "http://127.0.0.1:9090/api/v1/targets")["activeTargets"]
        return {one["labels"]["job"]: one["health"] for one in targets}

    wanted = dict.fromkeys(("nanxi", "prometheus", "alertmanager", "queue"), "up")
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
    secrets = {word for host in control.inventory.vault("oubei").values() for word in host.values()}
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
    assert {one for one in outside if not one.startswith("127.")} == {
        "10.98.255.10:8428",
        "10.98.255.10:9633",
    }


@pytest.mark.usefixtures("provisioned")
def test_systemd_has_nothing_to_say(running: RunningHosts) -> None:
    units = "nanxi-exporter@fleet prometheus prometheus-alertmanager haproxy nanxi-queue nanxi-deadman"
    said = running.ssh(
        MONITOR,
        f"systemctl is-active {units}; systemctl is-enabled {units}; systemctl --failed --plain --no-legend;"
        "systemd-analyze verify --man=no nanxi-exporter@fleet.service prometheus-alertmanager.service 2>&1 | grep nanxi",
    )
    assert said.stdout.split() == ["active"] * 6 + ["enabled"] * 6


def test_what_could_not_be_done_is_said(provisioned: subprocess.CompletedProcess[str]) -> None:
    assert f"SKIPPED: Grafana is not started on {MONITOR}: no grafana_*.deb in" in provisioned.stdout


@pytest.mark.usefixtures("provisioned")
def test_a_second_run_changes_nothing(control: ControlNode) -> None:
    done = play(control)
    assert re.search(rf"{MONITOR} .* changed=0 .*failed=0", done.stdout), done.stdout + done.stderr


@pytest.mark.usefixtures("provisioned")
def test_a_new_bundle_is_what_runs_then(running: RunningHosts, control: ControlNode, tmp_path: Path) -> None:
    """The process that ran goes, the environment before it stays as a way back, and older ones go."""
    bundle = tmp_path / "bundle"
    shutil.copytree(ROOT / "build/bundle", bundle)
    with (bundle / "wheels/requirements.txt").open("a") as requirements:
        requirements.write("# another version\n")
    look = (
        "systemctl show -P MainPID nanxi-exporter@fleet.service; ls -d /opt/nanxi/????????????; "
        "readlink -f /opt/nanxi/current"
    )
    assert running.ssh(MONITOR, "mkdir /opt/nanxi/0123456789ab").returncode == 0  # of an older bundle
    before = running.ssh(MONITOR, look).stdout.split()
    done = play(control, "--tags", "runtime", "-e", json.dumps({"offline_bundle": str(bundle)}))
    assert re.search(rf"{MONITOR} .* failed=0", done.stdout), done.stdout + done.stderr
    assert RESTARTED.search(done.stdout)
    after = running.ssh(MONITOR, look).stdout.split()
    assert after[0] not in ("0", before[0])
    assert after[-1] != before[-1]
    assert set(after[1:-1]) == {before[-1], after[-1]}
    assert running.ssh(MONITOR, "systemctl --failed --plain -q").stdout == ""


@pytest.mark.usefixtures("provisioned")
def test_the_city_gets_the_county_s_figures_and_no_single_device(
    running: RunningHosts, control: ControlNode
) -> None:
    """playbooks/city.yml on a host of its own, and what the county's queue has written there, asked by PromQL."""
    # What a city lets in is the city's matter.
    assert running[CITY].run("nft", "flush", "ruleset").returncode == 0
    done = play(control, playbook="city", host=CITY)
    assert re.search(rf"{CITY} .* failed=0", done.stdout), done.stdout + done.stderr
    again = play(control, playbook="city", host=CITY)
    assert re.search(rf"{CITY} .* changed=0 .*failed=0", again.stdout), again.stdout + again.stderr
    database = "http://127.0.0.1:8428/api/v1"
    query = f"{database}/query?query=count(nanxi:cameras_due)by(unit,station)"
    # The queue has knocked in vain until now, and tries again within a minute.
    found = eventually(lambda: asked(running, query, CITY)["result"], patience_s=150)
    assert {one["metric"]["unit"] for one in found} == {"oubei", "shangtang"}
    assert {one["metric"]["station"] for one in found} == {MONITOR}
    wanted = {"nanxi:cameras_online", "nanxi:devices_down", "nanxi:unit_online_ratio"}
    label = f"{database}/label/__name__/values"
    assert eventually(lambda: wanted <= set(asked(running, label, CITY)), patience_s=90)
    names = asked(running, label, CITY)
    assert [name for name in names if not name.startswith("nanxi:")] == []
    assert "device" not in asked(running, f"{database}/labels", CITY)
    # From outside one can write, and see nothing.
    listening = running.ssh(CITY, "ss -Htln").stdout
    outside = {line.split()[3] for line in listening.splitlines()} - {"0.0.0.0:22", "[::]:22"}
    assert {one for one in outside if not one.startswith("127.")} == {f"{CITY_AT}:8428"}


@pytest.mark.usefixtures("provisioned")
def test_the_switch_hears_the_beat_and_tells_what_the_usual_way_does_not(running: RunningHosts) -> None:
    """Nobody listens where ``night`` is: that nothing reaches people is told by the switch, by its own command."""

    def age() -> float:
        said = fetched(running, "http://10.98.255.10:9633/metrics")
        return float(re.search(r'beat_age_seconds{beat="alertmanager"} (\S+)', said)[1])

    assert eventually(lambda: age() < 90, patience_s=120)
    assert eventually(lambda: "告警送不出去" in told(running), lambda: told(running), 240)


def told(running: RunningHosts) -> str:
    """Return what the switch's command was given."""
    return running.ssh(MONITOR, "journalctl -b -t page -o cat").stdout
