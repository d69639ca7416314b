"""An agent of the lab in the test's own loop, and a poll of it."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from ipaddress import IPv4Address
from typing import Any

import pytest

from lab.snmp.agent import Login, SnmpTwin
from nanxi.devices.snmp.access import Access, Community, KeyRing, UserAccess
from nanxi.devices.snmp.client import Agent, Limits, connect
from nanxi.devices.snmp.points import SnmpState
from nanxi.devices.snmp.read import Poll, read

LOGIN = Login("sesame-2c", "nanxi", "auth-password", "priv-password")
V2C = Community.model_validate({"version": "2c", "community": LOGIN.community})
V3 = UserAccess.model_validate(
    {
        "version": "3",
        "user": LOGIN.user,
        "auth_password": LOGIN.auth_password,
        "priv_password": LOGIN.priv_password,
    }
)


class Bench:
    """A running twin; ``poll`` asks it everything."""

    def __init__(self, twin: SnmpTwin) -> None:
        self.twin = twin
        self.keys = KeyRing()

    async def connect(self, access: Access = V2C, **limits: Any) -> Agent:
        wanted = Limits(**{"timeout_s": 1.0, "retries": 1, **limits})
        return await connect(
            "host", IPv4Address("127.0.0.1"), self.twin.port, access=access, keys=self.keys, limits=wanted
        )

    async def poll(self, access: Access = V2C, poll: Poll | None = None, **limits: Any) -> SnmpState:
        return await read(await self.connect(access, **limits), poll or Poll())


@pytest.fixture
async def agent() -> AsyncIterator[Any]:
    """``agent(objects)`` starts a twin."""
    twins: list[SnmpTwin] = []

    def start(objects: Any) -> Bench:
        twins.append(SnmpTwin("127.0.0.1", 0, objects, LOGIN))
        return Bench(twins[-1])

    yield start
    for twin in twins:
        twin.stop()


def written(state: SnmpState) -> dict[str, float]:
    """Return the points as cases write them: ``name label=value``."""
    return {
        " ".join([one.name, *(f"{name}={value}" for name, value in one.labels)]): one.value
        for one in state.points
    }


def same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=0.005)
