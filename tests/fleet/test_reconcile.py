"""Register against recorders: pure cases (tests/cases/fleet/reconcile), a twin, and the script in the lab."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from ipaddress import IPv4Address
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from nanxi.devices.assess import applicable
from nanxi.devices.converge import converge
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.plan import plan
from nanxi.devices.state import DeclaredDevice, DeviceState
from nanxi.devices.survey import survey
from nanxi.fleet.reconcile import ASPECTS, Matter, disagreements, overview
from nanxi.fleet.reconcile_words import COLUMNS, MATTERS, OVERVIEW, overview_row, row
from tests.devices.isapi.bench import device
from tests.devices.twins import DECLARED
from tests.support.ansible import ROOT, Inventory

FOLDER = Path(__file__).parents[1] / "cases/fleet/reconcile"
CASES = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.yml"))}
INPUT = {"code": "", "rtsp_port": 554, "http_port": 80, "recording": True, "retention_days": 30, "device": ""}


def recorder(inputs):
    """Return what is declared of a recorder whose inputs are the cameras cam-1, cam-2, ..."""
    plain = dataclasses.asdict(DECLARED) | {"kind": "nvrs", "host": "u-nvr01", "channels": ()}
    plain["inputs"] = [INPUT | {"host": f"cam-{one['channel']}"} | one for one in inputs]
    return TypeAdapter(DeclaredDevice).validate_python(plain)


@pytest.mark.parametrize("name", CASES)
def test_reconcile(name):
    case = CASES[name]
    declared = recorder(case["inputs"])
    state = TypeAdapter(DeviceState).validate_python(case["actual"])
    changes = plan(declared, state, ASPECTS)
    verdict = Verdict.DRIFTED if applicable(changes) else Verdict.DECLARED
    outcomes, by_host = [Outcome("u-nvr01", verdict, "", changes, state)], {"u-nvr01": declared}
    told = [row(one, "zh")[1:6] for one in disagreements(outcomes, by_host)]
    assert told == [tuple(map(str, one)) for one in case["findings"]]
    assert [overview_row(one) for one in overview(outcomes, by_host)] == [tuple(map(str, case["overview"]))]


def test_a_recorder_that_cannot_be_read_is_a_finding():
    (found,) = disagreements([Outcome("u-nvr01", Verdict.UNREACHABLE, "no connection")], {})
    assert row(found, "zh") == ("u-nvr01", "", "", "设备未能读取", "", "", "no connection")


def test_every_matter_has_words_and_every_row_its_columns():
    for language in ("zh", "en"):
        assert set(MATTERS[language]) == set(Matter)
        assert len(COLUMNS[language]) == 7
        assert len(OVERVIEW[language]) == 9


async def test_six_disagreements_of_a_running_recorder_are_six_findings(tmp_path):
    async with device("hikvision-nvr", inputs=6, room=8) as bench:
        guard = LockoutGuard(tmp_path)
        made = await converge(bench.job, guard=guard)
        assert made.verdict is Verdict.CHANGED, made.reason
        assert await told(bench.job, guard) == []

        wanted = {one.channel: one for one in bench.job.declared.inputs}
        wanted[1] = dataclasses.replace(wanted[1], address=IPv4Address("127.78.0.99"))
        wanted[2] = dataclasses.replace(wanted[2], name="换了名字")
        wanted[3] = dataclasses.replace(wanted[3], recording=False)
        wanted[8] = dataclasses.replace(wanted.pop(4), channel=8)  # now missing on 8, extra on 4
        bench.cameras[4].powered = False
        declared = dataclasses.replace(bench.job.declared, inputs=tuple(wanted.values()))
        assert await told(dataclasses.replace(bench.job, declared=declared), guard) == [
            (1, Matter.ADDRESS),
            (2, Matter.NAME),
            (3, Matter.RECORDING),
            (4, Matter.EXTRA),
            (5, Matter.ONLINE),
            (8, Matter.MISSING),
        ]


async def test_a_broken_disk_and_a_full_one_of_a_running_recorder(tmp_path):
    disks = [
        {"number": 1, "capacity_gb": 4000, "free_gb": 900},
        {"number": 2, "capacity_gb": 4000, "status": "broken"},
    ]
    async with device("hikvision-nvr", overrides={"factory": {"disks": disks}}) as bench:
        assert (0, Matter.DISK) in await told(bench.job, LockoutGuard(tmp_path))


async def told(job, guard):
    outcomes = await survey([job], guard=guard, aspects=ASPECTS)
    found = disagreements(outcomes, {job.declared.host: job.declared})
    return [(one.channel, one.matter) for one in found]


@pytest.fixture
def lab():
    command = [sys.executable, "-m", "lab.twin", "--inventory", ROOT / "inventory/lab", "--no-rtsp"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().startswith("ready")
        yield
        process.terminate()


@pytest.mark.lab
def test_the_script_tells_what_the_labs_recorders_lack(lab, tmp_path):
    inventory = Inventory(tmp_path / "inventory")
    inventory.lab_register()
    inventory.new_passwords()
    command = ("scripts/reconcile", "--inventory", inventory.folder, "oubei-nvr01")
    done = inventory.run(*command, "--json")
    assert done.returncode == 1, done.stderr
    shown = json.loads(done.stdout)
    assert [(one["channel"], one["matter"]) for one in shown["findings"]] == [
        (n, "missing") for n in range(1, 9)
    ]
    assert [(one["recorder"], one["declared"]) for one in shown["recorders"]] == [("oubei-nvr01", 8)]
    assert "oubei-nvr01\t1\toubei-cam0001\t未接入" in inventory.run(*command).stdout


@pytest.mark.parametrize("arguments", [["oubei-cam0001"], ["--unit", "atlantis"]])
def test_what_is_no_recorder_is_wrong_use(tmp_path, arguments):
    inventory = Inventory(tmp_path / "inventory")
    inventory.lab_register()
    done = inventory.run("scripts/reconcile", "--inventory", inventory.folder, *arguments)
    assert done.returncode == 2
    assert "the register has no" in done.stderr
