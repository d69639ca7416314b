"""POSIX TZ strings that were seen on devices (domain: recorded and reported)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from nanxi.devices.timezone import equivalent

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/devices/timezones.yml").read_text("utf-8"))


@pytest.mark.parametrize("zone", CASES["same as CST-8"])
def test_same(zone: str) -> None:
    assert equivalent(zone, "CST-8")


@pytest.mark.parametrize("zone", CASES["not CST-8"])
def test_different(zone: str) -> None:
    assert not equivalent(zone, "CST-8")


def test_what_nobody_can_read_equals_itself() -> None:
    assert equivalent("???", "???")
