"""Each quirk of the catalogue, shown by a twin and handled as its case file says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from nanxi.devices import converge as converging
from nanxi.devices.converge import converge
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.http import transport
from nanxi.devices.outcome import Outcome
from nanxi.devices.state import ALL_ASPECTS, Aspect
from nanxi.devices.survey import survey
from tests.devices.twins import twin

FOLDER = Path(__file__).parents[1] / "cases/devices/onvif/quirks"
CASES = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.yml"))}


@pytest.mark.parametrize("name", CASES)
async def test_quirk(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converging, "GRACE_S", (0.0, 0.05))
    if not name.startswith("O18"):  # the others need not wait for a camera that freezes
        monkeypatch.setattr(transport, "WINDOW_S", 0.0)
    wanted = CASES[name]
    aspects = frozenset(map(Aspect, wanted.get("aspects", ALL_ASPECTS)))
    guard = LockoutGuard(tmp_path / "guard")
    async with twin(**wanted.get("twin", {})) as bench:
        for step in wanted["steps"]:
            bench.twin.counts.clear()
            if step["run"] == "survey":
                (outcome,) = await survey([bench.job], guard=guard, aspects=aspects)
            else:
                outcome = await converge(bench.job, guard=guard, aspects=aspects)
            assert seen(outcome, step, dict(bench.twin.counts)) == step


def seen(outcome: Outcome, step: dict, counts: dict[str, int]) -> dict:
    """Say what happened in the words of the case file, as far as it asks."""
    notes = outcome.state.notes if outcome.state else ()
    told = {
        "run": step["run"],
        "verdict": outcome.verdict.value,
        "reason": _holds(step.get("reason"), outcome.reason),
        "changes": [change.field for change in outcome.changes if change.applicable],
        "findings": [change.field for change in outcome.changes if not change.applicable],
        "notes": [_holds(wanted, " | ".join(notes)) for wanted in step.get("notes", [])],
        "counts": {name: counts.get(name, 0) for name in step.get("counts", {})},
    }
    if "notes" in step and not step["notes"]:
        told["notes"] = list(notes)
    return {name: value for name, value in told.items() if name in step}


def _holds(wanted: str | None, text: str) -> str:
    """Return ``wanted`` where the text holds it, the whole text otherwise, so that a failure shows it."""
    return wanted if wanted and wanted in text else text
