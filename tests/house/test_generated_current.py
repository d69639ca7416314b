"""Committed files that are derived from code are current (`make generated` writes them)."""

from pathlib import Path

import pytest

from nanxi.county.schema import schemas

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", sorted(schemas()))
def test_schema_is_current(name):
    assert (ROOT / "docs/schema" / name).read_text() == schemas()[name]


def test_no_schema_is_left_over():
    assert {path.name for path in (ROOT / "docs/schema").glob("*.json")} == set(schemas())
