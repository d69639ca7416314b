"""Outcomes as Ansible results, in Ansible's native forms."""

from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.state import Aspect, Change
from nanxi.estate import load_estate
from nanxi.fleet.lines import described, listed
from nanxi.fleet.results import all_due, plain, postponed, result_of, survey_result
from nanxi.fleet.summary import Summary
from nanxi.fleet.words import VERDICTS, WORDS


@pytest.fixture(scope="module")
def estate():
    return load_estate(Path(__file__).parents[2] / "inventory/lab")


NTP = Change(Aspect.CLOCK, "clock.ntp_servers", "10.0.0.9", "10.0.0.1")
USER = Change(Aspect.USERS, "users.guest", "Operator", "", applicable=False, reason="delete it by hand")


@pytest.mark.parametrize(
    ("verdict", "flags"),
    [
        (Verdict.DECLARED, {"changed": False}),
        (Verdict.DRIFTED, {"changed": True}),
        (Verdict.CHANGED, {"changed": True}),
        (Verdict.NOT_APPLIED, {"changed": False, "failed": True}),
        (Verdict.UNREACHABLE, {"changed": False, "unreachable": True}),
        (Verdict.REFUSED, {"changed": False, "failed": True}),
        (Verdict.LOCKED, {"changed": False, "failed": True}),
        (Verdict.HOSTILE, {"changed": False, "failed": True}),
        (Verdict.FAILED, {"changed": False, "failed": True}),
    ],
)
def test_every_verdict_has_its_flags(verdict, flags):
    changes = () if verdict is Verdict.DECLARED else (NTP,)
    result = result_of(Outcome("cam", verdict, "why", changes))
    assert {name: result[name] for name in ("changed", "failed", "unreachable") if name in result} == flags


def test_a_difference_is_a_diff_and_a_finding_is_not():
    result = result_of(Outcome("cam", Verdict.DRIFTED, "", (NTP, USER)))
    assert result["diff"] == {
        "before_header": "cam (actual)",
        "after_header": "cam (declared)",
        "before": "clock.ntp_servers: 10.0.0.9\n",
        "after": "clock.ntp_servers: 10.0.0.1\n",
    }
    assert result["findings"] == ["users.guest is Operator, declared empty (delete it by hand)"]


def test_what_nobody_may_write_to_is_never_changed():
    result = result_of(Outcome("cam", Verdict.DRIFTED, "", (NTP,)), may_write=False)
    assert result["changed"] is False
    assert "diff" not in result
    assert result["findings"] == ["clock.ntp_servers is 10.0.0.9, declared 10.0.0.1"]


def test_a_failure_can_be_told_later():
    failed = result_of(Outcome("cam", Verdict.UNREACHABLE, "no answer"))
    assert failed["unreachable"]
    later = postponed(failed)
    assert not {"failed", "unreachable"} & later.keys()
    assert later["ansible_facts"] == {"failure": {"verdict": "unreachable", "reason": "no answer"}}
    well = result_of(Outcome("cam", Verdict.CHANGED, "", (NTP,)))
    assert postponed(well) == well


def test_surveys_of_several_kinds_add_up(estate):
    first = survey_result([Outcome("oubei-cam0001", Verdict.DRIFTED, "", (NTP,))], estate, {})
    facts = first["ansible_facts"]
    assert facts == {"due": ["oubei-cam0001"], "unread": {}}
    second = survey_result([Outcome("oubei-cam0002", Verdict.LOCKED, "why")], estate, facts)
    assert second["ansible_facts"] == {
        "due": ["oubei-cam0001"],
        "unread": {"oubei-cam0002": {"verdict": "locked", "reason": "why"}},
    }
    third = all_due(["oubei-cam0004"], second["ansible_facts"])
    assert third["ansible_facts"] == {"due": ["oubei-cam0001", "oubei-cam0004"]}


def test_plain_has_no_types_of_ours():
    @dataclass
    class State:
        address: IPv4Address
        at: datetime
        aspects: frozenset
        rest: tuple

    state = State(
        IPv4Address("10.0.0.1"), datetime(2026, 1, 2, tzinfo=UTC), frozenset({Aspect.OSD}), ({1: None},)
    )
    assert plain(state) == {
        "address": "10.0.0.1",
        "at": "2026-01-02 00:00:00+00:00",
        "aspects": ["osd"],
        "rest": [{"1": None}],
    }


def test_many_fields_are_counted_by_aspect():
    result = {
        "verdict": "changed",
        "reason": "",
        "fields": ["clock.a", "clock.b", "osd.c", "osd.d", "hostname"],
        "findings": ["x"],
    }
    assert list(described("cam", result, "en")) == ["changed: [cam] clock (2), osd (2), hostname", "  - x"]


def test_a_long_list_is_cut_and_says_so():
    devices = {
        f"cam{number}": {"verdict": "locked", "reason": "why", "fields": [], "findings": []}
        for number in range(5)
    }
    assert list(listed(devices, "en", 1)) == ["locked: [cam0] why", "4 more are not listed (-v lists all)"]
    assert len(list(listed(devices, "en", None))) == 5


def test_a_converge_overrules_the_survey_before_it():
    summary = Summary()
    assert not summary
    summary.add_survey({"oubei": 10}, {"cam1": {"unit": "oubei", "verdict": "drifted"}})
    summary.add("oubei", "cam1", "changed")
    summary.add("shangtang", "cam2", "unreachable")
    assert summary.tally() == {"oubei": {"declared": 10, "changed": 1}, "shangtang": {"unreachable": 1}}
    text = summary.text("zh", {"oubei": "瓯北"})
    assert "瓯北" in text
    assert "全县" in text


@pytest.mark.parametrize(
    ("recap", "check", "verdict"),
    [
        ({}, False, "declared"),
        ({"changed": 3}, False, "changed"),
        ({"changed": 3}, True, "drifted"),
        ({"changed": 3, "failures": 1}, False, "failed"),
        ({"failures": 1, "unreachable": 1}, False, "unreachable"),
    ],
)
def test_a_linux_host_counts_once_by_its_recap(recap, check, verdict):
    summary = Summary()
    summary.add("county", "host2", "unreachable")
    none = {"changed": 0, "failures": 0, "unreachable": 0}
    for host in ("host1", "host2"):
        summary.add_host("county", host, none | recap, check=check)
    assert summary.as_dict()["devices"] == {"host1": verdict, "host2": "unreachable"}


def test_both_languages_have_every_word():
    assert set(VERDICTS["zh"]) == set(VERDICTS["en"]) == set(Verdict)
    assert set(WORDS["zh"]) == set(WORDS["en"])
