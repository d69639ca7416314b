"""What agents do wrong, and what we are told of it (S1, S2, S3)."""

from __future__ import annotations

import pytest

from lab.snmp.objects import profile
from nanxi.devices.errors import HostileError, RefusedError, UnreachableError
from nanxi.devices.snmp.access import Community, UserAccess
from tests.devices.snmp.conftest import LOGIN, V3

TABLE = "1.3.6.1.2.1.2.2.1.2"
ROWS = {f"{TABLE}.{number}": f"port {number}" for number in range(1, 31)} | {"1.3.6.1.2.1.2.2.1.3.1": 6}


async def test_a_walk_ends_with_its_table(agent) -> None:
    client = await agent(ROWS).connect(max_repetitions=7)
    assert [index for index, _ in await client.walk(TABLE)] == [str(number) for number in range(1, 31)]
    assert client.problems == {}
    assert client.requests == 5


async def test_an_agent_that_goes_round_in_circles_is_stopped(agent) -> None:
    bench = agent(ROWS)
    bench.twin.objects.behaviour = "not-increasing"
    client = await bench.connect()
    assert [index for index, _ in await client.walk(TABLE)] == ["1", "2", "3"]
    assert client.problems == {TABLE: "not_increasing"}
    assert client.requests < 3


async def test_rows_without_end_are_cut(agent) -> None:
    bench = agent(ROWS)
    bench.twin.objects.behaviour = "endless"
    client = await bench.connect(max_rows=100)
    assert len(await client.walk(TABLE)) == 100
    assert client.problems == {TABLE: "truncated"}


async def test_few_rows_are_wanted_at_once(agent) -> None:
    """S2: an agent that does not answer to many."""
    bench = agent(ROWS)
    bench.twin.objects.behaviour = "small-bulk"
    assert len(await (await bench.connect()).walk(TABLE)) == 30
    with pytest.raises(UnreachableError):
        await (await bench.connect(max_repetitions=25, timeout_s=0.2)).walk(TABLE)


async def test_objects_that_are_not_there_are_left_out(agent) -> None:
    client = await agent(profile("hikvision-nvr")).connect()
    got = await client.get(["1.3.6.1.4.1.50001.1.221.0", "1.3.6.1.4.1.50001.1.999.0"])
    assert got == {"1.3.6.1.4.1.50001.1.221.0": 35}


async def test_many_objects_are_asked_for_in_parts(agent) -> None:
    client = await agent(ROWS).connect()
    assert len(await client.get([f"{TABLE}.{number}" for number in range(1, 31)])) == 30
    assert client.requests == 3


async def test_a_wrong_community_looks_like_nobody(agent) -> None:
    wrong = Community.model_validate({"version": "2c", "community": "other"})
    with pytest.raises(
        UnreachableError, match=r"no answer to 2 requests within 0.2 s each; a wrong community"
    ):
        await agent(ROWS).poll(wrong, timeout_s=0.2)


@pytest.mark.parametrize(
    "change", [{"user": "nobody"}, {"auth_password": "wrong-password"}, {"priv_password": "wrong-password"}]
)
async def test_wrong_user_or_keys_are_refused(change, agent) -> None:
    fields = {"auth_password": LOGIN.auth_password, "priv_password": LOGIN.priv_password}
    wrong = UserAccess.model_validate({"version": "3", "user": LOGIN.user, **fields, **change})
    with pytest.raises(RefusedError):
        await agent(ROWS).poll(wrong)


async def test_an_agent_that_has_nothing_is_told(agent) -> None:
    with pytest.raises(HostileError, match="nothing that Nanxi knows"):
        await agent({"1.3.6.1.2.1.1.4.0": "somebody"}).poll()


async def test_keys_are_localised_once_and_anew_for_another_engine(agent) -> None:
    first, second = agent(profile("vrp")), agent(profile("vrp"))
    await first.poll(V3)
    engine = first.keys.engine("host")
    assert engine
    assert first.keys.user(V3, "host").auth_key.key_type.is_localized
    second.keys = first.keys  # the device was swapped: same name and address, another engine
    await second.poll(V3)
    assert second.keys.engine("host") not in (None, engine)


def test_no_password_is_shown() -> None:
    shown = f"{V3!r} {V3}"
    assert LOGIN.auth_password not in shown
    assert LOGIN.priv_password not in shown
