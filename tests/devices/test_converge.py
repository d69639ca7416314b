"""One device made as declared, and proved by reading back."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from lab.twin.hostile import registry
from lab.twin.settings import Settings
from lab.twin.twin import Twin
from nanxi.devices.consent import Consent
from nanxi.devices.converge import converge
from nanxi.devices.errors import LockedError, RefusedError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.onvif.session import OnvifSession
from nanxi.devices.outcome import Verdict
from nanxi.devices.state import Aspect
from tests.devices.twins import VAULT, twin

HOSTNAME = frozenset({Aspect.HOSTNAME})
USERS = frozenset({Aspect.USERS})
NETWORK = frozenset({Aspect.NETWORK})


@pytest.fixture
def guard(tmp_path: Path) -> LockoutGuard:
    return LockoutGuard(tmp_path / "guard")


async def test_check_mode_changes_nothing(guard: LockoutGuard) -> None:
    async with twin() as bench:
        outcome = await converge(bench.job, guard=guard, check=True)
        assert outcome.verdict is Verdict.DRIFTED
        assert not [name for name in bench.twin.counts if ":Set" in name or ":Create" in name]


async def test_read_back_that_lags_the_write_is_waited_for(
    guard: LockoutGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with twin() as bench:
        late, write, read = [], Twin.change, Twin.settings.fget
        monkeypatch.setattr(Twin, "change", lambda _self, *what: late.append(what))

        def settings(self: Twin) -> Settings:
            if late and self.counts["tds:GetHostname"] > 2:  # before, after, and now once more
                write(self, *late.pop())
            return read(self)

        monkeypatch.setattr(Twin, "settings", property(settings))
        outcome = await converge(bench.job, guard=guard, aspects=HOSTNAME)
    assert outcome.verdict is Verdict.CHANGED


async def test_network_changes_only_when_asked_for(guard: LockoutGuard) -> None:
    overrides = {"factory": {"network": {"gateways": ["127.77.0.9"], "prefix_length": 16}}}
    async with twin(overrides=overrides) as bench:
        outcome = await converge(bench.job, guard=guard, aspects=NETWORK)
        assert outcome.verdict is Verdict.DECLARED
        assert {change.field for change in outcome.changes} == {"network.gateway", "network.prefix_length"}
        outcome = await converge(
            bench.job, guard=guard, aspects=NETWORK, consent=Consent(change_network=True)
        )
        assert outcome.verdict is Verdict.CHANGED, outcome.reason


async def test_factory_password_is_replaced_and_recorder_made(guard: LockoutGuard) -> None:
    async with twin(known=False, factory=[("admin", "admin")]) as bench:
        outcome = await converge(bench.job, guard=guard, aspects=USERS)
        assert outcome.verdict is Verdict.CHANGED, outcome.reason
        users = {user.name: (user.password, user.level) for user in bench.twin.settings.users}
    assert users == {
        "admin": (VAULT["admin"].value, "Administrator"),
        "recorder": (VAULT["recorder"].value, "User"),
    }
    assert [state.refused for state in guard.states()] == [[]]


async def test_every_factory_account_loses_its_password(guard: LockoutGuard) -> None:
    factory = [("admin", "admin"), ("888888", "888888")]
    async with twin("dahua", known=False, factory=factory) as bench:
        outcome = await converge(bench.job, guard=guard, aspects=USERS)
        assert outcome.verdict is Verdict.CHANGED, outcome.reason
        assert "888888" not in {user.password for user in bench.twin.settings.users}


async def test_without_a_password_in_the_vault_nothing_is_touched(guard: LockoutGuard) -> None:
    async with twin(known=False, factory=[("admin", "admin")]) as bench:
        job = dataclasses.replace(bench.job, target=dataclasses.replace(bench.job.target, passwords={}))
        outcome = await converge(job, guard=guard, aspects=USERS)
        assert outcome.verdict is Verdict.NOT_APPLIED
        assert "the vault has no password for 'admin'" in outcome.reason
        assert "tds:SetUser" not in bench.twin.counts


async def test_a_camera_that_only_pretends_to_take_the_password(guard: LockoutGuard) -> None:
    overrides = {"traits": {"set": {"ignores": ["users"]}}}
    async with twin(known=False, factory=[("admin", "admin")], overrides=overrides) as bench:
        outcome = await converge(bench.job, guard=guard, aspects=USERS)
        assert outcome.verdict is Verdict.NOT_APPLIED
        assert "refuses it" in outcome.reason
        assert bench.twin.counts["login refused"] <= 2


@registry.behaviour("takes-it-and-hangs-up")
async def takes_it_and_hangs_up(encounter: registry.Encounter) -> None:
    """Do what was asked and cut the connection instead of answering."""
    encounter.honest()


@pytest.mark.parametrize("taken", [True, False])
async def test_an_answer_lost_while_the_password_changes(guard: LockoutGuard, *, taken: bool) -> None:
    behaviour = "takes-it-and-hangs-up" if taken else "reset"
    fault = {"behaviour": behaviour, "operations": ["tds:SetUser"]}
    async with twin(
        known=False, factory=[("admin", "admin")], overrides={"traits": {"misbehaves": [fault]}}
    ) as bench:
        outcome = await converge(bench.job, guard=guard, aspects=USERS)
        password = bench.twin.user("admin").password
        assert bench.twin.counts["tds:SetUser"] == 1
        assert bench.twin.counts["login refused"] <= 2
    if taken:
        assert (outcome.verdict, password) == (Verdict.CHANGED, VAULT["admin"].value)
    else:
        assert (outcome.verdict, password) == (Verdict.NOT_APPLIED, "admin")
        assert "was not changed" in outcome.reason


async def test_clock_that_drifts_in_a_session_is_read_again_once(guard: LockoutGuard) -> None:
    """O3: one re-synchronisation, no storm."""
    async with twin(quirks=["O3"]) as bench:
        session = await OnvifSession.open(bench.job.target, guard)
        dns = frozenset({Aspect.DNS})
        await session.read(dns)
        bench.twin.patch("clock", {"offset_s": 600.0})
        state = await session.read(dns)
        await session.close()
        assert state.dns is not None
        assert bench.twin.counts["clock refused"] == 1


@pytest.mark.parametrize("scheme", ["wsse-digest", "http-digest"])
async def test_a_password_changed_in_a_session_ends_it(guard: LockoutGuard, scheme: str) -> None:
    async with twin(overrides={"traits": {"auth": {"accepts": [scheme]}}}) as bench:
        session = await OnvifSession.open(bench.job.target, guard)
        bench.twin.patch("users", [{"name": "admin", "password": "other", "level": "Administrator"}])
        with pytest.raises(RefusedError):
            await session.read(frozenset({Aspect.DNS, Aspect.USERS, Aspect.SERVICES}))
        await session.close()
        assert bench.twin.counts["login refused"] <= 2
        with pytest.raises(LockedError):
            await OnvifSession.open(bench.job.target, guard)


async def test_one_forbidden_operation_does_not_spoil_the_rest(guard: LockoutGuard) -> None:
    users = [{"name": "admin", "password": VAULT["admin"].value, "level": "Operator"}]
    async with twin(overrides={"traits": {"auth": {"accepts": ["wsse-digest"]}}}) as bench:
        bench.twin.patch("users", users)
        session = await OnvifSession.open(bench.job.target, guard)
        state = await session.read(frozenset({Aspect.DNS, Aspect.USERS, Aspect.OSD}))
        await session.close()
    assert state.users is None
    assert state.dns is not None
    assert state.osds is not None
    assert any("may not GetUsers" in note for note in state.notes)
