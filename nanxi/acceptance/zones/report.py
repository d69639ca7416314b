"""The report of a run: JSON for machines, HTML on paper for whoever signs."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from nanxi.acceptance.catalogue import catalogue
from nanxi.acceptance.verdict import Verdict
from nanxi.acceptance.zones import words
from nanxi.acceptance.zones.judge import differences
from nanxi.acceptance.zones.matrix import Matrix, Shade, matrix
from nanxi.acceptance.zones.model import Result, Trick
from nanxi.county.model import Plan
from nanxi.fleet.words import Language

#: Rows of the report's appendix that a person still reads; all of them stand in the JSON.
MOST_ROWS = 400


@dataclass(frozen=True, slots=True)
class Run:
    """What a report must say about the run itself to be traced: when, from where, by which plan."""

    county: str
    began: datetime
    ended: datetime
    stood_at: str  # machine that ran it
    plan_digest: str
    failed: dict[str, str]  # probes that did not come up, and why


def plan_digest(folder: Path) -> str:
    """Return the first 16 digits of the SHA-256 over zones, blocks and flows as they stand in their files."""
    text = b"".join((folder / name).read_bytes() for name in ("addresses.yml", "flows.yml"))
    return hashlib.sha256(text).hexdigest()[:16]


def verdict(results: Sequence[Result]) -> Verdict:
    """Return the verdict on the whole check."""
    found = {result.verdict for result in results}
    if Verdict.FAIL in found:
        return Verdict.FAIL
    return Verdict.COLLECTING if Verdict.COLLECTING in found or not found else Verdict.PASS


def as_json(results: Sequence[Result], run: Run) -> dict[str, object]:
    """Return everything that was asked, measured and concluded."""
    shown = matrix(results)
    return {
        "check": "zones",
        "county": run.county,
        "began": run.began.isoformat(timespec="seconds"),
        "ended": run.ended.isoformat(timespec="seconds"),
        "stood_at": run.stood_at,
        "plan_sha256": run.plan_digest,
        "verdict": verdict(results),
        "counts": counts(results),
        "differences": [words.sentence(result, "en") for result in differences(results)],
        "probes_not_started": run.failed,
        "matrix": [
            {
                "from": cell.origin,
                "to": cell.goal,
                "expected": cell.expected,
                "measured": cell.measured,
                "state": cell.shade,
                "probes": cell.probes,
            }
            for cell in shown.cells.values()
        ],
        "results": [_row(result) for result in results],
    }


def counts(results: Sequence[Result]) -> dict[str, int]:
    """Return how many probes have each verdict."""
    found = Counter(result.verdict for result in results)
    return {verdict.value: found[verdict] for verdict in Verdict}


def as_html(results: Sequence[Result], run: Run, plan: Plan, language: Language = "zh") -> str:
    """Return the report as one file that needs nothing else."""
    zones = {zone.key: zone.name for zone in plan.addresses.zones}
    holders = {unit.key: unit.name for unit in plan.units} | {plan.county.key: plan.county.name}

    def called(place: str) -> str:
        holder, _, zone = place.rpartition("/")
        return f"{holders.get(holder, '')} {zones[zone]}".strip() if language == "zh" else place

    return _template().render(
        language=language,
        check=catalogue()["zones"],
        run=run,
        verdict=verdict(results),
        counts=counts(results),
        tricks=_by_trick(results),
        matrix=matrix(results),
        cell=_cell_words(matrix(results), language),
        called=called,
        unproved=Counter(r.reason for r in results if r.verdict is Verdict.COLLECTING),
        different=differences(results),
        # What differs, what should be open, then the rest.
        results=sorted(results, key=lambda r: (r.verdict is not Verdict.FAIL, not r.probe.flow))[:MOST_ROWS],
        left_out=max(0, len(results) - MOST_ROWS),
        flows=[(flow, _of_flow(results, flow.key)) for flow in plan.flows.flows],
        services=plan.flows.services,
        zones=zones,
        words=words,
        Verdict=Verdict,
    )


def _by_trick(results: Sequence[Result]) -> dict[Trick, dict[str, int]]:
    return {
        trick: counts([result for result in results if result.probe.trick is trick])
        for trick in dict.fromkeys(result.probe.trick for result in results)
    }


def _of_flow(results: Sequence[Result], key: str) -> dict[str, int]:
    return counts([result for result in results if result.probe.flow == key])


def _cell_words(shown: Matrix, language: Language) -> dict[tuple[str, str], tuple[Shade, str, str]]:
    """Return by pair the cell's shade, its sign and what it says at length."""
    return {
        pair: (cell.shade, words.SIGNS[cell.shade], words.cell(cell, language))
        for pair, cell in shown.cells.items()
    }


def _row(result: Result) -> dict[str, object]:
    probe = result.probe
    return {
        "from": probe.origin.name,
        "to": probe.goal.name,
        "source": str(probe.origin.address),
        "claims": str(probe.claims),
        "target": str(probe.goal.address),
        "door": probe.door,
        "how": probe.trick,
        "nonce": probe.nonce,
        "flow": probe.flow,
        "expected": "open" if probe.flow else "closed",
        "measured": result.measured,
        "verdict": result.verdict,
        "reason": result.reason,
        "sender_saw": result.detail,
        "arrived_at": result.arrived,
    }


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")
