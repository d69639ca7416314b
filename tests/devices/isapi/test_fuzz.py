"""Whatever a device writes into its documents, reading, planning and writing end in values or typed errors."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.twin.fleet import Fleet
from lab.twin.isapi import face
from lab.twin.isapi.replies import Problem, status_reply
from lab.twin.twin import Twin
from nanxi.devices.declare import aspects_of, target
from nanxi.devices.driver import Credential
from nanxi.devices.errors import DeviceError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.http.connection import Reply
from nanxi.devices.isapi import client
from nanxi.devices.isapi.session import IsapiSession
from nanxi.devices.plan import plan
from nanxi.register.model import Camera
from tests.devices.isapi.bench import ADDRESS, KINDS, PASSWORDS, declared_of, input_of, row_of
from tests.hostile.spoil import MISTAKES, spoil
from tests.hostile.test_fuzz import FUZZ


class Spoiling:
    """A transport to a twin in this process, past its sign-in, that spoils a third of its documents."""

    def __init__(self, twin: Twin, mistakes: list[tuple], some: int) -> None:
        self._twin, self._mistakes, self._some = twin, mistakes, some

    async def send(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], *, repeatable: bool = True
    ) -> Reply:
        resource = path.removeprefix(face.PREFIX)
        try:
            reply = face._answer(self._twin, face.Request(method, resource, path, body, None))
        except Problem as problem:
            reply = status_reply(self._twin, path, problem.sub_status, problem.where)
        salt = sum(resource.encode())
        content = reply.body
        if not (salt + self._some) % 3:
            content = spoil(content, [(kind, where + salt, what) for kind, where, what in self._mistakes])
        return Reply(reply.status, content, "", (), 1_700_000_000.0)

    async def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("profile", KINDS)
@settings(FUZZ, max_examples=60)
@given(mistakes=MISTAKES, some=st.integers(0, 2))
def test_survey_and_converge_of_spoiled_documents(profile: str, mistakes: list[tuple], some: int) -> None:
    async def act() -> None:
        row = row_of(KINDS[profile], 1, ADDRESS, 80, 4)
        cameras = [row_of(Camera, 100 + number, ADDRESS + number, 80, 0) for number in (1, 2)]
        inputs = [input_of(number, camera) for number, camera in enumerate(cameras, 1)]
        declared = declared_of(KINDS[profile].kind, row, (1, 2), inputs)
        logins = {camera.host: Credential("recorder", PASSWORDS["recorder"]) for camera in cameras}
        goal = target(declared, passwords=PASSWORDS, input_passwords=logins)
        twin = Fleet([row, *cameras]).twin(row.host)
        with tempfile.TemporaryDirectory() as folder:
            session = IsapiSession(goal, LockoutGuard(Path(folder)), Spoiling(twin, mistakes, some))
            await session.sign_in()
            aspects = aspects_of(declared.kind)
            state = await session.read_limits(await session.read(aspects))
            changes = plan(declared, state, aspects)
            for change in changes:
                assert "\n" not in f"{change.field}{change.before}{change.after}{change.reason}"
            await session.apply(declared, [change for change in changes if change.applicable])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(client, "_PAUSES_S", ())
        with suppress(DeviceError):
            asyncio.run(act())
