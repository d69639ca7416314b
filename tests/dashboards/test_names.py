"""Rules use what exporters give (docs/metrics.md) and what rules record, with the labels that it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml

from exporters.signals import CATALOGUE
from lab.dashboards.history import selectors
from tests.dashboards.promtool import RULES

#: Prometheus's own.
OWN = {
    "up": {"job", "instance", "station"},
    "ALERTS": {"alertname", "alertstate"},
    "ALERTS_FOR_STATE": {"alertname"},
    "prometheus_rule_evaluation_failures_total": set(),
    "prometheus_config_last_reload_successful": set(),
    "alertmanager_config_last_reload_successful": set(),
    "alertmanager_notifications_failed_total": {"integration"},
    "vmagent_remotewrite_packets_dropped_total": set(),
    # Of the register, written by roles/prometheus.
    "nanxi:station_expected": {"station", "unit"},
}
EVERYWHERE = {"job", "instance"}


def rules() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in RULES:
        for group in yaml.safe_load(file.read_text("utf-8"))["groups"]:
            for rule in group["rules"]:
                yield f"{file.stem}:{rule.get('alert') or rule['record']}", rule


RECORDED = {rule["record"] for _, rule in rules() if "record" in rule}


@pytest.mark.parametrize("rule", [pytest.param(rule, id=name) for name, rule in rules()])
def test_every_name_and_label_exists(rule: dict[str, Any]) -> None:
    found = list(selectors(promql_parser.parse(rule["expr"])))
    assert found or rule.get("alert") == "Watchdog"
    for selector in found:
        name = selector.name
        assert name in CATALOGUE or name in RECORDED or name in OWN, name
        if name in RECORDED:
            continue
        known = {*(OWN[name] if name in OWN else CATALOGUE[name].all_labels), *EVERYWHERE}
        assert {matcher.name for matcher in selector.matchers.matchers} <= known, name


@pytest.mark.parametrize("rule", [pytest.param(rule, id=name) for name, rule in rules() if "alert" in rule])
def test_no_alert_loses_its_unit_in_a_comparison(rule: dict[str, Any]) -> None:
    """``a < on (x) b`` keeps no label but x; ``group_left ()`` keeps those of a."""
    assert not re.search(r"[<>]=? on \([^)]*\)(?! group_left)", rule["expr"])


def test_no_rule_records_a_name_twice() -> None:
    names = [rule["record"] for _, rule in rules() if "record" in rule]
    assert len(names) == len(set(names))


def test_misspelt_names_are_seen() -> None:
    (selector,) = selectors(promql_parser.parse("sum(rate(nanxi_port_receive_bites_total[5m]))"))
    assert selector.name not in CATALOGUE
