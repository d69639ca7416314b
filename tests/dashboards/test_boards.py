"""Dashboards: committed as generated, linted, and every query answered by a real Prometheus."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest

from dashboards.boards.__main__ import FOLDER
from dashboards.boards.catalogue import BOARDS, files
from dashboards.boards.words import GAPS, alerts
from exporters.signals import CATALOGUE
from lab.dashboards.asking import Span, ask, choices, filled, targets
from lab.dashboards.history import selectors
from lab.dashboards.prometheus import Prometheus, exporter, prometheus
from nanxi.recording.events import Cause
from tests.dashboards.estate import exposition
from tests.dashboards.test_names import OWN, RECORDED, rules

#: What a variable stands for in the tests; both units for the one that takes several.
VALUES = {"unit": "shangtang", "device": "shangtang-cam0001"}
#: Panels that may be empty on a healthy estate, and are here.
MAY_BE_EMPTY = {"与台账不同的方面"}


def boards(language: str = "zh") -> dict[str, dict[str, Any]]:
    return {name: json.loads((FOLDER / language / f"{name}.json").read_text("utf-8")) for name in BOARDS}


def test_every_cause_that_a_recorder_tells_has_a_word():
    """What vehicles have still on board is no gap of the depot's (exporters.recorder)."""
    assert set(GAPS) == set(Cause) - {Cause.NOT_UPLOADED, Cause.ELSEWHERE}


def values(board: dict[str, Any]) -> dict[str, str]:
    """Return what the dashboard's variables are set to."""
    many = {one["name"]: one["allValue"] for one in board["templating"]["list"] if one.get("multi")}
    return {**VALUES, **many}


def queries() -> Iterator[Any]:
    for name, board in boards().items():
        for panel, target in targets(board):
            yield pytest.param(board, panel["title"], target, id=f"{name}-{panel['title']}-{target['refId']}")


def span() -> Span:
    """Return the last seconds: the estate of the tests is scraped once a second."""
    now = time.time()
    return Span(now - 6, now, scrape_s=1)


@pytest.mark.parametrize("name", sorted(files()))
def test_it_is_committed_as_generated(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == files()[name]


def test_nothing_is_left_over() -> None:
    assert {str(path.relative_to(FOLDER)) for path in FOLDER.glob("*/*")} == set(files())


def test_what_users_read_is_in_their_language() -> None:
    for board in boards("zh").values():
        assert re.search("[\u4e00-\u9fff]", board["title"])
    english = json.dumps(boards("en"), ensure_ascii=False)
    assert not re.search("[\u4e00-\u9fff]", english)


def test_overview_leads_to_unit_and_unit_to_device() -> None:
    for language, end in {"zh": "", "en": "-en"}.items():
        made = {name: json.dumps(board) for name, board in boards(language).items()}
        assert f"/d/nanxi-unit{end}?var-unit=${{__data.fields.unit}}&" in made["county"]
        assert f"/d/nanxi-device{end}?var-device=${{__data.fields.device}}&" in made["unit"]
        assert f"/d/nanxi-device{end}?var-device=${{__data.fields.switch}}&" in made["device"]


@pytest.mark.parametrize("name", sorted(BOARDS))
def test_what_a_link_needs_is_in_its_table(name: str) -> None:
    for panel in boards()[name]["panels"]:
        if panel["type"] == "table":
            (by,) = {re.search(r" ?by \(([^)]+)\)", target["expr"])[1] for target in panel["targets"]}
            needed = set(re.findall(r"__data\.fields\.(\w+)", json.dumps(panel["fieldConfig"])))
            assert needed <= set(by.split(", ")), panel["title"]


def test_every_alert_has_a_name_and_no_other_is_asked_for() -> None:
    shipped = {rule["alert"] for _, rule in rules() if "alert" in rule} - {"Watchdog"}
    assert set(alerts()) == shipped
    asked = re.findall(r'alertname=~?\\"([^"\\]+)', json.dumps(boards()))
    assert asked
    assert {name for names in asked for name in names.split("|")} <= shipped


@pytest.mark.parametrize(("board", "title", "target"), list(queries()))
def test_every_query_uses_what_exists(board: dict[str, Any], title: str, target: dict[str, Any]) -> None:
    for selector in selectors(promql_parser.parse(filled(target["expr"], values(board), span()))):
        assert selector.name in CATALOGUE or selector.name in RECORDED or selector.name in OWN, selector.name


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    started = time.time()
    folder: Path = tmp_path_factory.mktemp("prometheus")
    with exporter(lambda: exposition(started)) as port, prometheus(folder, port) as running:
        yield running


@pytest.mark.parametrize(("board", "title", "target"), list(queries()))
def test_every_query_returns_data(
    real: Prometheus, board: dict[str, Any], title: str, target: dict[str, Any]
) -> None:
    assert ask(real, target, values(board), span()) or title in MAY_BE_EMPTY, f"{title} shows nothing"


def test_every_rule_is_healthy(real: Prometheus) -> None:
    for group in real.get("rules")["groups"]:
        for rule in group["rules"]:
            assert rule["health"] == "ok", rule


def test_variables_have_values(real: Prometheus) -> None:
    for board in boards().values():
        for name, offered in choices(board, real):
            assert offered, name
