"""How long from a camera's end to a page, and how often the network's noise pages: H1 and H5, simulated.

The poller is the real one in virtual time (:mod:`lab.bench.virtual`), the rules are a model that promtool judges.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from exporters.config import ModuleConfig
from exporters.probe import Result, Verdict
from lab.bench.report import Figure, show
from lab.bench.rulemodel import Phases, Timing, pages
from lab.bench.virtual import Link, camera, pollers, run, running
from nanxi.county.model import Network
from nanxi.monitoring.exporter import modules
from nanxi.monitoring.scope import MONITOR, Scope
from nanxi.register.model import Device

_HOUR_S = 3600.0
Dead = Callable[[str, float], bool]
Scraped = dict[str, list[tuple[float, bool]]]


def bench(cameras: int, hours: float) -> None:
    """Simulate ``cameras`` losses, ``hours`` of a bad network, and cameras that flap."""
    timing = Timing.of_project()
    losses(cameras, timing)
    noise(min(cameras, 60), hours, timing)
    flapping(timing)


def losses(cameras: int, timing: Timing) -> None:
    """Lose every camera once, for twenty minutes, at a random moment."""
    slower = replace(
        timing, reach_s=timing.poll_s, scrape_s=60, record_s=60, evaluate_s=60, for_s=180, group_wait_s=15
    )
    figures = []
    for name, one in (("as configured", timing), ("every minute, and patient", slower)):
        told, ended = _delays(cameras, one)
        what = (
            f"{name}: reach {one.reach_s:g} s, scrape {one.scrape_s:g} s, rules {one.record_s:g} and {one.evaluate_s:g} s, "
            f"for {one.for_s:g} s, group_wait {one.group_wait_s:g} s"
        )
        for rank, share in (("median", 0.5), ("99th percentile", 0.99)):
            figures.append(
                Figure(
                    f"{what}: page, {rank}",
                    "s",
                    _rank(told, share),
                    hold="<= 60 s (H1)" if share > 0.9 else "",
                )
            )
        figures.append(
            Figure("back: alert resolved, 99th percentile", "s", _rank(ended, 0.99), hold="<= 60 s (H1)")
        )
    show(f"A class 1 camera is lost: {cameras} losses", figures)


def noise(cameras: int, hours: float, timing: Timing) -> None:
    """Poll healthy cameras over a link that loses 1 % of its packets and delays each by up to 300 ms."""
    scraped, probes, failed = scrapes(
        cameras, timing, hours * _HOUR_S, lambda *_: False, loss=0.01, jitter_s=0.3
    )
    false = [page for one in scraped.values() for page in pages(one, timing, Phases(), hours * _HOUR_S)]
    show(
        f"{hours:g} h of 1 % loss and 300 ms jitter, {cameras} cameras",
        [
            Figure("pages", "", len(false), hold="0 (H5)"),
            Figure("probes that failed", "%", 100 * failed / probes),
            Figure(
                "scrapes in which a camera seemed down",
                "",
                sum(down for one in scraped.values() for _, down in one),
            ),
        ],
    )


def flapping(timing: Timing, hours: float = 8) -> None:
    """Let cameras come and go with periods from half a minute to two hours, and count pages in any hour."""
    periods = [30 * 1.2**number for number in range(31)]
    names = {camera(number).host: period for number, period in enumerate(periods, 1)}

    def dead(host: str, now: float) -> bool:
        return now % names[host] < names[host] * 0.6

    scraped, _, _ = scrapes(len(periods), timing, hours * _HOUR_S, dead, loss=0.0, jitter_s=0.05)
    starts = {
        host: [at for at, _ in pages(one, timing, Phases(), hours * _HOUR_S)] for host, one in scraped.items()
    }
    worst = max(in_an_hour(one) for one in starts.values())
    show(
        f"{len(periods)} flapping cameras, periods {periods[0]:g} s to {periods[-1] / 3600:.1f} h, {hours:g} h",
        [
            Figure("most pages of one camera in any hour", "", worst, hold="<= 1 (H5)"),
            Figure("pages in all", "", sum(map(len, starts.values()))),
        ],
    )


def in_an_hour(starts: list[float]) -> int:
    """Return the most starts that any hour has."""
    return max((sum(one <= other < one + _HOUR_S for other in starts) for one in starts), default=0)


def scrapes(
    cameras: int, timing: Timing, until: float, dead: Dead, *, loss: float, jitter_s: float
) -> tuple[Scraped, int, int]:
    """Poll for a while; return by camera what scrapes brought, how many probes there were, and how many failed."""
    link = Link(loss, jitter_s, dead, random.Random(2008))
    devices = [camera(number) for number in range(1, cameras + 1)]
    scraped: Scraped = {device.host: [] for device in devices}
    counts = {"all": 0, "bad": 0}
    failed: Counter[str] = Counter()

    def observe(name: str, device: Device, result: Result) -> None:
        if name == "reach":
            failed[device.host] = 0 if result.verdict is Verdict.OK else failed[device.host] + 1

    async def work(now: Callable[[], float]) -> None:
        made = pollers(devices, _modules(timing), link, now, observe)
        async with running(made):
            while now() < until:
                await asyncio.sleep(timing.scrape_s)
                for host, row in scraped.items():
                    verdicts = {made[name].board.verdict(host) for name in ("onvif", "rtsp")}
                    silent = Verdict.UNREACHABLE in verdicts and Verdict.OK not in verdicts
                    row.append((now(), failed[host] >= 2 or silent))
        for poller in made.values():
            counts["all"] += sum(poller.figures.verdicts.values())
            counts["bad"] += poller.figures.verdicts["unreachable"]

    run(work)
    return scraped, counts["all"], counts["bad"]


def _modules(timing: Timing) -> dict[str, ModuleConfig]:
    """Return a monitor's modules of cameras, in the rounds of ``timing``."""
    told = modules(Scope(MONITOR, Network.PUBLIC), int(timing.poll_s))
    told["reach"]["interval_s"] = timing.reach_s
    return {name: ModuleConfig(**told[name]) for name in ("reach", "onvif", "rtsp")}


def _delays(cameras: int, timing: Timing) -> tuple[list[float], list[float]]:
    dice = random.Random(143)
    ends = {camera(number).host: 1800 + dice.random() * 600 for number in range(1, cameras + 1)}
    lasts, until = 1200.0, 4800.0

    def dead(host: str, now: float) -> bool:
        return ends[host] <= now < ends[host] + lasts

    scraped, _, _ = scrapes(cameras, timing, until, dead, loss=0.0, jitter_s=0.05)
    told, ended = [], []
    for host, row in scraped.items():
        phases = Phases(dice.random() * timing.record_s, dice.random() * timing.evaluate_s)
        (start, end), *_ = pages(row, timing, phases, until)
        told.append(start + timing.group_wait_s - ends[host])
        ended.append(end - ends[host] - lasts)
    return told, ended


def _rank(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
