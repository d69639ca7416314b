"""Traps are marked in the pictures of whom they concern, at the moment at which they came."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.dashboards.promtool import Question, run, unit_test

ROOT = Path(__file__).parents[2]
WHO = 'device="shangtang-sw01",kind="switches",unit="shangtang",class="",network="police"'


def marks(name: str) -> list[str]:
    board = json.loads((ROOT / f"dashboards/json/zh/{name}.json").read_text("utf-8"))
    return [one["expr"] for one in board["annotations"]["list"]]


@pytest.mark.parametrize("name", ["network", "unit", "device"])
def test_a_link_that_goes_is_marked_when_it_goes(name: str, tmp_path: Path) -> None:
    series = [
        (f'nanxi_trap_last_timestamp_seconds{{{WHO},trap="linkDown"}}', "_x19 300x40"),
        (f'nanxi_trap_last_timestamp_seconds{{{WHO},trap="topologyChange"}}', "_x19 300x40"),
    ]
    (expression,) = marks(name)
    asked = expression.replace("$unit", "shangtang").replace("$device", "shangtang-sw01")
    other = expression.replace("$unit", "oubei").replace("$device", "oubei-sw01")
    marked = [({"device": "shangtang-sw01", "trap": "linkDown"}, 300.0)]
    questions = [Question(asked, 5.5, marked), Question(asked, 7, []), Question(other, 5.5, [])]
    assert run(tmp_path, [unit_test(series, questions)], ()) == ""
