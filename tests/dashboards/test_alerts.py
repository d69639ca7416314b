"""Every alert fires in one case and stays silent in others; its text is what a person reads at night."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.dashboards.promtool import ROOT, RULES, Question, alerts, alerts_at, rules_of, run, unit_test

SIGNALS = sorted(Path("tests/cases/alerts/signals").glob("*.yml"))
CAUSES = sorted(Path("tests/cases/alerts/causes").glob("*.yml"))
#: Shorthands of the cases: a device's identity labels.
_WHO = re.compile(r"\b(CAM|SW|HOST|NVR)(\d?)(?=[,}])")
_KIND = {"CAM": ("cam000", "cameras", "1"), "SW": ("sw0", "switches", ""),
         "HOST": ("host0", "hosts", ""), "NVR": ("nvr0", "nvrs", "")}  # fmt: skip
_DUE = tuple(f"nanxi_device_due{{{who}}}" for who in _KIND)


def written_out(series: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the case's series with full labels; every device counts unless the case says otherwise."""
    for name, values in (dict.fromkeys(_DUE, "1x500") | series).items():
        yield _WHO.sub(_identity, name), str(values)


def _identity(match: re.Match[str]) -> str:
    prefix, kind, point_class = _KIND[match[1]]
    device = f"shangtang-{prefix}{match[2] or 1}"
    return f'device="{device}",kind="{kind}",unit="shangtang",class="{point_class}",network="police"'


@pytest.mark.parametrize("file", SIGNALS, ids=lambda path: path.stem)
def test_it_fires_and_stays_silent(file: Path, tmp_path: Path) -> None:
    case: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    fires, name, interval = case["fires"], case["alert"], case.get("interval", "30s")
    alone = rules_of(tmp_path, {name: alerts()[name]})
    (alert,) = alerts_at(tmp_path, name, written_out(fires["series"]), fires["at"], interval, alone)
    assert alert.labels.items() >= fires.get("labels", {}).items()
    told = alert.annotations["summary"], alert.annotations["summary_en"]
    assert told == (fires["summary"], fires["summary_en"])
    assert outcome(tmp_path, case, alone) == ""


@pytest.mark.parametrize("file", SIGNALS, ids=lambda path: path.stem)
def test_another_threshold_is_noticed(file: Path, tmp_path: Path) -> None:
    """H7: the alert with its limit half again as high, or as low, fails its own case."""
    case: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    rule = alerts()[case["alert"]]
    # What compares with 0 or 1, or two series with each other, has no number that could be wrong.
    for limit in (limit for limit in _LIMIT.finditer(rule["expr"]) if float(limit[2]) not in (0, 1)):
        for factor in (1.5, 1 / 1.5):
            changed = f"{limit[1]}{float(limit[2]) * factor:g}"
            text = rule["expr"][: limit.start()] + changed + rule["expr"][limit.end() :]
            said = outcome(tmp_path, case, rules_of(tmp_path, {rule["alert"]: {**rule, "expr": text}}))
            assert "FAILED" in said, f"{limit[0]} may become {changed} unnoticed"


_LIMIT = re.compile(r"([<>]=? *)(\d+(?:\.\d+)?)(?![\w.])")


def outcome(folder: Path, case: dict[str, Any], rules: Sequence[Path]) -> str:
    """Return what promtool says of the whole case: it fires once where it should, and nowhere else."""
    ask = f'count(ALERTS{{alertname="{case["alert"]}", alertstate="firing"}})'
    interval, at = case.get("interval", "30s"), case["fires"]["at"]
    groups = [unit_test(written_out(case["fires"]["series"]), [Question(ask, at, [({}, 1)])], (), interval)]
    groups += [
        unit_test(written_out(quiet["series"]), [Question(ask, at, [])], (), interval)
        for quiet in case["silent"]
    ]
    return run(folder, groups, rules, interval)


def test_every_alert_has_its_cases() -> None:
    tried = {file.stem for file in SIGNALS}
    for file in CAUSES:
        tried |= set(yaml.safe_load(file.read_text("utf-8"))["fires"])
    assert tried | {"Watchdog"} == set(alerts())


@pytest.mark.parametrize("name", sorted(alerts()))
def test_every_alert_says_who_what_and_what_to_do(name: str) -> None:
    rule = alerts()[name]
    assert rule["labels"]["severity"] in ("page", "ticket", "info", "none")
    notes = rule["annotations"]
    assert re.search("[\u4e00-\u9fff]", notes["summary"])
    assert re.search("^[A-Z].*[a-z]", notes["summary_en"])
    runbook = (ROOT / "dashboards/runbooks" / f"{notes['runbook']}.md").read_text("utf-8")
    assert runbook.startswith(f"# {notes['runbook']}")
    for heading in ("## 含义", "## 先看", "## 处理", "## 恢复"):
        assert heading in runbook, f"{name}: {heading}"


def test_no_runbook_is_left_over() -> None:
    named = {rule["annotations"]["runbook"] for rule in alerts().values()}
    assert {file.stem for file in (ROOT / "dashboards/runbooks").glob("*.md")} == named


def test_the_watchdog_never_sleeps(tmp_path: Path) -> None:
    """Each evaluation says another second: the dead man's switch tells a repeated alert from a new one by it."""
    for minute in (1, 2):
        (alert,) = alerts_at(tmp_path, "Watchdog", written_out({}), minute)
        assert alert.annotations["beat"] == str(60 * minute)


def test_promtool_finds_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, [unit_test(written_out({}), [])], RULES) == ""
