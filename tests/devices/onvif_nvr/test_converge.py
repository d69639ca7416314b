"""Recorders made as declared: ``tests/cases/devices/onvif_nvr/*.yml``. Adding a test is adding a small file.

A case has ``what``; ``inputs`` that the register declares; ``channels`` of the recorder (4); ``twins``, the fleet
file's entries by host; ``before``, sections of the recorder that somebody has altered; ``without_power``, hosts;
``remove_extra``; ``check``. Then come ``changes`` (field: [before, after]) with ``findings`` among them, ``verdict``,
``reason`` (texts in it), ``after`` (sections of the recorder, as far as they are named), ``input`` (fields of the
state that was read back, by channel), ``never`` (operations that may not have been asked), and ``again``, the
verdict of a second run (declared where it is not named); a run that changes nothing may write nothing.
``camera_logins_refused``: how many wrong passwords the first camera has seen in both runs.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.twin.settings import adapter
from nanxi.devices.consent import Consent
from nanxi.devices.converge import converge
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Outcome
from nanxi.devices.state import Aspect
from tests.devices.onvif_nvr.site import NETWORK, RECORDER, Site, site
from tests.lab.twin_onvif.test_scenarios import contains

CASES = {
    file.stem: yaml.safe_load(file.read_text("utf-8"))
    for file in sorted(Path("tests/cases/devices/onvif_nvr").glob("*.yml"))
}
INPUTS = frozenset({Aspect.CHANNELS, Aspect.RECORDING})
WRITES = (":Set", ":Create", ":Delete", ":Configure")


@pytest.fixture
def guard(tmp_path: Path) -> LockoutGuard:
    return LockoutGuard(tmp_path / "guard")


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twins neither lag nor freeze."""
    monkeypatch.setattr("nanxi.devices.converge.GRACE_S", (0.0,))
    monkeypatch.setattr("nanxi.devices.http.transport.WINDOW_S", 0.0)


@pytest.mark.parametrize("name", CASES)
async def test_case(name: str, guard: LockoutGuard) -> None:
    case = CASES[name]
    async with site(case["inputs"], channels=case.get("channels", 4), twins=case.get("twins")) as place:
        for section, value in case.get("before", {}).items():
            place.twin.patch(section, value)
        for host in case.get("without_power", ()):
            place.fleet.set_power(host, on=False)
        outcome = await run(place, guard, case)
        compare(outcome, case)
        if not case.get("check"):
            for section, wanted in case.get("after", {}).items():
                actual = adapter(section).dump_python(getattr(place.twin.settings, section), mode="json")
                assert contains(actual, wanted), f"{section} is {actual}"
            assert not set(case.get("never", ())) & set(place.twin.counts)
            place.twin.counts.clear()
            again = await run(place, guard, case)
            assert again.verdict == case.get("again", "declared"), again.reason
            if again.verdict == "declared":
                assert not [one for one in place.twin.counts if any(word in one for word in WRITES)]
        if "camera_logins_refused" in case:
            refused = place.fleet.twin("unit-cam0001").counts["login refused"]
            assert refused == case["camera_logins_refused"]
        assert RECORDER.password.value not in repr(outcome) + str(outcome)
        assert "p%40ss" not in repr(outcome)


async def run(place: Site, guard: LockoutGuard, case: dict[str, Any]) -> Outcome:
    return await converge(
        place.job,
        guard=guard,
        aspects=INPUTS,
        check=case.get("check", False),
        consent=Consent(remove_extra=case.get("remove_extra", False)),
    )


def compare(outcome: Outcome, case: dict[str, Any]) -> None:
    assert outcome.verdict == case["verdict"], f"{outcome.reason} {outcome.changes}"
    found = {change.field: [change.before, change.after] for change in outcome.changes}
    wanted = {
        field: [text.replace("<net/>", NETWORK) for text in pair]
        for field, pair in case.get("changes", {}).items()
    }
    assert found == wanted
    findings = [change.field for change in outcome.changes if not change.applicable]
    assert findings == case.get("findings", [])
    for text in case.get("reason", ()):
        assert text in outcome.reason
    inputs = {one.channel: dataclasses.asdict(one) for one in outcome.state.inputs or ()}
    for channel, fields in case.get("input", {}).items():
        assert contains(inputs[channel], fields), inputs[channel]
