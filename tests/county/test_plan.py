"""The customer's own plan, 永政办发〔2008〕143号, as it stands in the repository."""

from ipaddress import IPv4Network
from itertools import combinations
from pathlib import Path

import pytest

from nanxi.county.load import load_plan
from nanxi.county.model import Assignment, Network, Plan, PointClass, Watch

ROOT = Path(__file__).parents[2]

# The annex, typed from the printed table.
ANNEX = {
    "上塘": 770, "瓯北": 770, "桥头": 300, "东瓯": 770, "桥下": 280, "黄田": 280, "乌牛": 280, "水上": 30, "沙头": 50,
    "岩头": 50, "岩坦": 50, "碧莲": 50, "巽宅": 50, "西溪": 30, "鹤盛": 30, "枫林": 30, "大若岩": 30, "交警": 150,
    "消防": 10,
}  # fmt: skip


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(ROOT / "inventory/yongjia/plan")


def test_quotas_are_the_annex(plan):
    assert {unit.name: unit.quota for unit in plan.units} == ANNEX


def test_both_totals_are_carried(plan):
    assert (plan.county.totals.new_stated, plan.new_by_table) == (4000, 4010)
    assert (plan.total_stated, plan.total_by_table) == (5276, 5286)


def test_the_2008_tranche(plan):
    (tranche,) = plan.county.tranches
    assert (tranche.year, tranche.stated) == (2008, 800)
    assert [tranche.by_class[PointClass(key)] for key in "123"] == [60, 140, 600]


def test_class_demands(plan):
    one, two, three, internal = (plan.class_spec(PointClass(key)) for key in ("1", "2", "3", "internal"))
    assert one.networks == two.networks == {Network.POLICE}
    assert (one.live_watch, one.recording) == (Watch.REQUIRED, Watch.REQUIRED)
    assert (two.live_watch, two.recording) == (Watch.EITHER, Watch.EITHER)
    assert three.recording is Watch.REQUIRED
    assert three.ready_for is Network.PUBLIC
    assert not internal.counted
    assert Network.POLICE not in internal.networks


@pytest.mark.parametrize("county", ["yongjia", "lab"])
def test_no_two_blocks_overlap_and_each_has_room_for_half_more(county):
    plan = load_plan(ROOT / f"inventory/{county}/plan")
    blocks: list[IPv4Network] = [
        block for zones in plan.addresses.blocks.values() for block in zones.values()
    ]
    assert not [pair for pair in combinations(blocks, 2) if pair[0].overlaps(pair[1])]
    for unit in plan.units:
        for zone in ("cameras-police", "cameras-public"):
            # network, gateway and broadcast addresses are no room
            assert plan.addresses.blocks[unit.key][zone].num_addresses - 3 >= unit.quota * 1.5


def test_retention_by_profile_unit_and_class(plan):
    def assigned(*assignments: Assignment) -> Plan:
        return plan.model_copy(
            update={"policies": plan.policies.model_copy(update={"assignments": assignments})},
        )

    unit_wide = Assignment.model_validate({"profile": "plan-2008", "unit": "oubei", "reason": "old contract"})
    class_wide = Assignment.model_validate({"profile": "current", "class": "3", "reason": "the law"})
    one_class = Assignment.model_validate(
        {"profile": "plan-2008", "unit": "shangtang", "class": "3", "reason": "until the disks come"},
    )
    assert plan.retention_days("oubei", PointClass.CLASS_3) == 30  # today's law is the default
    changed = assigned(unit_wide, class_wide, one_class)
    assert changed.retention_days("oubei", PointClass.CLASS_3) == 15  # unit before class
    assert changed.retention_days("shangtang", PointClass.CLASS_3) == 15  # class in a unit before class
    assert changed.retention_days("shangtang", PointClass.CLASS_1) == 30
