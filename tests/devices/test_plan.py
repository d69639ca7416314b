"""Declared and actual state in, changes out: one small file a case."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from nanxi.devices.consent import Consent
from nanxi.devices.plan import plan
from nanxi.devices.state import ALL_ASPECTS, DeclaredDevice, DeviceState
from tests.devices.twins import DECLARED

FOLDER = Path(__file__).parents[1] / "cases/devices/plan"
CASES = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.yml"))}
_STATE = TypeAdapter(DeviceState)
_DECLARED = TypeAdapter(DeclaredDevice)


@pytest.mark.parametrize("name", CASES)
def test_plan(name: str) -> None:
    case: dict[str, Any] = CASES[name]
    plain = dataclasses.asdict(DECLARED)
    declared = _DECLARED.validate_python({**plain, **case.get("declared", {})})
    actual = _STATE.validate_python(case["actual"])
    changes = plan(declared, actual, ALL_ASPECTS, Consent(**case.get("consent", {})))
    told = [_tell(change) for change in changes]
    assert told == (case["changes"] or [])


def _tell(change: Any) -> dict[str, str]:
    line = f"{change.field}: {change.before!r} -> {change.after!r}"
    return line if change.applicable else f"{line}, but {change.reason}"


def test_only_the_aspects_that_were_asked_for() -> None:
    actual = DeviceState(hostname="x", unsupported=frozenset())
    assert plan(DECLARED, actual, frozenset()) == ()


def test_nothing_read_is_nothing_to_change() -> None:
    assert plan(DECLARED, DeviceState(), ALL_ASPECTS) == ()
