"""Packets through a router whose rules are right, and then wrong in one way: each way is found and named."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from nanxi.acceptance.verdict import Verdict
from nanxi.acceptance.zones.judge import differences, judge
from nanxi.acceptance.zones.model import Trick
from nanxi.acceptance.zones.run import Pace, measure
from nanxi.acceptance.zones.words import sentence
from nanxi.county.isolation import Isolation
from tests.acceptance.zones.network import Network, frozen_plan
from tests.support.lab import need

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests/cases/acceptance/zones"
LEGS = {
    "cam": "shangtang/cameras-police",
    "rec": "shangtang/recording",
    "view": "shangtang/viewing",
    "core": "core",
}

pytestmark = pytest.mark.lab


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    need("unshare", "nsenter", "nft", "ip")
    with ExitStack() as stack:
        yield Network(stack, Isolation(frozen_plan(tmp_path)), LEGS, stranger="cam")


@pytest.mark.parametrize("file", sorted(CASES.glob("*.yml")), ids=lambda file: file.stem)
def test_a_wrong_rule_is_named(file: Path, network: Network) -> None:
    case = yaml.safe_load(file.read_text())
    rules = (CASES / "router.nft").read_text()
    for edit in case.get("edits", ()):
        assert rules.count(edit["find"]) == 1, edit["find"]
        rules = rules.replace(edit["find"], edit["put"])
    network.load(rules)
    if "leaks_tags" in case:
        network.leak_tags(*case["leaks_tags"])
    stage = network.stage
    tricks, pace = [Trick(trick) for trick in case["tricks"]], Pace(timeout_s=0.8, together=128, patience_s=2)
    results = judge([asyncio.run(measure(network.isolation, stage, tricks=tricks, pace=pace))])
    assert not stage.failed
    assert sorted(sentence(result, "en") for result in differences(results)) == sorted(case["differences"])
    if not case.get("unproved"):
        assert not [r for r in results if r.verdict is Verdict.COLLECTING]
    assert len(results) >= case["probes"]
