"""`scripts/plan` as a person types it."""

import json
import shutil
import subprocess
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).parents[2]


def plan(*arguments):
    return subprocess.run(
        [ROOT / "scripts/plan", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_difference_of_ten_cameras_is_shown():
    shown = plan("show")
    assert shown.returncode == 0
    assert "附件与正文之差\t10" in shown.stdout
    assert json.loads(plan("--json", "show").stdout)["totals"] == {
        "existing": 1276,
        "new_stated": 4000,
        "new_by_table": 4010,
        "difference": 10,
        "total_stated": 5276,
        "total_by_table": 5286,
        "police_vehicles": 50,
    }


def test_missing_blocks_are_proposed_then_pinned(tmp_path):
    shutil.copytree(ROOT / "inventory/lab/plan", tmp_path / "plan")
    addresses = tmp_path / "plan/addresses.yml"
    text = addresses.read_text()
    head, tail = text[: text.index("  oubei:")], text[text.index("  lab:") :]
    addresses.write_text(head + tail)
    bad = plan("--inventory", tmp_path, "check")
    assert bad.returncode == 2
    assert "oubei has no block for cameras-police" in bad.stderr
    assert plan("--inventory", tmp_path, "addresses").returncode == 1
    assert plan("--inventory", tmp_path, "addresses", "--write").returncode == 0
    assert addresses.read_text() == text
    assert plan("--inventory", tmp_path, "check").returncode == 0


def test_zones_as_matrix_diagram_and_json():
    lines = plan("zones", "--matrix").stdout.splitlines()
    assert lines[1].split("\t")[:8] == ["1 公安网前端", "", "", "", "", "", "", "10"]
    assert any(
        line.startswith("10\tclock_cameras_police\t公安网前端\t县局中心\t校时 udp/123") for line in lines
    )
    told = json.loads(plan("--json", "zones").stdout)
    assert told["matrix"]["sharing"]["sharing-public"] == ["share_public_fetch"]
    assert not any(told["matrix"]["departments"][zone] for zone in told["matrix"] if zone != "sharing-public")
    assert "监控室" in plan("zones").stdout
    drawn = etree.fromstring(plan("zones", "--diagram").stdout.encode())
    texts = {text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert {"县局中心", "共享网关（公安网侧）", "18", "cameras-police · 110"} <= texts


def test_help_and_wrong_usage():
    assert "examples:" in plan("--help").stdout
    assert plan("conquer").returncode == 2
