"""Scenarios: ``tests/cases/twin/scenarios/*.yml``. Adding a test is adding a small file.

A file has ``what``, the twin (``profile``, ``quirks``, ``overrides``) and ``steps``. A step is one of

* ``call`` with ``body``, ``sign`` and what to expect: ``status``, ``fault`` (codes from the outer to the inner one),
  ``has`` and ``lacks`` (text of the reply), ``challenge`` (whether HTTP Digest is offered), ``date_off_s`` (of the
  Date header), ``invalid_reply`` or ``invalid_request`` where the schema is broken on purpose, ``silent`` where no
  answer may come, ``times`` to do it more than once;
* ``wait_s``: time passes; ``reboot``; ``settings``: what the twin's state must be, as far as it is named.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from lab.twin.profile import QUIRKS, read_quirk
from lab.twin.schema import problem
from lab.twin.settings import adapter
from lab.twin.twin import Twin
from tests.lab.twin_onvif.client import Sign, call, envelope
from tests.lab.twin_onvif.conftest import HandClock

FOLDER = Path("tests/cases/twin/scenarios")
CASES = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.yml"))}

#: A matter of the client alone, see its file.
SHOWN_BY_CLIENTS = {"O20"}


@pytest.mark.parametrize("name", CASES)
async def test_scenario(name: str, make_twin: Any, hand_clock: HandClock) -> None:
    case = CASES[name]
    twin = await make_twin(
        case.get("profile", "generic"), tuple(case.get("quirks", ())), overrides=case.get("overrides", {})
    )
    for number, step in enumerate(case["steps"], 1):
        await take(step, twin, hand_clock, f"step {number}")


async def take(step: dict[str, Any], twin: Twin, clock: HandClock, where: str) -> None:
    if step.get("silent"):
        with pytest.raises(TimeoutError):
            await call(twin, step["call"], step.get("body", ""), patience_s=0.5)
    elif "call" in step:
        for _ in range(step.get("times", 1)):
            await ask(step, twin, where, clock)
    elif "wait_s" in step:
        clock.move(step["wait_s"])
    elif "reboot" in step:
        twin.reboot()
        clock.move(twin.traits.boot_s)
    else:
        for section, wanted in step["settings"].items():
            actual = adapter(section).dump_python(getattr(twin.settings, section), mode="json")
            assert contains(actual, wanted), f"{where}: {section} is {actual}"


async def ask(step: dict[str, Any], twin: Twin, where: str, clock: HandClock) -> None:
    body = step.get("body", "")
    if not step.get("invalid_request"):
        assert problem(etree.fromstring(envelope(step["call"], body))[1][0]) is None, where
    sign = Sign(**step["sign"]) if "sign" in step else None
    reply = await call(twin, step["call"], body, sign)
    shown = reply.body.decode()
    expected = step.get("status", 400 if "fault" in step else 200)
    assert reply.status == expected, f"{where}: {shown}"
    if "fault" in step:
        assert reply.fault == step["fault"], where
    for text in step.get("has", ()):
        assert text in shown, f"{where}: {shown}"
    for text in step.get("lacks", ()):
        assert text not in shown, where
    if "challenge" in step:
        assert bool(reply.challenges) == step["challenge"], where
    if "date_off_s" in step:
        off = parsedate_to_datetime(reply.headers["Date"]).timestamp() - clock.now
        assert off == pytest.approx(step["date_off_s"], abs=1), where
    if reply.status == 200:
        assert bool(problem(reply.content)) == step.get("invalid_reply", False), (
            f"{where}: {problem(reply.content)}"
        )


def contains(actual: Any, wanted: Any) -> bool:
    """Return whether ``actual`` has everything that is named in ``wanted``; a list must have its items in order."""
    if isinstance(wanted, dict):
        return all(key in actual and contains(actual[key], value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return len(actual) == len(wanted) and all(map(contains, actual, wanted))
    if isinstance(wanted, float):
        return actual == pytest.approx(wanted)
    return bool(actual == wanted)


def test_every_quirk_has_a_scenario() -> None:
    # Those of streams are shown by tests/lab/rtsp, of ISAPI by tests/lab/isapi, of WS-Discovery by tests/discovery.
    ours = (file.stem for file in QUIRKS.glob("*.yml") if not file.stem.startswith(("isapi-", "discovery-")))
    quirks = {quirk for quirk in ours if set(read_quirk(quirk).twin) != {"rtsp"}}
    shown = {quirk for case in CASES.values() for quirk in case.get("quirks", ())}
    assert quirks - shown == SHOWN_BY_CLIENTS
