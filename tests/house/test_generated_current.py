"""Committed files that are derived from code are current (`make generated` writes them)."""

from pathlib import Path

import pytest

from nanxi.county import zonediagram, zonetable
from nanxi.county.load import load_plan
from nanxi.county.schema import schemas

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", sorted(schemas()))
def test_schema_is_current(name):
    assert (ROOT / "docs/schema" / name).read_text() == schemas()[name]


def test_no_schema_is_left_over():
    assert {path.name for path in (ROOT / "docs/schema").glob("*.json")} == set(schemas())


def test_zones_are_current():
    plan = load_plan(ROOT / "inventory/yongjia/plan")
    assert (ROOT / "docs/zones.md").read_text() == zonetable.page(plan)
    assert (ROOT / "docs/zones.svg").read_text() == zonediagram.draw(plan)
