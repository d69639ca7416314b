"""F4 for recorders: whatever their replies are spoiled with, what is read, planned and written ends in a typed error or
a state of plain words."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from lab.twin.fleet import Fleet
from nanxi.devices.consent import Consent
from nanxi.devices.declare import target
from nanxi.devices.errors import DeviceError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.onvif.session import OnvifSession
from nanxi.devices.plan import plan
from nanxi.devices.state import Aspect
from nanxi.register.model import Kind
from tests.devices.onvif_nvr.site import RECORDER, devices, wanted_input
from tests.devices.onvif_nvr.test_read import recording
from tests.devices.twins import DECLARED, KNOWN_USERS, VAULT
from tests.hostile.spoil import MISTAKES
from tests.hostile.test_fuzz import FUZZ, Spoiling

INPUTS = frozenset({Aspect.CHANNELS, Aspect.RECORDING})
PORT = 1  # nobody listens there: a camera that is asked for its stream is dead


class SpoilingRecorder(Spoiling):
    """A transport to a recorder with two channels, of which one is not as declared."""

    def __init__(self, mistakes: list[tuple], some: int) -> None:
        super().__init__(mistakes, some)
        self._twin = Fleet(devices(PORT, channels=4)).twin("unit-nvr01")
        self._twin.patch("users", KNOWN_USERS)
        rows = [recording(number) for number in (1, 2)]
        for section in ("recordings", "receivers", "jobs"):
            self._twin.patch(section, [row[section] for row in rows])


@settings(FUZZ, max_examples=100)
@given(MISTAKES, st.integers(0, 2))
def test_inputs_of_a_recorder_with_spoiled_replies(mistakes: list[tuple], some: int) -> None:
    async def act() -> None:
        inputs = (wanted_input(PORT, 1), wanted_input(PORT, 2, name="另一个"), wanted_input(PORT, 3))
        declared = replace(DECLARED, kind=Kind.NVR, host="unit-nvr01", channels=(), inputs=inputs)
        goal = target(declared, passwords=VAULT, input_passwords={"unit-cam0001": RECORDER})
        with tempfile.TemporaryDirectory() as folder:
            session = OnvifSession(goal, LockoutGuard(Path(folder)), SpoilingRecorder(mistakes, some))
            await session.sign_in()
            state = await session.read(INPUTS)
            changes = plan(declared, state, INPUTS, Consent(remove_extra=True))
            for change in changes:
                said = f"{change.field}{change.before}{change.after}{change.reason}"
                assert "\n" not in said
                assert RECORDER.password.value not in said
            problems = await session.apply(declared, [change for change in changes if change.applicable])
            assert RECORDER.password.value not in str(problems)

    with suppress(DeviceError):
        asyncio.run(act())
