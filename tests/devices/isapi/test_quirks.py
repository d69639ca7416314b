"""Each quirk of the catalogue, shown by a twin and handled as its case file says.

A case has ``why``, the ``device`` (arguments of ``bench.device``), perhaps ``aspects``, and ``steps``: ``run`` a survey
or a converge and what is seen of it (see ``tests.devices.test_quirks.seen``), ``patch`` a section of the twin,
``reboot`` it, or ``state``: what its settings must hold, as far as it is named; ``isapi`` gives texts of its documents.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.twin.isapi.documents import kept
from lab.twin.isapi.tree import text
from lab.twin.profile import QUIRKS
from lab.twin.settings import adapter
from lab.twin.twin import Twin
from nanxi.devices import converge as converging
from nanxi.devices.consent import Consent
from nanxi.devices.converge import converge
from nanxi.devices.declare import aspects_of
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.http import transport
from nanxi.devices.isapi import client
from nanxi.devices.state import Aspect
from nanxi.devices.survey import survey
from tests.devices.isapi.bench import Bench, device
from tests.devices.test_quirks import seen
from tests.lab.twin_onvif.test_scenarios import contains

FOLDER = Path(__file__).parents[2] / "cases/devices/isapi/quirks"
CASES = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.yml"))}


@pytest.mark.parametrize("name", CASES)
async def test_quirk(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converging, "GRACE_S", (0.0, 0.05))
    monkeypatch.setattr(transport, "WINDOW_S", 0.0)
    monkeypatch.setattr(client, "_PAUSES_S", (0.0, 0.0, 0.0))
    case = CASES[name]
    guard = LockoutGuard(tmp_path / "guard")
    async with device(**case.get("device", {})) as bench:
        wanted = case.get("aspects", aspects_of(bench.job.declared.kind))
        for number, step in enumerate(case["steps"], 1):
            await take(step, bench, frozenset(map(Aspect, wanted)), guard, f"step {number}")


async def take(
    step: dict[str, Any], bench: Bench, aspects: frozenset[Aspect], guard: LockoutGuard, where: str
) -> None:
    consent = Consent(**step.pop("consent", {}))
    if "patch" in step:
        for section, value in step["patch"].items():
            bench.twin.patch(section, value)
    elif "reboot" in step:
        bench.twin.reboot()
        bench.twin.stay_silent(0)
    elif "state" in step:
        for section, wanted in step["state"].items():
            actual = adapter(section).dump_python(getattr(bench.twin.settings, section), mode="json")
            assert contains(actual, wanted), f"{where}: {section} is {actual}"
    elif "isapi" in step:
        assert documents(bench.twin, step["isapi"]) == step["isapi"], where
    else:
        bench.twin.counts.clear()
        if step["run"] == "survey":
            (outcome,) = await survey([bench.job], guard=guard, aspects=aspects, consent=consent)
        else:
            outcome = await converge(bench.job, guard=guard, aspects=aspects, consent=consent)
        assert seen(outcome, step, dict(bench.twin.counts)) == step, where


def documents(twin: Twin, wanted: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return the texts that a case asks for, by resource and path in it."""
    told = {}
    for resource, paths in wanted.items():
        root = kept(twin, resource)
        assert root is not None, resource
        told[resource] = {path: text(root, path) for path in paths}
    return told


def test_every_quirk_has_a_case() -> None:
    shown = {quirk for case in CASES.values() for quirk in case.get("device", {}).get("quirks", ())}
    assert {file.stem for file in QUIRKS.glob("isapi-*.yml")} <= shown
