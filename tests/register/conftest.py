"""Plans, and rows as a person types them."""

from pathlib import Path

import pytest

from nanxi.county.load import load_plan

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def plan():
    return load_plan(ROOT / "inventory/yongjia/plan")


@pytest.fixture(scope="session")
def lab_plan():
    return load_plan(ROOT / "inventory/lab/plan")


@pytest.fixture
def row():
    """Return cells of a camera of 上塘 on the police network, by field name."""

    def make(number=1, **cells):
        return {
            "serial": str(number),
            "code": f"33032401-00-132-0-{number:06d}",
            "name": f"县前路{number}号",
            "state": "installed",
            "vendor": "hikvision",
            "ipv4": f"10.33.0.{number + 9}",
            "network": "police",
            "point_class": "1",
            "place": f"县前路{number}号",
        } | cells

    return make
