"""Port states as flows: what can be said without packets."""

from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from random import Random

import pytest

from lab.switches.dataplane import ANY, Filter, Match, PortState, Rule
from lab.switches.management import Interface, Management, answer
from lab.switches.openflow import _ports, flows


@pytest.mark.parametrize("seed", range(20))
def test_a_port_range_is_exactly_its_blocks(seed):
    chance = Random(seed)
    low = chance.choice((0, 1, chance.randrange(65536)))
    high = chance.choice((65535, low, chance.randrange(low, 65536)))
    met = set()
    for match in _ports("tcp_dst", ((low, high),)):
        value, mask = match.removeprefix(",tcp_dst=").split("/")
        free = ~int(mask, 16) & 0xFFFF
        block = set(range(int(value), int(value) + free + 1))
        assert not block & met
        met |= block
    assert met == set(range(low, high + 1))


def test_no_range_is_any_port():
    assert list(_ports("tcp_dst", ())) == [""]


def test_a_port_without_a_wire_has_no_flows_and_a_shut_one_neither():
    ports = [PortState("p1"), PortState("p2"), PortState("p3", up=False)]
    text = "\n".join(flows(ports, {"p1": 1, "p3": 3}))
    assert "in_port=1" in text
    assert "in_port=2" not in text
    assert "in_port=3" not in text
    assert "output:3" not in text


HERE, UPLINK = IPv4Address("10.98.0.66"), "up"
INSIDE, OUTSIDE = IPv4Address("10.98.0.70"), IPv4Address("10.98.255.10")
DENY_OUTSIDE = Filter((Rule(permit=False, source=Match(int(OUTSIDE), 0)),), permits_rest=True)
PORT = PortState(UPLINK, tagged=frozenset({140}))


def managed(**more):
    interface = {"vlan": 140, "address": IPv4Interface("10.98.0.66/27")} | more.pop("interface", {})
    return Management(
        **{
            "interfaces": (Interface(**interface),),
            "routes": (IPv4Network("0.0.0.0/0"),),
            "ssh": True,
            "lines": None,
        }
        | more
    )


@pytest.mark.parametrize(
    ("about", "management", "port", "inside", "outside"),
    [
        ("everything is there", managed(), PORT, "answers", "answers"),
        ("no way back", managed(routes=()), PORT, "answers", "silent"),
        ("another address", managed(interface={"address": IPv4Interface("10.98.0.67/27")}), PORT, "silent", "silent"),
        ("no interface", managed(interfaces=()), PORT, "silent", "silent"),
        ("interface shut down", managed(interface={"up": False}), PORT, "silent", "silent"),
        ("VLAN off the uplink", managed(), PortState(UPLINK), "silent", "silent"),
        ("uplink shut down", managed(), PortState(UPLINK, up=False, tagged=frozenset({140})), "silent", "silent"),
        ("list on the interface", managed(interface={"inbound": DENY_OUTSIDE}), PORT, "answers", "silent"),
        ("list on the lines", managed(lines=DENY_OUTSIDE), PORT, "answers", "refuses"),
        ("SSH is off", managed(ssh=False), PORT, "refuses", "refuses"),
    ],
)  # fmt: skip
def test_who_is_answered(about, management, port, inside, outside):
    assert answer(management, [port], HERE, INSIDE, UPLINK) == inside, about
    assert answer(management, [port], HERE, OUTSIDE, UPLINK) == outside, about


@pytest.mark.parametrize(
    ("rule", "permitted"),
    [
        (Rule(permit=False, protocol=6, destination_ports=((22, 22),)), False),
        (Rule(permit=False, protocol=6, destination_ports=((23, 23),)), True),
        (Rule(permit=False, protocol=17), True),
        (Rule(permit=False, source=ANY), False),
    ],
)
def test_a_list_is_asked_about_ssh(rule, permitted):
    assert Filter((rule,), permits_rest=True).permits_host(OUTSIDE) is permitted
