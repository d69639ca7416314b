"""The lab's plan, rows of its register, and what a search might find."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
import yaml

from nanxi.county.load import load_plan
from nanxi.discovery.area import search_area, segments
from nanxi.discovery.model import Found, Speaks
from nanxi.register.model import Camera

CASES = Path("tests/cases/discovery")


def cases(folder: str) -> Any:
    """Return a parametrisation by the files of a folder."""
    files = sorted((CASES / folder).glob("*.yml"))
    return pytest.mark.parametrize(
        "case", [pytest.param(yaml.safe_load(file.read_text("utf-8")), id=file.stem) for file in files]
    )


def row(serial: int = 1, **cells: Any) -> Camera:
    """Return a camera of 瓯北 that is right; ``cells`` say what differs."""
    usual = {
        "unit": "oubei",
        "serial": serial,
        "code": f"33032402001320{serial:06d}",
        "name": f"瓯北{serial}",
        "place": f"瓯北{serial}",
        "state": "installed",
        "vendor": "hikvision",
        "network": "police",
        "point_class": "2",
    }
    return Camera.model_validate(usual | {key: str(value) for key, value in cells.items()})


def found(address: str, speaks: tuple[str, ...] = ("onvif",), **shown: Any) -> Found:
    """Return a device that a search found."""
    lists = {key: tuple(value) if isinstance(value, list) else value for key, value in shown.items()}
    return Found(IPv4Address(address), speaks=frozenset(map(Speaks, speaks)), **lists)


@pytest.fixture(scope="session")
def plan():
    return load_plan(Path("inventory/lab/plan"))


@pytest.fixture(scope="session")
def area(plan):
    return search_area(segments(plan, zones=["cameras-police", "recording"])) | {
        address: segment
        for address, segment in search_area(segments(plan, ["oubei"], ["cameras-public"])).items()
        if address != IPv4Address("10.99.0.34")
    }
