"""S2: no camera, whatever it says, leads us elsewhere, holds us up, fills our memory or writes on our screen."""

import re
from collections.abc import Iterator

import pytest

from lab.twin.hostile import BEHAVIOURS
from tests.hostile.cameras import HEALTHY
from tests.hostile.cases import Case, load

CASES = load("web")

_MEMORY = 64 << 20  # S2: bytes beyond what the process had before the survey
_DEADLINE_S = 15  # S2, and the bound that survey and converge were given
_SLACK_S = 3  # for 24 cases at once on two cores

#: Controls (terminal commands, forged lines) and what turns the direction of writing around.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_LONGEST = 4000  # characters of any one text: eight aspects, each with what the camera said against it

pytestmark = pytest.mark.lab


def by_name(case: Case) -> str:
    return case.name


def texts(value: object) -> Iterator[str]:
    """Yield every text inside."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (*texts(key), *texts(item))
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_outcome(case: Case, report: dict) -> None:
    result = report["cases"][case.name]
    assert "traceback" not in result, result["traceback"]
    outcome = result["outcomes"][case.name]
    assert outcome["verdict"] in case.verdict, outcome["reason"]
    assert case.says in outcome["reason"]
    assert "Nanxi's own" not in outcome["reason"], "an error that nobody gave a type"
    for text in texts(outcome):
        assert len(text) <= _LONGEST
        assert not _UNFIT.search(text), f"{text[:100]!r} is not fit for a terminal"


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_takes_no_more_than_its_share(case: Case, report: dict) -> None:
    result = report["cases"][case.name]
    asked = sum(count for name, count in report["counts"][case.name].items() if not name.startswith("login"))
    assert result["seconds"][case.name] <= _DEADLINE_S + _SLACK_S
    assert result["bytes"] <= _MEMORY
    assert asked <= case.requests


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_healthy_neighbours_fare_as_without_it(case: Case, report: dict) -> None:
    for name in HEALTHY:
        beside, alone = report["cases"][case.name]["outcomes"][name], report["alone"]["outcomes"][name]
        assert (beside["verdict"], beside["reason"]) == (alone["verdict"], alone["reason"])
        assert alone["verdict"] == "drifted"


def test_no_packet_left_for_anybody_else(report: dict) -> None:
    assert report["strays"] == {}


def test_no_password_was_said_in_clear(report: dict) -> None:
    assert report["heard"] == []


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 60
    # Other tests register behaviours of their own.
    ours = {
        name for name, function in BEHAVIOURS.items() if function.__module__.startswith("lab.twin.hostile.")
    }
    assert ours == {case.behaviour for case in CASES}, "each behaviour has a case, and each case a behaviour"
