"""Registers with mistakes: exactly the expected findings, all at once. One case, one folder."""

from pathlib import Path

import pytest
import yaml

from nanxi.findings import InputError
from nanxi.register.checks import RULES
from nanxi.register.load import load_register

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "tests/cases/register").glob("*/findings.yml"))


def place(finding):
    return f"{finding.file}:{finding.row}:{finding.column} {finding.rule}"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.parent.name)
def test_exactly_these_mistakes(case, plan):
    with pytest.raises(InputError) as caught:
        load_register(case.parent / "register", plan)
    found = [place(finding) for finding in caught.value.findings]
    assert found == yaml.safe_load(case.read_text()), yaml.safe_dump(found, allow_unicode=True, width=200)


def test_every_rule_is_broken_by_a_case():
    broken = {line.rpartition(" ")[2] for case in CASES for line in yaml.safe_load(case.read_text())}
    assert set(RULES) <= broken


def test_every_finding_says_what_is_wrong_and_what_would_be_right(plan):
    with pytest.raises(InputError) as caught:
        load_register(ROOT / "tests/cases/register/twenty-mistakes/register", plan)
    for finding in caught.value.findings:
        assert finding.problem
        assert finding.rule
        if finding.row > 1:
            assert finding.remedy, finding


def test_the_labs_register_is_right(lab_plan):
    devices = load_register(ROOT / "inventory/lab/register", lab_plan)
    cameras = [device for device in devices.values() if device.kind == "cameras"]
    assert [sum(camera.unit == unit for camera in cameras) for unit in ("shangtang", "oubei")] == [18, 16]
    assert {camera.point_class for camera in cameras} == {"1", "2", "3"}
    vendors = {"hikvision", "dahua", "uniview", "axis", "bosch", "generic"}
    assert {camera.vendor for camera in cameras} == vendors
    assert all(device.touchable for device in devices.values())


def test_the_countys_register_is_empty(plan):
    assert load_register(ROOT / "inventory/yongjia/register", plan) == {}


def test_an_empty_folder_is_an_empty_register_a_missing_one_a_mistake(plan, tmp_path):
    assert load_register(tmp_path, plan) == {}
    with pytest.raises(InputError, match="missing"):
        load_register(tmp_path / "nowhere", plan)
