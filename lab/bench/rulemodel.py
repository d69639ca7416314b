"""The rules that page for a class 1 camera, as a model over what was scraped; promtool judges it in the tests (pure).

The numbers are read from the rules themselves.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from nanxi.county.model import Network
from nanxi.monitoring.exporter import modules
from nanxi.monitoring.scope import MONITOR, Scope

ROOT = Path(__file__).resolve().parents[2]
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}
#: How long what paged pages no more: nanxi:camera_paged.
_PAGED_S = 3600.0


def seconds(duration: str) -> float:
    """Return the seconds of a duration as Prometheus writes it, for example ``1m30s``."""
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([smh])", duration))


@dataclass(frozen=True, slots=True)
class Timing:
    """What stands between a camera's end and a person's telephone, seconds.

    ``reach_s`` is the round of connections, ``poll_s`` that of the readings, ``record_s`` the interval of the rules that say
    what is down, ``evaluate_s`` that of the alerts.
    """

    reach_s: float
    poll_s: float
    scrape_s: float
    record_s: float
    evaluate_s: float
    for_s: float
    group_wait_s: float

    @classmethod
    def of_project(cls) -> Timing:
        """Return what roles and rules say."""
        alerts = yaml.safe_load((ROOT / "dashboards/alerts/causes.yml").read_text("utf-8"))["groups"][0]
        rules = yaml.safe_load((ROOT / "dashboards/rules/causes.yml").read_text("utf-8"))["groups"][0]
        alert = next(rule for rule in alerts["rules"] if rule["alert"] == "CameraDown")
        defaults = {
            role: yaml.safe_load((ROOT / f"roles/{role}/defaults/main.yml").read_text("utf-8"))
            for role in ("exporter", "prometheus", "alertmanager")
        }
        scrape_s = seconds(defaults["prometheus"]["prometheus_scrape_interval"])
        poll_s = defaults["exporter"]["exporter_interval_s"]
        return cls(
            reach_s=float(modules(Scope(MONITOR, Network.POLICE), poll_s)["reach"]["interval_s"]),
            poll_s=float(poll_s),
            scrape_s=scrape_s,
            record_s=seconds(rules.get("interval", defaults["prometheus"]["prometheus_scrape_interval"])),
            evaluate_s=seconds(alerts.get("interval", defaults["prometheus"]["prometheus_scrape_interval"])),
            for_s=seconds(alert.get("for", "0s")),
            group_wait_s=seconds(defaults["alertmanager"]["alertmanager_group_wait"]),
        )


@dataclass(frozen=True, slots=True)
class Phases:
    """Where in their intervals scrapes and evaluations fall, seconds."""

    record: float = 0.0
    evaluate: float = 0.0


def pages(
    scraped: Sequence[tuple[float, bool]], timing: Timing, phases: Phases, until: float
) -> list[tuple[float, float]]:
    """Return when ``CameraDown`` fires and when it ends (``until``, if it does not).

    Args:
        scraped: times of scrapes, and whether the camera was down by what they brought.
        timing: how the rules are set.
        phases: where in their intervals they are evaluated.
        until: the end of the time, seconds.
    """
    times = [at for at, _ in scraped]

    def down_at(moment: float) -> bool:
        place = bisect_right(times, moment)
        return place > 0 and scraped[place - 1][1]

    recorded = [(moment, down_at(moment)) for moment in _grid(phases.record, timing.record_s, until)]
    return list(_firing(recorded, timing, phases, until))


def _firing(
    recorded: Sequence[tuple[float, bool]], timing: Timing, phases: Phases, until: float
) -> Iterable[tuple[float, float]]:
    moments = [at for at, _ in recorded]
    since = fired = None
    burning: list[float] = []  # evaluations at which the alert fired
    for moment in _grid(phases.evaluate, timing.evaluate_s, until):
        place = bisect_right(moments, moment)
        if place and recorded[place - 1][1] and not _paged(burning, moments[place - 1], timing):
            since = moment if since is None else since
            if fired is None and moment - since >= timing.for_s:
                fired = moment
            if fired is not None:
                burning.append(moment)
            continue
        if fired is not None:
            yield fired, moment
        since = fired = None
    if fired is not None:
        yield fired, until


def _paged(burning: Sequence[float], recorded: float, timing: Timing) -> bool:
    """Return whether, when it was recorded last, an alert of the last hour was over."""
    before = bisect_left(burning, recorded)  # of the same moment: what is recorded comes first
    if not before or burning[before - 1] < recorded - _PAGED_S:
        return False
    return burning[before - 1] < recorded - timing.evaluate_s


def _grid(phase: float, step: float, until: float) -> Iterable[float]:
    at = phase
    while at <= until:
        yield at
        at += step
