"""Scenarios of recorders and encoders: ``tests/cases/twin/profile_g/*.yml``, in the language of twin_onvif's.

Beside its steps there are ``power: {host: on}``, and ``<camera1/>``, ``<camera2/>`` and ``<nowhere/>`` stand for
address and RTSP port of two cameras and of nobody. ``device`` is nvr or encoder, ``channels`` how many it has.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.twin.services import OPERATIONS
from tests.lab.profile_g.conftest import MakeSite
from tests.lab.twin_onvif.conftest import HandClock
from tests.lab.twin_onvif.test_scenarios import take

FOLDER = Path("tests/cases/twin/profile_g")
CASES = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.yml"))}


@pytest.mark.parametrize("name", CASES)
async def test_scenario(name: str, make_site: MakeSite, hand_clock: HandClock) -> None:
    case = CASES[name]
    site = await make_site(
        case.get("device", "nvr"), case.get("channels", 2), overrides=case.get("overrides", {})
    )
    for number, step in enumerate(case["steps"], 1):
        if "power" in step:
            for host, on in step["power"].items():
                site.fleet.set_power(host, on=on)
            continue
        filled: dict[str, Any] = {key: site.filled(value) for key, value in step.items()}
        await take(filled, site.twin, hand_clock, f"step {number}")


def test_every_operation_of_profile_g_is_asked() -> None:
    known = {name for name in OPERATIONS if name.startswith(("trc", "trv", "tse", "trp"))}
    asked = {step.get("call") for case in CASES.values() for step in case["steps"]}
    assert known <= asked
