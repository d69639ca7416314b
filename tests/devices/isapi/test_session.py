"""Passwords: changed without losing a device, spent once, never in clear where Digest is refused; hostile answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from lab.twin.hostile import BEHAVIOURS, registry
from nanxi.devices.converge import converge
from nanxi.devices.declare import target
from nanxi.devices.errors import LockedError, RefusedError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.http import connection, transport
from nanxi.devices.isapi import client
from nanxi.devices.isapi.session import IsapiSession
from nanxi.devices.outcome import Verdict
from nanxi.devices.state import ALL_ASPECTS, Aspect
from nanxi.devices.survey import Job, survey
from tests.devices.isapi.bench import ADDRESS, PASSWORDS, device

USERS = frozenset({Aspect.USERS})
FACTORY = {"known": False, "factory": [("admin", "12345")]}


@pytest.fixture
def guard(tmp_path: Path) -> LockoutGuard:
    return LockoutGuard(tmp_path / "guard")


@registry.behaviour("isapi-takes-it-and-hangs-up")
async def takes_it_and_hangs_up(encounter: registry.Encounter) -> None:
    """Do what was asked and cut the connection instead of answering."""
    encounter.honest()


@pytest.mark.parametrize("taken", [True, False])
async def test_an_answer_lost_while_the_password_changes(guard: LockoutGuard, *, taken: bool) -> None:
    behaviour = "isapi-takes-it-and-hangs-up" if taken else "reset"
    fault = {"behaviour": behaviour, "operations": ["PUT /ISAPI/Security/users/1"]}
    traits = {"traits": {"misbehaves": [fault]}, "isapi": {"asks_login_password": False}}
    async with device(overrides=traits, **FACTORY) as bench:
        outcome = await converge(bench.job, guard=guard, aspects=USERS)
        password = bench.twin.user("admin").password
        assert bench.twin.counts["PUT /ISAPI/Security/users/1"] == 1
        assert bench.twin.counts["login refused"] <= 2
    if taken:
        assert (outcome.verdict, password) == (Verdict.CHANGED, PASSWORDS["admin"].value)
    else:
        assert (outcome.verdict, password) == (Verdict.NOT_APPLIED, "12345")
        assert "was not changed" in outcome.reason


async def test_a_device_that_lies_about_its_new_password(guard: LockoutGuard) -> None:
    async with device(overrides={"traits": {"set": {"ignores": ["users"]}}}, **FACTORY) as bench:
        outcome = await converge(bench.job, guard=guard, aspects=USERS)
        assert outcome.verdict is Verdict.NOT_APPLIED
        assert "refuses it" in outcome.reason
        assert bench.twin.counts["login refused"] <= 2


async def test_a_password_changed_in_a_session_ends_it(guard: LockoutGuard) -> None:
    async with device() as bench:
        session = await IsapiSession.open(bench.job.target, guard)
        bench.twin.patch("users", [{"name": "admin", "password": "other", "level": "Administrator"}])
        with pytest.raises(RefusedError):
            await session.read(frozenset({Aspect.DNS, Aspect.USERS, Aspect.SERVICES}))
        await session.close()
        assert bench.twin.counts["login refused"] <= 2
        with pytest.raises(LockedError):
            await IsapiSession.open(bench.job.target, guard)


async def test_an_account_that_may_only_look_reads_what_it_may(guard: LockoutGuard) -> None:
    async with device() as bench:
        users = [{"name": "admin", "password": PASSWORDS["admin"].value, "level": "User"}]
        bench.twin.patch("users", users)
        session = await IsapiSession.open(bench.job.target, guard)
        state = await session.read(frozenset({Aspect.DNS, Aspect.USERS, Aspect.OSD}))
        await session.close()
    assert state.users is None
    assert Aspect.USERS in state.unsupported
    assert state.dns is not None
    assert state.osds is not None


async def test_what_isapi_converged_is_declared_through_onvif(
    guard: LockoutGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "WINDOW_S", 0.0)
    shared = {
        Aspect.USERS,
        Aspect.DNS,
        Aspect.CLOCK,
        Aspect.ENCODERS,
        Aspect.OSD,
        Aspect.NETWORK,
        Aspect.IDENTITY,
    }
    async with device(overrides={"isapi": {"ntp_slots": 2}}, **FACTORY) as bench:
        before = await converge(bench.job, guard=guard, aspects=frozenset(shared))
        (after,) = await survey([replace(bench.job, driver="onvif")], guard=guard, aspects=frozenset(shared))
    assert before.verdict is Verdict.CHANGED, before.reason
    assert (after.verdict, after.changes) == (Verdict.DECLARED, ())


@asynccontextmanager
async def answering(status: int, headers: dict[str, str]) -> AsyncIterator[tuple[int, list[str]]]:
    """Serve one answer to everything; yield the port and the Authorization headers that came."""
    heard: list[str] = []

    async def answer(request: web.BaseRequest) -> web.Response:
        heard.append(request.headers.get("Authorization", ""))
        return web.Response(status=status, headers=headers)

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, str(ADDRESS), 0).start()
    try:
        yield runner.addresses[0][1], heard
    finally:
        await runner.cleanup()


async def test_basic_is_never_answered(guard: LockoutGuard) -> None:
    async with device() as bench:
        declared = bench.job.declared
    headers = {"WWW-Authenticate": 'Basic realm="x"'}
    async with answering(401, headers) as (port, heard):
        goal = target(replace(declared, http_port=port), passwords=PASSWORDS)
        (outcome,) = await survey([Job(declared, goal, "isapi")], guard=guard)
    assert outcome.verdict is Verdict.FAILED
    assert "in clear" in outcome.reason
    assert heard == [""]
    assert guard.states() == [], "no password was spent"


@pytest.mark.parametrize("behaviour", sorted(set(BEHAVIOURS) - {"isapi-takes-it-and-hangs-up"}))
@pytest.mark.parametrize("resource", ["System/deviceInfo", "System/time"])
async def test_hostile_answers_end_in_a_verdict(
    behaviour: str, resource: str, guard: LockoutGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "REPLY_S", 0.3)
    monkeypatch.setattr(transport, "WINDOW_S", 0.0)
    monkeypatch.setattr(client, "_PAUSES_S", (0.0,))
    fault = {"behaviour": behaviour, "operations": [f"GET /ISAPI/{resource}"]}
    async with device(overrides={"traits": {"misbehaves": [fault]}}) as bench:
        (outcome,) = await survey([bench.job], guard=guard, aspects=ALL_ASPECTS, device_deadline_s=3.0)
        assert "Nanxi's own" not in outcome.reason
        assert PASSWORDS["admin"].value not in repr(outcome)
        assert bench.twin.counts["login refused"] <= 1
