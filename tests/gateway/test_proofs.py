"""What the control node asks before and after a gateway's rules change."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path

from nanxi.county.isolation import Isolation
from nanxi.estate import load_estate
from nanxi.gateway.proofs import ENOUGH, proofs
from nanxi.register.model import Host

LAB = load_estate(Path(__file__).parents[2] / "inventory/lab")
CONTROL = IPv4Address("10.98.255.20")


def test_hosts_and_switches_come_first_and_all_are_open_to_the_centre() -> None:
    gateway = LAB.devices["shangtang-host02"]
    assert isinstance(gateway, Host)
    asked = proofs(gateway, LAB)
    assert len(asked) == ENOUGH
    assert [port for _, port in asked[:2]] == [22, 22]
    model = Isolation(LAB.plan)
    for one, port in asked:
        assert model.allowed(CONTROL, IPv4Address(one), "tcp", port)


def test_a_recorder_has_nothing_behind_it() -> None:
    recorder = next(one for one in LAB.devices.values() if isinstance(one, Host) and one.role == "recorder")
    assert proofs(recorder, LAB) == []


def test_the_county_s_gateway_is_proved_by_the_gateways_of_units() -> None:
    county = LAB.devices["county-host01"]
    assert isinstance(county, Host)
    asked = [address for address, _ in proofs(county, LAB)]
    assert asked[:3] == ["10.98.1.34", "10.98.0.65", "10.98.0.1"]
    assert "10.98.255.20" not in asked  # a control node is nobody's device
