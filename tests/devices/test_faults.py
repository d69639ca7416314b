"""Faults and other refusals as devices write them, and the error that each means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from nanxi.devices import errors
from nanxi.devices.driver import Secret
from nanxi.devices.onvif import soap

FOLDER = Path(__file__).parents[1] / "cases/devices/onvif/faults"
CASES = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.yml"))}
_HEAD = '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>'


@pytest.mark.parametrize("name", CASES)
def test_fault(name: str) -> None:
    case: dict[str, Any] = CASES[name]
    fault = soap.open_body(f"{_HEAD}{case['fault']}</e:Body></e:Envelope>".encode())
    assert isinstance(fault, soap.Fault)
    error = soap.fault_error(fault, case.get("status", 400), trusted=case.get("trusted", False))
    assert type(error) is getattr(errors, case["error"])
    for name_, value in case.get("attributes", {}).items():
        assert getattr(error, name_) == value
    assert case.get("says", "") in str(error)


def test_a_device_that_echoes_a_password_does_not_spread_it() -> None:
    fault = soap.Fault("Sender", ("InvalidArgVal",), "bad password canary<1 in canary&lt;1")
    assert "canary" not in str(fault.without([Secret("canary<1")]))


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>404</body></html>", b"<!DOCTYPE html><html/>", b"{}", b"<a/>", f"{_HEAD}</e:Body>".encode(),
     f"{_HEAD}</e:Body></e:Envelope>".encode(), b"\xff\xfe<\x00a\x00", b"<?xml version='1.0'?><!DOCTYPE a><a/>"],
)  # fmt: skip
def test_not_soap(body: bytes) -> None:
    with pytest.raises(errors.HostileError):
        soap.open_body(body)
