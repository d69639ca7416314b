"""Scenarios: ``tests/cases/isapi/*.yml``. Adding a test is adding a small file.

A file has ``what``, the twin (``profile``, ``quirks``, ``overrides``) and ``steps``. A step is one of

* ``get``, ``put``, ``post`` or ``delete`` with a resource; a ``put`` sends the document that it read with ``texts``
  changed and ``drop`` left out, or the ``body`` given; ``user`` and ``password`` other than the factory's. Expected are
  ``status`` (200), ``sub_status``, ``has`` (texts by path of local names, a list where there are several), ``lacks``
  (paths), ``is`` (the whole body), ``stale`` and ``times``;
* ``onvif`` with an operation and what its reply ``has``; ``settings``: what the twin's state must be, as far as named;
  ``wait_s``; ``reboot``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.twin.profile import QUIRKS
from lab.twin.settings import adapter
from lab.twin.twin import Twin
from tests.lab.isapi.client import ask, edit
from tests.lab.twin_onvif.client import call
from tests.lab.twin_onvif.test_scenarios import contains

FOLDER = Path("tests/cases/isapi")
CASES = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.yml"))}
METHODS = ("get", "put", "post", "delete")


@pytest.mark.parametrize("name", CASES)
async def test_scenario(name: str, make_twin: Any, hand_clock: Any) -> None:
    case = CASES[name]
    twin = await make_twin(
        case.get("profile", "hikvision"), tuple(case.get("quirks", ())), overrides=case.get("overrides", {})
    )
    for number, step in enumerate(case["steps"], 1):
        await take(step, twin, hand_clock, f"step {number}")


async def take(step: dict[str, Any], twin: Twin, clock: Any, where: str) -> None:
    if "wait_s" in step:
        clock.move(step["wait_s"])
    elif "reboot" in step:
        twin.reboot()
        clock.move(twin.traits.boot_s)
    elif "onvif" in step:
        shown = (await call(twin, step["onvif"], step.get("body", ""))).body.decode()
        assert all(text in shown for text in step.get("has", ())), f"{where}: {shown}"
    elif "settings" in step:
        for section, wanted in step["settings"].items():
            actual = adapter(section).dump_python(getattr(twin.settings, section), mode="json")
            assert contains(actual, wanted), f"{where}: {section} is {actual}"
    else:
        for _ in range(step.get("times", 1)):
            await request(step, twin, where)


async def request(step: dict[str, Any], twin: Twin, where: str) -> None:
    method = next(name for name in METHODS if name in step)
    path, body = step[method], step.get("body", "").encode()
    if method == "put" and "body" not in step:
        body = await edit(twin, path, step.get("texts", {}), step.get("drop", []))
    reply = await ask(twin, method.upper(), path, body, step.get("user", "admin"), step.get("password"))
    assert reply.status == step.get("status", 200), f"{where}: {reply.status} {reply.body.decode()}"
    if "sub_status" in step:
        assert reply.sub_status == step["sub_status"], where
    for place, wanted in step.get("has", {}).items():
        found = reply.texts(place)
        expected = [str(one) for one in wanted] if isinstance(wanted, list) else [str(wanted)]
        assert found == expected, f"{where}: {place} in {reply.body.decode()}"
    for place in step.get("lacks", ()):
        assert not reply.texts(place), where
    if "is" in step:
        assert reply.body.decode() == step["is"], where
    if "stale" in step:
        assert ("stale=true" in reply.challenge) == step["stale"], where


def test_every_quirk_has_a_scenario() -> None:
    shown = {quirk for case in CASES.values() for quirk in case.get("quirks", ())}
    assert {file.stem for file in QUIRKS.glob("isapi-*.yml")} <= shown
