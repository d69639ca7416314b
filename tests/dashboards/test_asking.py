"""What is asked of Prometheus is what Grafana would ask."""

from __future__ import annotations

from datetime import datetime

import pytest

from lab.bench.dashboards import expanded
from lab.dashboards.asking import CST, Span, filled, shown, targets
from lab.dashboards.history import levels, names, recording_rules
from lab.dashboards.preview import boards


def test_rate_interval_is_four_scrapes_or_a_step_and_a_scrape() -> None:
    assert Span(0, 3600, scrape_s=60).rate_s == 240
    month = Span(0, 31 * 86_400, scrape_s=60)
    assert month.step_s > 60
    assert month.rate_s == month.step_s + 60


@pytest.mark.parametrize(
    ("expression", "sent"),
    [
        ('up{unit="$unit"}', 'up{unit="oubei"}'),
        ('up{unit=~"${unit:regex}"}', 'up{unit=~"oubei"}'),
        ("rate(x[$__rate_interval])", "rate(x[240s])"),
        ("avg_over_time(x[$__range])", "avg_over_time(x[3600s])"),
    ],
)
def test_variables_are_filled_in(expression: str, sent: str) -> None:
    assert filled(expression, {"unit": "oubei"}, Span(0, 3600)) == sent


def test_a_longer_name_is_another_variable() -> None:
    with pytest.raises(ValueError, match=r"nothing gives \$unit_x a value"):
        filled('up{unit="$unit_x"}', {"unit": "oubei"}, Span(0, 3600))


def test_a_month_is_the_calendar_month_before() -> None:
    now = datetime(2026, 3, 9, 15, tzinfo=CST).timestamp()
    span = shown({"time": {"from": "now-1M/M", "to": "now-1M/M"}}, now)
    assert datetime.fromtimestamp(span.start, CST) == datetime(2026, 2, 1, tzinfo=CST)
    assert datetime.fromtimestamp(span.end, CST).isoformat() == "2026-02-28T23:59:59+08:00"


def test_rules_come_after_those_that_they_use() -> None:
    known = set()
    everything = {rule["record"] for rule in recording_rules()}
    for level in levels(recording_rules()):
        for rule in level:
            assert names(rule["expr"]) & everything <= known | {rule["record"]}
        known |= {rule["record"] for rule in level}
    assert known == everything


def test_rules_that_use_each_other_are_named() -> None:
    circle = [{"record": "a", "expr": "b"}, {"record": "b", "expr": "a"}]
    with pytest.raises(ValueError, match="a, b"):
        list(levels(circle))


def test_names_of_rules_can_be_taken_out_again() -> None:
    rules = {"nanxi:a": 'sum by (day) (x{k="v"})', "nanxi:b": "count(nanxi:a)"}
    assert expanded("nanxi:b", rules) == '(count((sum by (day) (x{k="v"}))))'
    assert expanded('nanxi:a{day=~"p|q"}', rules) == (
        '((sum by (day) (x{k="v"})) and on (day) '
        '(label_replace(vector(1), "day", "p", "", "") or label_replace(vector(1), "day", "q", "", "")))'
    )
    with pytest.raises(ValueError, match="cannot take the matcher"):
        expanded('nanxi:a{day=~"p.+"}', rules)


def test_nothing_of_the_overview_without_rules_is_recorded() -> None:
    rules = {rule["record"]: str(rule["expr"]) for rule in recording_rules()}
    ((_, board),) = boards("zh", ["county"])
    for _, target in targets(board):
        raw = filled(expanded(target["expr"], rules), {}, Span(0, 3600))
        assert not names(raw) & set(rules)
