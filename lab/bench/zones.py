"""Goal N5 at length: 10,000 random probes between all zones of the lab's plan, through rules that gateways really get."""

from __future__ import annotations

import asyncio
import random
import resource
import time
from contextlib import ExitStack
from pathlib import Path

from lab.bench.measure import BenchError
from lab.proof.miniature import Miniature
from nanxi.acceptance.verdict import Verdict
from nanxi.acceptance.zones.judge import judge
from nanxi.acceptance.zones.model import Trick
from nanxi.acceptance.zones.probes import doors, sample
from nanxi.acceptance.zones.run import Pace, measure
from nanxi.acceptance.zones.words import sentence
from nanxi.estate import load_estate

_LAB = Path(__file__).resolve().parents[2] / "inventory" / "lab"


def bench(count: int) -> None:
    """Print how many probes agree with the model, and what they cost.

    Raises:
        BenchError: one does not.
    """
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    with ExitStack() as stack:
        network = Miniature(stack, load_estate(_LAB), seed)
        began, before = time.monotonic(), _cpu()
        record = asyncio.run(
            measure(
                network.isolation,
                network.stage,
                tricks=[Trick.PLAIN, Trick.SPOOFED],
                knocked=doors(network.isolation).more(40, chance),
                chosen=lambda asked: sample(asked, count, chance),
                pace=Pace(together=256),
            )
        )
        seconds, cpu = time.monotonic() - began, _cpu() - before
    results = judge([record])
    wrong = [sentence(result, "en") for result in results if result.verdict is not Verdict.PASS]
    print(
        f"zones: {len(results)} random probes (seed {seed}) between {len(network.stage.spots)} zones: "
        f"{len(results) - len(wrong)} agree with the model; {seconds:.1f} s, {1000 * cpu / len(results):.2f} ms of CPU each"
    )
    if wrong:
        raise BenchError("\n".join(wrong[:20]))


def _cpu() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
