"""Dashboards have none of the faults that can be told without Grafana, and each fault that is planted is found."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards.boards.lint import SCHEMAS, faults
from tests.dashboards.test_boards import boards

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/dashboards/faults.yml").read_text("utf-8"))
SHIPPED = {board["uid"] for language in ("zh", "en") for board in boards(language).values()}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(boards()))
def test_no_dashboard_has_a_fault(name: str, language: str) -> None:
    assert faults(boards(language)[name], SHIPPED) == []


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_a_planted_fault_is_found(case: dict[str, Any]) -> None:
    board = copy.deepcopy(boards()["network"])
    of_kind = [panel for panel in board["panels"] if panel["type"] == case.get("panel")]
    *way, last = case["at"]
    place: Any = of_kind[0] if "panel" in case else board
    for key in way:
        place = place[key]
    if "is" not in case:
        del place[last]
    else:
        place[last] = of_kind[1]["id"] if case["is"] == "same as the next" else case["is"]
    found = faults(board, SHIPPED)
    assert any(case["found"] in fault for fault in found), found


def test_what_the_sdk_writes_too_much_is_no_fault() -> None:
    board = copy.deepcopy(boards()["network"])
    board["templating"]["list"][1] |= {"auto": False, "auto_count": 30, "auto_min": "10s"}
    assert faults(board, SHIPPED) == []


def test_there_is_a_schema_of_every_kind_that_is_used() -> None:
    used = {panel["type"] for board in boards().values() for panel in board["panels"]}
    assert {f"{kind}.schema.json" for kind in used} == {file.name for file in SCHEMAS.iterdir()}
