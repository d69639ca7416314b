"""A patrol's judgement without a host: what hosts say as data files, rings, and what stops a repair."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nanxi.maintenance.patrol.facts import UnreadError, parse
from nanxi.maintenance.patrol.judge import Limits, Matter, Remedy, Severity, Trouble, judge, odd_versions
from nanxi.maintenance.patrol.rings import rings
from nanxi.maintenance.patrol.run import fix, look
from nanxi.register.model import Host

FOLDER = Path(__file__).parents[2] / "cases/patrol"
HEALTHY = (FOLDER / "healthy.txt").read_text().splitlines()
CASES = yaml.safe_load((FOLDER / "judge.yml").read_text())
FACTS = parse(HEALTHY)


def saying(says: dict[str, list[str]]) -> list[str]:
    """Return the healthy host's output with some sections replaced."""
    lines, skipping = [], False
    for line in HEALTHY:
        if line.startswith("@"):
            skipping = line[1:] in says
            lines += [line, *says.get(line[1:], [])]
        elif not skipping:
            lines.append(line)
    return lines


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_judgement(case):
    found = judge("shangtang-host01", parse(saying(case["says"])), Limits())
    assert [
        {
            name: value
            for name, value in {
                "severity": one.severity.name.lower(),
                "matter": one.matter.value,
                "subject": one.subject,
                "value": one.value,
                "remedy": one.remedy and one.remedy.value,
            }.items()
            if value
        }
        for one in found
    ] == case["troubles"]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (HEALTHY[:9], "the answer ends in disks"),
        ([], "the answer ends in the first section"),
        (saying({"now": ["soon"]}), "cannot be understood"),
        (saying({"memory": ["MemTotal: 0 kB", "MemAvailable: 0 kB"]}), "cannot be understood"),
        (saying({"newest": ["shangtang-cam0001"]}), "cannot be understood"),
    ],
)
def test_half_an_answer_is_told(lines, says):
    with pytest.raises(UnreadError, match=says):
        parse(lines)


@given(st.lists(st.text(max_size=40), max_size=60))
def test_nonsense_is_told_and_nothing_else(lines):
    with pytest.raises(UnreadError):
        parse([*HEALTHY[:9], *lines])


def test_a_version_that_most_hosts_of_the_role_do_not_have():
    old = replace(FACTS, versions=dict(FACTS.versions) | {"nanxi": "1111-2222"})
    facts = {"a": FACTS, "b": FACTS, "c": old, "gateway": old}
    roles = {"a": "recorder", "b": "recorder", "c": "recorder", "gateway": "gateway"}
    assert odd_versions(roles, facts) == [
        Trouble(Severity.NOTICE, Matter.VERSION, "c", "nanxi", "1111-2222 (7d32-25b0)")
    ]
    assert odd_versions({"a": "recorder", "c": "recorder"}, {"a": FACTS, "c": old}) == []


@given(
    st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.sampled_from(["u", "v", "w"]), min_size=1),
    st.floats(min_value=0.01, max_value=1),
    st.randoms(),
)
def test_rings_touch_everybody_once_and_never_more_of_a_unit_than_its_share(units, share, chance):
    due = [host for host in units if chance.random() < 0.7]
    made = rings(due, units, share)
    assert sorted(host for ring in made for host in ring) == sorted(due)
    assert not made or len(made[0]) == 1
    total = Counter(units.values())
    for ring in made:
        for unit, count in Counter(units[host] for host in ring).items():
            assert count <= max(1, total[unit] * share)


class Fleet:
    """Hosts of a test: which of them has a failed unit, and on which a restart helps."""

    def __init__(self, ill, helped):
        self.hosts = {
            f"u-host0{n}": Host.model_construct(
                unit="u", serial=n, role="recorder", ipv4=IPv4Address(f"10.0.0.{n}")
            )
            for n in (1, 2, 3, 4)
        }
        self.ill, self.helped, self.touched = set(ill), set(helped), []

    def read(self, addresses):
        failed = replace(FACTS, failed=("nanxi-gate.service",))
        return {host: failed if host in self.ill else FACTS for host in addresses}

    def mend(self, troubles, addresses):
        hosts = {one.host for one in troubles}
        assert hosts <= set(addresses)
        self.touched.append(sorted(hosts))
        self.ill -= hosts & self.helped
        return set()

    def fix(self):
        troubles = look(self.hosts, self.read, Limits())
        return fix(troubles, self.hosts, self.read, self.mend, limits=Limits(), share=0.5)


def test_a_repair_goes_in_rings_and_looks_again():
    fleet = Fleet(ill=["u-host01", "u-host02", "u-host03"], helped=["u-host01", "u-host02", "u-host03"])
    report = fleet.fix()
    assert fleet.touched == [["u-host01"], ["u-host02", "u-host03"]]
    assert (report.troubles, report.stopped) == ([], "")
    assert report.mended == ["u-host01", "u-host02", "u-host03"]


def test_a_repair_that_does_not_help_is_not_tried_on_anybody_else():
    fleet = Fleet(ill=["u-host01", "u-host02", "u-host03"], helped=["u-host02"])
    report = fleet.fix()
    assert fleet.touched == [["u-host01"]]
    assert len(report.troubles) == 3
    assert "u-host01: not better for it" in report.stopped


def test_what_no_remedy_is_for_is_left_alone():
    fleet = Fleet(ill=[], helped=[])
    assert fleet.fix().mended == []
    assert fleet.touched == []
    assert {remedy.value for remedy in Remedy} == {"restart", "vacuum"}
