"""Goal N5: the reachability model and the rules that gateways get from the same plan agree, packet by packet."""

from __future__ import annotations

import asyncio
import random
from contextlib import ExitStack
from pathlib import Path

import pytest

from lab.proof.miniature import Miniature
from nanxi.acceptance.verdict import Verdict
from nanxi.acceptance.zones.judge import judge
from nanxi.acceptance.zones.model import Result, Trick
from nanxi.acceptance.zones.probes import doors, sample
from nanxi.acceptance.zones.run import Pace, measure
from nanxi.acceptance.zones.words import sentence
from nanxi.estate import load_estate
from tests.support.lab import need

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.lab


def make(network: Miniature, count: int, tricks: list[Trick], chance: random.Random) -> list[Result]:
    record = asyncio.run(
        measure(
            network.isolation,
            network.stage,
            tricks=tricks,
            knocked=doors(network.isolation).more(20, chance),
            chosen=lambda asked: sample(asked, count, chance),
            pace=Pace(together=128),
        )
    )
    return judge([record])


def test_a_thousand_random_pairs_agree_and_a_flow_taken_out_closes_its_path_alone():
    need("unshare", "nsenter", "nft", "ip", "setpriv")
    seed = random.randrange(1 << 32)
    print("seed", seed)  # to repeat a failure
    chance = random.Random(seed)
    with ExitStack() as stack:
        network = Miniature(stack, load_estate(ROOT / "inventory/lab"), seed)
        plan = network.isolation.plan
        results = make(network, 1500, [Trick.PLAIN, Trick.SPOOFED], chance)
        flows = [flow for flow in plan.flows.flows if flow.key != "watch_police"]
        network.load(plan.model_copy(update={"flows": plan.flows.model_copy(update={"flows": tuple(flows)})}))
        without = make(network, 300, [Trick.PLAIN], chance)
    assert len(results) == 1500
    assert [sentence(result, "en") for result in results if result.verdict is not Verdict.PASS] == []
    crossed = {result.probe.flow for result in results} - {""}
    assert crossed == {flow.key for flow in plan.flows.flows if flow.source != flow.target}
    assert sorted(sentence(result, "en") for result in without if result.verdict is not Verdict.PASS) == [
        f"{unit}/viewing -> {unit}/recording tcp/8554: expected open (watch_police), measured closed"
        for unit in ("oubei", "shangtang")
    ]
