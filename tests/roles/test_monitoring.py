"""What the roles of monitoring write, with the engines' own tools as judges; no host is needed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from exporters.config import Config
from nanxi.county.model import Network
from nanxi.estate import load_estate
from nanxi.monitoring import exporter, pack
from nanxi.monitoring.scope import Scope, ScopeError, scope_of
from tests.support.ansible import ROOT, Inventory
from tests.support.lab import need

LAB = ROOT / "inventory/lab"
PLAYBOOK = """
- hosts: {host}
  gather_facts: false
  connection: local
  vars: {{ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"}}
  tasks:
    - ansible.builtin.include_vars: {{file: "{roles}/exporter/defaults/main.yml"}}
    - ansible.builtin.include_vars: {{file: "{roles}/metrics_queue/defaults/main.yml"}}
    - ansible.builtin.include_vars: {{file: "{roles}/{role}/defaults/main.yml"}}
    - ansible.builtin.template:
        src: "{roles}/{role}/templates/{name}.j2"
        dest: "{out}/{name}"
        mode: "0600"
"""
RECEIVERS = """
alertmanager_receivers:
  - name: night_shift
    webhook_configs: [{url: "http://10.98.255.30:8060/send", http_config: {follow_redirects: false}}]
  - name: maintenance
    email_configs: [{to: repair@county.example, smarthost: "10.98.255.30:25", from: nanxi@county.example, require_tls: false}]
alertmanager_ticket: maintenance
alertmanager_deadman_url: http://10.98.255.20:9742/beat/alertmanager
alertmanager_working_hours: [{weekdays: ["monday:friday"], times: [{start_time: "08:30", end_time: "17:30"}], location: Asia/Shanghai}]
"""


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    made = Inventory(tmp_path / "inventory")
    made.lab_register()
    return made


def rendered(inventory: Inventory, role: str, name: str, host: str = "county-host04", more: str = "") -> Path:
    """Return a file as the role writes it for a host; ``more`` are the customer's own variables."""
    folder = inventory.folder.parent
    (folder / "play.yml").write_text(
        PLAYBOOK.format(host=host, roles=ROOT / "roles", role=role, name=name, out=folder)
    )
    (folder / "more.yml").write_text(more or "{}")
    done = inventory.play(str(folder / "play.yml"), "-e", f"@{folder / 'more.yml'}")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / name


def judged(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_promtool_accepts_a_monitor_s_configuration(inventory: Inventory) -> None:
    need("promtool")
    more = "{prometheus_scrape_interval: 15s, exporter_modules: {vqd: {prober: vqd, kinds: [cameras], poll: false}}}"
    made = rendered(inventory, "prometheus", "prometheus.yml", more=more)
    judged("promtool", "check", "config", "--syntax-only", made)
    written = yaml.safe_load(made.read_text())
    jobs = {job["job_name"]: job for job in written["scrape_configs"]}
    assert set(jobs) == {"nanxi", "prometheus", "alertmanager", "nanxi-vqd"}
    # S6: no answer leads elsewhere, and none is without end.
    assert all(job["follow_redirects"] is False and job["body_size_limit"] for job in jobs.values())
    assert jobs["nanxi"]["honor_labels"]
    assert not jobs["prometheus"]["honor_labels"]
    assert written["global"]["scrape_timeout"] == "15s"
    assert written["storage"]["tsdb"]["out_of_order_time_window"] == "3d"


def test_the_stations_of_a_network_are_expected_by_name(inventory: Inventory) -> None:
    need("promtool")
    made = rendered(inventory, "prometheus", "stations.yml")
    judged("promtool", "check", "rules", made)
    rules = yaml.safe_load(made.read_text())["groups"][0]["rules"]
    assert [rule["labels"]["station"] for rule in rules] == ["oubei-host01", "shangtang-host01"]


def test_amtool_accepts_a_customer_s_receivers_and_routes_by_urgency(inventory: Inventory) -> None:
    need("amtool")
    made = rendered(inventory, "alertmanager", "alertmanager.yml", more=RECEIVERS)
    judged("amtool", "check-config", made)

    def told(*labels: str) -> str:
        return judged("amtool", "config", "routes", "test", f"--config.file={made}", *labels).strip()

    assert told("alertname=UplinkDown", "severity=page") == "night_shift"
    assert told("alertname=OpticWeak", "severity=ticket") == "maintenance"
    assert told("alertname=DeviceDrifted", "severity=info") == "nobody"
    # A sender that has died is noticed although nothing is wrong: it is asked to send once a day.
    assert told("alertname=Watchdog", "severity=none") == "deadman,night_shift"
    routes = yaml.safe_load(made.read_text())["route"]["routes"]
    assert [one["repeat_interval"] for one in routes if one["matchers"] == ["alertname = Watchdog"]] == [
        "1m",
        "24h",
    ]


def written(inventory: Inventory, host: str, more: str = "") -> Config:
    """Return the exporter's configuration as the role writes it, read as the exporter reads it."""
    file = rendered(inventory, "exporter", "exporter.yml", host, more)
    return Config.model_validate(yaml.safe_load(file.read_text()))


def test_what_is_recorded_is_called_up_at_its_gate_and_by_nobody_else(inventory: Inventory) -> None:
    station = written(inventory, "shangtang-host01", "{gate_port: 8600}")
    assert {(one.prober, one.which) for one in station.modules.values()} == {
        ("rtsp", "recorded_here"),
        ("vqd", "recorded_here"),
    }
    assert (str(station.gate.control), station.gate.port) == ("/run/nanxi-gate/control", 8600)  # type: ignore[union-attr]
    assert str(station.recording) == "/etc/nanxi/recording.json"
    # What the gate was refused is told from here: nobody else tries.
    assert set(station.collectors) == {"recorder", "gate", "guard"}
    monitor = written(inventory, "county-host04").modules
    assert {monitor[name].which for name in ("rtsp", "vqd")} == {"unrecorded"}
    room = "{recorder_volumes: [{path: /srv/disk, key: disk, size_gb: 99999}]}"
    gate = yaml.safe_load(rendered(inventory, "gate", "gate.yml", "shangtang-host01", room).read_text())
    assert gate["readers"]["exporter"] == {"user": "nanxi-exporter", "exporter": True}
    assert gate["probes"] != gate["viewings"]


def test_a_customer_s_options_are_laid_over_the_modules_that_a_host_has(inventory: Inventory) -> None:
    more = """
exporter_modules:
  drift: {interval_s: 90}
  rtsp: {which: all}
  extra: {prober: reach, kinds: [nvrs], interval_s: 30, deadline_s: 5}
"""
    monitor = written(inventory, "county-host04", more).modules
    assert (monitor["drift"].prober, monitor["drift"].interval_s) == ("drift", 90)
    assert (monitor["rtsp"].prober, monitor["rtsp"].which) == ("rtsp", "all")
    assert monitor["extra"].prober == "reach"
    # A recorder host has no drift to look for: options alone give it none.
    assert set(
        written(inventory, "shangtang-host01", "exporter_modules: {drift: {interval_s: 90}}").modules
    ) == {
        "rtsp",
        "vqd",
    }


class Vault:
    """One that knows every device's account."""

    def path(self, unit: str) -> Path:
        return LAB / "register" / unit

    def unit(self, unit: str) -> dict[str, dict[str, str]]:
        return {host: {"recorder": "word"} for host in load_estate(LAB).devices if host.startswith(unit)}


def test_no_account_of_a_camera_lies_on_a_recorder_host() -> None:
    estate, vault = load_estate(LAB), Vault()
    monitor, station = (scope_of(estate, host) for host in ("county-host04", "shangtang-host01"))
    assert exporter.accounts(estate, monitor, vault)["shangtang"]  # type: ignore[arg-type]
    assert exporter.accounts(estate, station, vault) == {}  # type: ignore[arg-type]
    assert exporter.snmp(estate, station, vault, {}) == {"hosts": {}}  # type: ignore[arg-type]


def test_alertmanager_s_log_names_a_receiver_s_host_and_no_token(tmp_path: Path) -> None:
    """As version 0.25 says it of a gateway that is dead, and of others with a token in the path and with a password."""
    fake = tmp_path / "prometheus-alertmanager"
    fake.write_text(f'#!/bin/sh\necho "$@"\ncat {tmp_path}/log >&2\n')
    fake.chmod(0o755)
    (tmp_path / "log").write_text(
        'level=warn receiver=night err="Post \\"http://10.0.0.7:8060/?token=Secret-1\\": dial tcp 10.0.0.7:8060: refused"\n'
        'level=error err="night/webhook[0]: Post \\"https://nanxi:Secret-2@sms.example/v1/Secret-3\\": EOF" num_alerts=1\n'
        "level=info listening=http://[::1]:9093/x?y\n"
    )
    done = subprocess.run(
        [ROOT / "roles/alertmanager/files/nanxi-alertmanager", "--a", "b"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "--a b\n"
    assert done.stderr.splitlines() == [
        'level=warn receiver=night err="Post \\"http://10.0.0.7:8060\\": dial tcp 10.0.0.7:8060: refused"',
        'level=error err="night/webhook[0]: Post \\"https://sms.example\\": EOF" num_alerts=1',
        "level=info listening=http://[::1]:9093",
    ]


def test_without_receivers_nobody_is_told_and_it_is_no_mistake(inventory: Inventory) -> None:
    need("amtool")
    made = rendered(inventory, "alertmanager", "alertmanager.yml")
    assert "nobody" in judged(
        "amtool", "config", "routes", "test", f"--config.file={made}", "severity=page", "alertname=X"
    )


def test_a_host_gets_of_the_register_what_it_needs(tmp_path: Path) -> None:
    estate, register = load_estate(LAB), LAB / "register"
    sizes = {}
    for name, scope in {
        "monitor": scope_of(estate, "county-host04"),
        "station": scope_of(estate, "shangtang-host01"),
        "public": Scope("monitor", Network.PUBLIC),
    }.items():
        content = pack.files(LAB, register, scope)
        assert not [path for path in content if "credentials" in path]
        pack.pack(content, tmp_path / f"{name}.tar")
        judged("tar", "--extract", "--one-top-level", "--file", tmp_path / f"{name}.tar", "-C", tmp_path)
        sizes[name] = load_estate(tmp_path / name).devices.values()
    assert len(sizes["monitor"]) == len(estate.devices)
    assert {one.unit for one in sizes["station"]} == {"shangtang"}
    assert {one.network for one in sizes["public"]} == {Network.PUBLIC}


def test_one_cell_of_the_register_changes_what_it_is_known_by(inventory: Inventory) -> None:
    scope = Scope("monitor", Network.POLICE)
    before = pack.digest(pack.files(inventory.folder, inventory.register, scope))
    assert before == pack.digest(pack.files(inventory.folder, inventory.register, scope))
    sheet = inventory.register / "oubei/cameras.csv"
    sheet.write_bytes(sheet.read_bytes().replace("合成数据".encode(), "合成".encode(), 1))
    assert before != pack.digest(pack.files(inventory.folder, inventory.register, scope))


def test_a_camera_is_nowhere_to_measure_from() -> None:
    with pytest.raises(ScopeError, match="角色"):
        scope_of(load_estate(LAB), "shangtang-cam0001")


def test_only_devices_of_the_own_network_are_asked() -> None:
    estate = load_estate(LAB)
    for network in (Network.POLICE, Network.PUBLIC):
        scope = Scope("monitor", network)
        assert {one.network for one in estate.devices.values() if scope.covers(one)} == {network}
        assert exporter.config(scope, {}, {})["networks"] == [network]
    assert "register" not in exporter.collectors(Scope("monitor", Network.PUBLIC))
