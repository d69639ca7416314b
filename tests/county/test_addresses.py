"""Address blocks are added for what lacks them and never moved."""

from ipaddress import IPv4Network
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanxi.county.addresses import prefix_for, propose, usable
from nanxi.county.load import load_plan
from nanxi.county.pin import pin_blocks, render
from nanxi.findings import InputError, NanxiError

ROOT = Path(__file__).parents[2]


@given(st.integers(min_value=1, max_value=60_000))
def test_the_smallest_block_with_room(devices):
    block = IPv4Network((0, prefix_for(devices)))
    assert usable(block) >= devices
    assert block.prefixlen == 30 or usable(IPv4Network((0, prefix_for(devices) + 1))) < devices


def test_a_unit_without_blocks_gets_them_and_nobody_moves(tmp_path):
    folder = tmp_path / "plan"
    copytree(ROOT / "inventory/yongjia/plan", folder)
    before = load_plan(folder).addresses.blocks
    units = (folder / "units.yml").read_text().replace("quota: 280", "quota: 999", 1)
    new = '- {key: nancheng, name: 南城, kind: township, tier: 3, quota: 44, civil_code: "330324", station_code: "20", industry_code: "00"}\n'
    (folder / "units.yml").write_text(units + new)
    # 桥下 outgrew its block: that is said, not silently renumbered.
    with pytest.raises(
        InputError, match=r"blocks\.qiaoxia\.cameras-police: room for 509 devices, 1499 needed"
    ):
        load_plan(folder)
    (folder / "units.yml").write_text(units.replace("quota: 999", "quota: 280") + new)
    added = pin_blocks(folder, write=True)
    assert list(added) == ["nancheng"]
    after = load_plan(folder).addresses.blocks
    assert {unit: after[unit] for unit in before} == before
    assert pin_blocks(folder, write=True) == {}


def test_comments_above_the_blocks_stay(tmp_path):
    folder = tmp_path / "plan"
    copytree(ROOT / "inventory/yongjia/plan", folder)
    text = (folder / "addresses.yml").read_text()
    pin_blocks(folder, write=True)
    assert (folder / "addresses.yml").read_text() == text


def test_a_full_supernet_is_named(tmp_path):
    folder = tmp_path / "plan"
    copytree(ROOT / "inventory/yongjia/plan", folder)
    text = (folder / "addresses.yml").read_text()
    head = text[: text.index("blocks:")].replace("10.34.0.0/16", "10.34.0.0/24")
    (folder / "addresses.yml").write_text(head + "blocks: {}\n")
    with pytest.raises(NanxiError, match=r"no free /21 is left in 10\.34\.0\.0/24"):
        pin_blocks(folder, write=True)
    assert (folder / "addresses.yml").read_text().endswith("blocks: {}\n")


def test_proposal_and_pinned_blocks_agree():
    plan = load_plan(ROOT / "inventory/yongjia/plan")
    assert propose(plan) == plan.addresses.blocks
    pinned = (ROOT / "inventory/yongjia/plan/addresses.yml").read_text()
    assert pinned.endswith(render(plan.addresses.blocks))
