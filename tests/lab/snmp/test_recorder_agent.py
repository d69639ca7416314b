"""The SNMP agents of recorder twins tell the disks that the twins have."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from lab.snmp.agent import Login, SnmpTwin
from lab.snmp.recorder import objects_now
from nanxi.devices.snmp.access import KeyRing, UserAccess
from nanxi.devices.snmp.client import Limits, connect
from nanxi.devices.snmp.read import Poll, read
from nanxi.estate import load_estate
from nanxi.register.model import Nvr

ESTATE = load_estate(Path(__file__).parents[3] / "inventory/lab")
DISKS = [
    {"number": 1, "status": "ok", "capacity_gb": 4000, "free_gb": 1000},
    {"number": 2, "status": "broken", "capacity_gb": 4000, "free_gb": 0},
    {"number": 3, "status": "missing", "capacity_gb": 4000, "free_gb": 4000},
]


@pytest.mark.parametrize("vendor", ["generic", "hikvision"])
async def test_disks_are_the_twins(vendor: str) -> None:
    known = ESTATE.devices["shangtang-nvr01"]
    assert isinstance(known, Nvr)
    device = known.model_copy(update={"vendor": vendor})
    login = Login("", "nanxi", "Auth-12345678", "Priv-12345678")
    twin = SnmpTwin("127.0.0.1", 0, objects_now(device, ESTATE, DISKS), login)
    access = UserAccess.model_validate(
        {"version": "3", "user": "nanxi", "auth_password": "Auth-12345678", "priv_password": "Priv-12345678"}
    )
    try:
        agent = await connect(
            "nvr", IPv4Address("127.0.0.1"), twin.port, access=access, keys=KeyRing(), limits=Limits(1, 1)
        )
        points = (await read(agent, Poll())).points
    finally:
        twin.stop()
    told = {dict(labels)["part"]: value for name, labels, value in points if name == "storage_ok"}
    assert told == {"disk 1": 1, "disk 2": 0}
    size = {dict(labels)["part"]: value for name, labels, value in points if name == "storage_bytes"}
    assert size["disk 1"] == pytest.approx(4000e9, rel=0.01)
