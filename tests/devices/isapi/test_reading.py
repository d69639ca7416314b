"""Documents as devices write them and what we read out of them: ``tests/cases/devices/isapi/documents/*.yml``.

A case has ``why``, ``read`` (module and function), the ``document``, further arguments ``with``, and ``found``: the
result, of typed records as far as their fields are named.
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from nanxi.xml import parse

FOLDER = Path(__file__).parents[2] / "cases/devices/isapi/documents"
CASES = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.yml"))}


@pytest.mark.parametrize("name", CASES)
def test_document(name: str) -> None:
    case = CASES[name]
    module, function = case["read"].split(".")
    read = getattr(importlib.import_module(f"nanxi.devices.isapi.{module}"), function)
    others = [parse(one.encode()) if str(one).startswith("<") else one for one in case.get("with", ())]
    told = plain(read(parse(case["document"].encode()), *others))
    assert asked_for(told, case["found"]) == case["found"]


def plain(found: Any) -> Any:
    """Return what was found as a person would write it into a case file."""
    if dataclasses.is_dataclass(found):
        return {field.name: plain(getattr(found, field.name)) for field in dataclasses.fields(found)}
    if isinstance(found, Mapping):
        return {key: plain(value) for key, value in found.items()}
    if isinstance(found, datetime):
        return found.isoformat()
    if isinstance(found, str | int | float | bool | None):
        return found
    if isinstance(found, frozenset):
        return sorted(map(plain, found))
    return [plain(one) for one in found]


def asked_for(told: Any, wanted: Any) -> Any:
    """Return of ``told`` the fields that ``wanted`` names."""
    if isinstance(told, dict) and isinstance(wanted, dict):
        return {key: asked_for(value, wanted[key]) for key, value in told.items() if key in wanted}
    if isinstance(told, list) and isinstance(wanted, list) and len(told) == len(wanted):
        return [asked_for(one, other) for one, other in zip(told, wanted, strict=True)]
    return told
