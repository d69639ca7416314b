"""The county that preview and bench show is one that the project's own rules can judge, and something is wrong in it."""

from __future__ import annotations

import io

from lab.dashboards import estate
from lab.dashboards.series import Series, exposition, openmetrics
from lab.dashboards.story import tell

NOW = 1_795_780_000.0
COUNTY = estate.county(120)


def test_series_are_unique_and_an_uplink_takes_its_cameras_along() -> None:
    story = tell(COUNTY, NOW)
    series = estate.series(COUNTY, story)
    heads = [one.head for one in series]
    assert len(heads) == len(set(heads))
    lost = [host for (host, _), outages in story.ports.items() if outages[0][0] == story.ago(42)]
    assert len(lost) == 1
    below = [one.host for one in COUNTY.devices.values() if one.switch == f"{lost[0][:-1]}2"]
    assert below
    assert not any(story.up(host, NOW) for host in below)
    assert all(story.up(host, story.ago(43)) or story.outages[host][0][0] < story.ago(43) for host in below)


def test_past_and_present_are_the_same_values() -> None:
    story = tell(COUNTY, NOW)
    series = estate.series(COUNTY, story)
    text = io.StringIO()
    openmetrics(series, [NOW], text)
    past = {
        line.rsplit(" ", 2)[0]: float(line.rsplit(" ", 2)[1]) for line in text.getvalue().splitlines()[:-1]
    }
    present = {
        head: float(value)
        for head, value in (line.rsplit(" ", 1) for line in exposition(series, NOW).decode().splitlines())
    }
    assert past == present
    assert text.getvalue().endswith("# EOF\n")


def test_a_value_that_is_not_there_is_no_sample() -> None:
    text = io.StringIO()
    assert openmetrics([Series("a{}", lambda when: 1.0 if when > 5 else None)], [1, 9], text) == 1
    assert text.getvalue() == "a{} 1.0 9\n# EOF\n"
