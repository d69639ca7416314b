"""What a reply means: ``tests/cases/devices/isapi/replies/*.yml``.

A case has ``status`` and ``body``; expected are the ``error`` with ``says``, ``left``, ``locked_s`` and ``subcode``, or
the name of the ``root``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from nanxi.devices import errors
from nanxi.devices.driver import Secret
from nanxi.devices.http.connection import Reply
from nanxi.devices.isapi.understand import BusyError, understand
from nanxi.devices.values import local_name

FOLDER = Path(__file__).parents[2] / "cases/devices/isapi/replies"
CASES = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.yml"))}


@pytest.mark.parametrize("name", CASES)
def test_reply(name: str) -> None:
    case: dict[str, Any] = CASES[name]
    reply = Reply(case["status"], case["body"].encode(), "", (), 0.0)
    if "root" in case:
        assert local_name(understand(reply, "System/time", ())) == case["root"]
        return
    kind = BusyError if case["error"] == "BusyError" else getattr(errors, case["error"])
    with pytest.raises(errors.DeviceError) as caught:
        understand(reply, "System/time", [Secret("top-secret"), Secret("a<b")])
    error = caught.value
    assert type(error) is kind
    assert case.get("says", "") in str(error)
    assert "top-secret" not in str(error)
    assert "a<b" not in str(error)
    assert getattr(error, "attempts_left", None) == case.get("left")
    assert getattr(error, "locked_s", None) == case.get("locked_s")
    assert getattr(error, "subcode", "") == case.get("subcode", "")
