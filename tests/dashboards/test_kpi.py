"""The KPIs as the police count them, on six cameras of two units with everything that can be left out or go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.dashboards.promtool import Question, rules_of, run, unit_test

CASES = yaml.safe_load(Path("tests/cases/alerts/kpi.yml").read_text("utf-8"))


def series() -> Iterator[tuple[str, str]]:
    for device, camera in CASES["cameras"].items():
        unit = device.partition("-")[0]
        who = f'device="{device}",kind="cameras",unit="{unit}",class="{camera["class"]}",network="police"'
        for name, value in camera["tells"].items():
            metric, _, labels = name.partition("{")
            yield f"{metric}{{{who}{',' + labels if labels else '}'}", f"{value}x40"


@pytest.mark.parametrize("question", CASES["questions"], ids=lambda one: one["why"])
def test_kpi(question: dict[str, object], tmp_path: Path) -> None:
    ask = Question(str(question["ask"]), 10, [(one["labels"], one["value"]) for one in question["gives"]])
    assert run(tmp_path, [unit_test(series(), [ask])], rules_of(tmp_path, {}, [ask.expression])) == ""
