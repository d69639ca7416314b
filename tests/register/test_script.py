"""scripts/register as people run it: text, JSON, exit codes."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments, code=0):
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/register", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    run("--register", folder, "sample", "--size", 60)
    return folder


def test_help_has_examples():
    assert "scripts/register check" in run("--help").stdout


@pytest.mark.skipif(not (ROOT / ".venv/bin/python").exists(), reason="not set up by make: no .venv here")
def test_it_runs_in_the_projects_own_environment_from_anywhere():
    done = subprocess.run(
        [ROOT / "scripts/register", "codes", "33032401001320000001"], capture_output=True, cwd="/", check=True
    )
    assert b"330324" in done.stdout


def test_check_of_a_good_and_of_a_bad_register(county):
    assert "no mistake" in run("--register", county, "check").stdout
    assert json.loads(run("--json", "--register", county, "check").stdout)["findings"] == []
    bad = ROOT / "tests/cases/register/references/register"
    done = run("--register", bad, "check", code=1)
    assert "shangtang/cameras.csv:3:交换机端口" in done.stderr
    findings = json.loads(run("--json", "--register", bad, "check", code=1).stdout)["findings"]
    assert {"file", "row", "column", "found", "problem", "remedy", "rule"} == set(findings[0])


def test_a_wrong_register_is_bad_input_to_every_other_command(tmp_path):
    bad = ROOT / "tests/cases/register/references/register"
    done = run("--register", bad, "new", "--unit", "shangtang", "--class", 1, "--vendor", "x", code=2)
    assert "11 mistakes" in done.stderr
    run("--register", bad, "export", tmp_path / "a.xlsx", code=2)
    assert not (tmp_path / "a.xlsx").exists()


def test_new_stores_unless_dry(tmp_path):
    arguments = (
        "--register",
        tmp_path,
        "new",
        "--unit",
        "shangtang",
        "--class",
        "1",
        "--vendor",
        "axis",
        "--count",
        2,
    )
    assert "33032401-00-132-0-000002" in run(*arguments, "--dry-run").stdout
    assert list(tmp_path.iterdir()) == []
    run(*arguments, "--set", "点位俗称=县前路口")
    made = json.loads(run("--json", *arguments).stdout)
    assert [one["host"] for one in made] == ["shangtang-cam0003", "shangtang-cam0004"]
    assert "4 devices" in run("--register", tmp_path, "check").stdout
    assert "COLUMN=VALUE" in run(*arguments, "--set", "x", code=2).stderr


def test_sample_does_not_overwrite_a_register_by_accident(county):
    done = run("--register", county, "sample", code=2)
    assert "not empty" in done.stderr
    run("--register", county, "sample", "--size", 60, "--force")


def test_export_import_and_diff(county, tmp_path):
    file, other = tmp_path / "ledger.xlsx", tmp_path / "other"
    other.mkdir()
    assert "设备口令" in run("--register", county, "export", file).stdout
    only_cameras = ("--register", other, "import", file, "--set", "management=observed")
    report = run(*only_cameras, code=1)  # the recorders that the cameras name are not in the other register
    assert "not in the register" in report.stderr
    assert list(other.iterdir()) == []
    run("--register", county, "import", file, "--write")
    assert "no difference" in run("diff", county, county).stdout
    assert "added" in run("diff", other, county, code=1).stdout


def test_import_writes_only_when_told_and_reports_every_column(lab_plan, tmp_path):
    lab, file = ("--inventory", ROOT / "inventory/lab"), tmp_path / "ledger.csv"
    run(*lab, "export", file)
    # What the cameras hang on must be there; the template knows cameras only.
    register = tmp_path / "register"
    shutil.copytree(ROOT / "inventory/lab/register", register, ignore=shutil.ignore_patterns("cameras.csv"))
    report = json.loads(run(*lab, "--json", "--register", register, "import", file).stdout)
    assert (report["rows"], len(report["new"]), report["written"]) == (34, 34, False)
    assert len(report["columns"]) == 73
    assert list(register.rglob("cameras.csv")) == []
    assert json.loads(run(*lab, "--json", "--register", register, "import", file, "--write").stdout)[
        "written"
    ]
    assert run(*lab, "--register", register, "check").stdout == run(*lab, "check").stdout


def test_codes_are_explained_in_either_edition():
    assert "专线" in run("codes", "33032401-00-132-8-000001").stdout
    assert "社会资源接入网" in run("codes", "33032401001328000001", "--edition", "2016").stdout
    assert "录像设备" in run("codes", "330324010000012301").stdout
    assert "118" in json.loads(run("codes").stdout)["types"]
    run("codes", "123", code=2)


def test_usage_errors_and_a_missing_inventory_are_exit_code_2(tmp_path):
    run(code=2)
    run("sample", "--size", "0", code=2)
    run("--inventory", tmp_path, "check", code=2)
