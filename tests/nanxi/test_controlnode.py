"""Which networks a machine leaves to other control nodes, and what becomes of their devices in the inventory."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from lab.network import ROOT
from nanxi.controlnode import is_own, left_to_others
from nanxi.county.model import Network
from nanxi.estate import load_estate
from nanxi.inventory import ELSEWHERE, MANAGED, group_vars, groups_of

LAB = load_estate(ROOT / "inventory/lab")
POLICE, PUBLIC = IPv4Address("10.98.255.20"), IPv4Address("10.99.255.20")


def told(*mine: IPv4Address) -> dict[str, list[str]]:
    left = left_to_others(LAB, lambda address: address in mine)
    return {network.value: [node.host for node in nodes] for network, nodes in left.items()}


@pytest.mark.parametrize(
    ("mine", "expected"),
    [
        ((POLICE,), {"public": ["county-host06"]}),
        ((PUBLIC,), {"police": ["county-host05"]}),
        ((POLICE, PUBLIC), {}),  # a rehearsal on one machine
        ((IPv4Address("10.98.255.7"),), {}),  # a laptop that the register does not know
    ],
)
def test_a_control_node_leaves_the_network_in_which_it_does_not_stand(
    mine: tuple[IPv4Address, ...], expected: dict[str, list[str]]
) -> None:
    assert told(*mine) == expected


def test_no_play_here_asks_for_a_device_of_another_network() -> None:
    others = left_to_others(LAB, lambda address: address == POLICE)
    groups = {host: groups_of(device, LAB, others) for host, device in LAB.devices.items()}
    for host, device in LAB.devices.items():
        expected = ELSEWHERE if device.network is Network.PUBLIC else MANAGED
        assert [group for group in groups[host] if group in (ELSEWHERE, MANAGED)] == (
            [expected] if device.touchable and device.spoken_to else []
        )
    assert {group for several in groups.values() for group in several} >= {ELSEWHERE, MANAGED}
    assert group_vars(LAB, others)[ELSEWHERE] == {"provisioned_by": "county-host06 (10.99.255.20)"}


def test_an_address_is_ones_own_or_it_is_not() -> None:
    assert is_own(IPv4Address("127.0.0.1"))
    assert not is_own(IPv4Address("192.0.2.1"))
