"""The long tail by name: zeep builds and reads, our own client carries."""

from __future__ import annotations

import dataclasses
import logging
import os
import subprocess
from pathlib import Path

import pytest

from nanxi.devices.errors import FaultError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.onvif.console import SERVICES, call, operations
from tests.devices.twins import twin

ROOT = Path(__file__).parents[2]


@pytest.fixture
def guard(tmp_path: Path) -> LockoutGuard:
    return LockoutGuard(tmp_path / "guard")


@pytest.mark.parametrize(
    "quirks", [[], ["O4"], ["O10"]], ids=["plain", "digest-only", "advertises-another-address"]
)
async def test_a_call_that_the_driver_has_no_class_for(guard: LockoutGuard, quirks: list[str]) -> None:
    async with twin(quirks=quirks) as bench:
        goal = bench.job.target
        reply = await call(goal, guard, "media", "GetVideoSources", {})
        assert reply[0]["Resolution"]["Width"] == 1920
        imaging = {"VideoSourceToken": reply[0]["token"]}
        reply = await call(goal, guard, "imaging", "GetImagingSettings", imaging)
        assert reply["Brightness"] == 50
        reply = await call(goal, guard, "device", "SetHostname", {"Name": "from-the-console"})
        assert bench.twin.settings.hostname.name == "from-the-console"


@pytest.mark.parametrize(
    ("operation", "arguments", "says"),
    [
        ("GetNothing", {}, "no operation GetNothing"),
        ("SetHostname", {"Label": "x"}, "do not fit SetHostname"),
        ("GetRelayOutputs", {}, "the camera"),
    ],
)
async def test_mistakes_are_named(guard: LockoutGuard, operation: str, arguments: dict, says: str) -> None:
    async with twin() as bench:
        with pytest.raises(FaultError, match=says):
            await call(bench.job.target, guard, "device", operation, arguments)


async def test_an_observed_device_is_only_read(guard: LockoutGuard) -> None:
    async with twin() as bench:
        goal = dataclasses.replace(bench.job.target, may_write=False)
        with pytest.raises(FaultError, match="only watch"):
            await call(goal, guard, "device", "SystemReboot", {})
        assert not bench.twin.counts
        await call(goal, guard, "device", "GetHostname", {})


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_its_wsdl(service: str) -> None:
    assert operations(service)


def test_the_process_stays_as_it_was() -> None:
    """O22: onvif-zeep's import configures logging, and its camera removes the proxies from the environment."""
    assert "onvif" not in {name.partition(".")[0] for name in logging.root.manager.loggerDict}


def test_script() -> None:
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(
        [ROOT / "scripts/onvif", "--list", "imaging"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert (done.returncode, "GetImagingSettings" in done.stdout) == (0, True), done.stderr
    done = subprocess.run(
        [ROOT / "scripts/onvif"], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 2
