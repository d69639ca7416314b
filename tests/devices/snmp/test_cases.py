"""Families against agents, one file a case (tests/cases/snmp)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lab.snmp.objects import profile
from nanxi.devices.snmp.families import families
from tests.devices.snmp.conftest import V3, same, written

CASES = Path(__file__).parents[2] / "cases/snmp"


@pytest.mark.parametrize("file", sorted(CASES.glob("*.yml")), ids=lambda file: file.stem)
async def test_case(file, agent) -> None:
    case = yaml.safe_load(file.read_text())
    changed = {
        oid: next(iter(value.items())) if isinstance(value, dict) else value
        for oid, value in case.get("set", {}).items()
    }
    dropped = tuple(case.get("drop", ()))
    objects = {
        oid: value for oid, value in profile(case["profile"]).items() if not oid.startswith(dropped or "x")
    }
    state = await agent({**objects, **changed}).poll()
    found = written(state)
    assert state.identity.family == case["family"]
    wrong = {
        key: found.get(key)
        for key, value in case.get("points", {}).items()
        if not same(found.get(key, -1e99), value)
    }
    assert not wrong, found
    assert not [key for key in found for start in case.get("absent", ()) if key.startswith(start)]


@pytest.mark.parametrize("name", ["vrp", "hikvision-camera", "dahua-nvr"])
async def test_v3_finds_what_v2c_finds(name, agent) -> None:
    bench = agent(profile(name))
    assert written(await bench.poll(V3)) == written(await bench.poll())


def test_every_family_has_a_case() -> None:
    shown = {yaml.safe_load(file.read_text())["family"] for file in CASES.glob("*.yml")}
    included = {name for family in families().values() for name in family.includes}
    assert set(families()) - shown - included == {"generic"}  # the common MIBs, shown with the others
