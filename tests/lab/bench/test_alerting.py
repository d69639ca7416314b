"""The model of the rules agrees with promtool, and what the simulation says of pages is what the rules do (H1, H5)."""

import random
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
import yaml

from lab.bench.alerting import in_an_hour, scrapes
from lab.bench.rulemodel import Phases, Timing, pages, seconds
from tests.dashboards.promtool import ROOT, Question, firing, run, unit_test

MINUTES, STEP_S = 360, 60


def outages(dice: random.Random) -> list[bool]:
    """A camera by the minute: outages and rests, of a minute to an hour and a half."""
    states: list[bool] = []
    down = False
    while len(states) < MINUTES:
        states += [down] * round(dice.choice((2, 5, 15, 40, 90)) * (0.5 + dice.random()))
        down = not down
    return states[:MINUTES]


def series_of(device: str, states: list[bool]):
    who = f'device="{device}",kind="cameras",unit="unit",class="1",network="police"'
    yield f"nanxi_device_due{{{who}}}", f"1x{MINUTES}"
    words = []
    for down, run_of in groupby(states):
        count = len(list(run_of))
        words += [f"1x{count - 1}"] if down else ["stale", *([f"_x{count - 1}"] if count > 1 else [])]
    yield f'nanxi_probe_verdict{{{who},module="onvif",verdict="unreachable"}}', " ".join(words)


def rules_in_order(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the causes' rules and alerts, and the names of their groups: what is recorded comes first."""
    files, names = [], []
    for kind in ("rules", "alerts"):
        (group,) = yaml.safe_load((ROOT / f"dashboards/{kind}/causes.yml").read_text("utf-8"))["groups"]
        files.append(folder / f"{kind}.yml")
        names.append(kind)
        files[-1].write_text(
            yaml.safe_dump({"groups": [group | {"name": kind, "interval": "60s"}]}, allow_unicode=True),
            "utf-8",
        )
    return files, names


@pytest.mark.parametrize("seed", range(3))
def test_promtool_says_the_same(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    cameras = {f"unit-cam{number:04d}": outages(dice) for number in range(1, 6)}
    # promtool evaluates every group in the same steps
    timing = replace(Timing.of_project(), scrape_s=STEP_S, record_s=STEP_S, evaluate_s=STEP_S)
    until = (MINUTES - 1) * STEP_S
    told = {
        host: pages([(at * STEP_S, down) for at, down in enumerate(states)], timing, Phases(), until)
        for host, states in cameras.items()
    }
    assert sum(map(len, told.values())) > 10
    ask = firing("device", alertname="CameraDown")
    questions = [
        Question(
            ask,
            minute,
            [
                ({"alertname": "CameraDown", "device": host}, 1)
                for host, ones in told.items()
                if any(start <= minute * 60 < end or minute * 60 == end == until for start, end in ones)
            ],
        )
        for minute in range(MINUTES - 1)
    ]
    series = [line for host, states in cameras.items() for line in series_of(host, states)]
    test = unit_test(series, questions, interval="60s")
    rules, order = rules_in_order(tmp_path)
    assert run(tmp_path, [test], rules, interval="60s", order=order) == ""
    assert max(in_an_hour([start for start, _ in ones]) for ones in told.values()) == 1


def test_durations() -> None:
    assert [seconds(text) for text in ("15s", "1m30s", "2h")] == [15, 90, 7200]


def test_a_lost_camera_is_down_within_a_round_and_a_scrape() -> None:
    """The real poller: a round of connections finds it, whatever the slower readings and call-ups last saw."""
    timing = Timing.of_project()
    lost_at = 900.0
    scraped, _, failed = scrapes(20, timing, 1400, lambda _, now: now >= lost_at, loss=0.0, jitter_s=0.05)
    assert failed
    for row in scraped.values():
        first = next(at for at, down in row if down)
        # A round to notice, the connection's time limit twice and the pause between, a scrape.
        assert lost_at < first <= lost_at + timing.reach_s + 2 * 3.5 + 2 + timing.scrape_s + 1


def test_a_camera_that_is_back_is_up_as_soon() -> None:
    """What it was to the slower modules is older than that it takes connections again: they look at once."""
    timing = Timing.of_project()
    scraped, _, _ = scrapes(20, timing, 1600, lambda _, now: 900 <= now < 1300, loss=0.0, jitter_s=0.05)
    for row in scraped.values():
        last = max(at for at, down in row if down)
        assert last < 1300 + timing.reach_s + 2 + timing.scrape_s


def test_a_bad_network_is_no_outage() -> None:
    timing = Timing.of_project()
    scraped, probes, _ = scrapes(10, timing, 4 * 3600, lambda *_: False, loss=0.01, jitter_s=0.3)
    assert probes > 10 * 4 * 60
    assert not [page for row in scraped.values() for page in pages(row, timing, Phases(), 4 * 3600)]
