"""scripts/targets: the register as Prometheus's file_sd targets."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.support.lab import need

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [
        ROOT / "scripts/targets",
        "--inventory",
        ROOT / "inventory/lab",
        "--config",
        ROOT / "exporters/example.yml",
    ]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)


def test_a_file_a_module(tmp_path: Path) -> None:
    done = run("--out", str(tmp_path / "targets"), "onvif", "snmp")
    assert (done.returncode, done.stderr) == (0, "")
    assert {file.name for file in (tmp_path / "targets").iterdir()} == {"onvif.json", "snmp.json"}
    groups = json.loads((tmp_path / "targets/snmp.json").read_text())
    switch = next(one for one in groups if one["targets"] == ["shangtang-sw01"])
    assert switch["labels"]["kind"] == "switches"
    assert switch["labels"]["__param_module"] == "snmp"


def test_an_unknown_module_is_named() -> None:
    done = run("ping")
    assert done.returncode == 2
    assert "has no module ping; there are reach, onvif, drift" in done.stderr


def test_prometheus_reads_them(tmp_path: Path) -> None:
    run("--out", str(tmp_path), "onvif")
    config = tmp_path / "prometheus.yml"
    config.write_text(
        f"scrape_configs: [{{job_name: a, file_sd_configs: [{{files: [{tmp_path}/onvif.json]}}]}}]\n"
    )
    need("promtool")
    done = subprocess.run(
        ["promtool", "check", "config", config], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
