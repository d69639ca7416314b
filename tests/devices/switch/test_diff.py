"""From one configuration to another and back, on a simulated switch of every dialect (N4)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nanxi.devices.switch.dialects import DIALECTS
from nanxi.devices.switch.diff import remedy, target
from nanxi.devices.switch.reading import tree_of
from nanxi.devices.switch.text import parse, text_of
from tests.devices.switch.simulator import Device, Session, clone, printed

ALL = sorted(DIALECTS)
VLANS = st.sets(st.integers(2, 40), max_size=4)
NAMES = st.sampled_from(["alpha", "beta", "gamma"])


def lines_of(family: str, values: dict[str, object]) -> dict[str, dict[str, object]]:
    """Return a configuration as the switch holds it."""
    spell = {
        "vrp": ("description {}", "port default vlan {}", "port link-type access", "port link-type trunk",
                "port trunk allow-pass vlan {}", " ", "GigabitEthernet0/0/{}"),
        "comware": ("name {}", "port access vlan {}", "", "port link-type trunk", "port trunk permit vlan {}", " ",
                    "GigabitEthernet1/0/{}"),
        "ios": ("name {}", "switchport access vlan {}", "switchport mode access", "switchport mode trunk",
                "switchport trunk allowed vlan {}", ",", "GigabitEthernet0/{}"),
    }[family]  # fmt: skip
    name, access, is_access, is_trunk, trunk, sign, port = spell
    config: dict[str, dict[str, object]] = {}
    for vlan, text in values["vlans"].items():
        config[f"vlan {vlan}"] = {name.format(text): {}} if text else {}
    for number, entries in values["acls"].items():
        rules = {}
        for rule, network in sorted(entries.items()):
            if family == "ios":
                rules[f"permit tcp 10.{network}.0.0 0.0.255.255 any eq {rule}"] = {}
            else:
                rules[
                    f"rule {rule} permit tcp source 10.{network}.0.0 0.0.255.255 destination-port eq 554"
                ] = {}
        config[f"ip access-list extended L{number}" if family == "ios" else f"acl {number}"] = rules
    for number, (vlan, text, isolated) in values["access"].items():
        port_lines = {f"description {text}": {}} if text else {}
        if is_access:
            port_lines[is_access] = {}
        port_lines[access.format(vlan)] = {}
        if isolated:
            port_lines["switchport protected" if family == "ios" else "port-isolate enable group 1"] = {}
        config[f"interface {port.format(number)}"] = port_lines
    for number, vlans in values["trunks"].items():
        lines = {is_trunk: {}}
        if vlans:
            lines[trunk.format(sign.join(map(str, sorted(vlans))))] = {}
        config[f"interface {port.format(number)}"] = lines
    for line in values["system"]:
        config[line] = {}
    return config


@st.composite
def pairs(draw, family):
    """Return two configurations of one switch: the ports are the same, what is on them is not."""

    def one():
        vlans = draw(st.dictionaries(st.integers(2, 40), st.one_of(st.none(), NAMES), max_size=4))
        used = sorted(vlans) or [1]
        return {
            "vlans": vlans,
            "acls": draw(
                st.dictionaries(
                    st.sampled_from([3001, 3002]),
                    st.dictionaries(st.integers(1, 9), st.integers(0, 3), min_size=1, max_size=4),
                )
            ),
            "access": {
                number: (draw(st.sampled_from(used)), draw(st.one_of(st.none(), NAMES)), draw(st.booleans()))
                for number in (1, 2)
            },
            "trunks": {24: draw(VLANS)},
            "system": draw(
                st.sets(
                    st.sampled_from(
                        ["ntp server 10.0.0.1", "ntp server 10.0.0.2", "lldp run", "ip ssh version 2"]
                        if family == "ios"
                        else ["ntp-service unicast-server 10.0.0.1", "lldp enable", "stelnet server enable"]
                    )
                )
            ),
        }

    return one(), one()


def push(device, commands):
    session = Session(device)
    session.send("configure terminal" if device.family == "ios" else "system-view")
    for command in commands:
        said = session.send(command.line)
        assert not said, (command, said)
    return session


@pytest.mark.parametrize("dialect", ALL)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_there_and_back(dialect, data):
    spoken = DIALECTS[dialect]
    device = Device(dialect, {}, {}, timed=False)
    first, second = (lines_of(device.family, one) for one in data.draw(pairs(device.family)))
    a = tree_of(printed(device, first), spoken)
    b = tree_of(printed(device, second), spoken)
    commands = remedy(a, b, spoken)
    device.running = clone(first)
    push(device, commands.forward)
    reached = tree_of(printed(device, device.running), spoken)
    # An interface is never removed: one that lost all its lines is still there, and prints as nothing.
    assert without_empty_ports(reached) == without_empty_ports(b)
    push(device, commands.back)
    assert without_empty_ports(tree_of(printed(device, device.running), spoken)) == without_empty_ports(a)


def without_empty_ports(tree):
    return {line: below for line, below in tree.items() if below or not line.startswith("interface ")}


@pytest.mark.parametrize("dialect", ALL)
def test_nothing_to_do_sends_nothing(dialect):
    spoken = DIALECTS[dialect]
    tree = spoken.normal(parse("vlan 10\n name x\ninterface GigabitEthernet0/1\n description y\n"))
    assert not remedy(tree, tree, spoken)


@pytest.mark.parametrize("dialect", ALL)
def test_only_owned_sections_lose_what_is_not_intended(dialect):
    spoken = DIALECTS[dialect]
    running = spoken.normal(parse("vlan 30\nvlan 1\nntp server 10.0.0.9\n"))
    wanted = spoken.normal(parse("vlan 110\n"))
    assert list(target(running, wanted, spoken)) == ["vlan 30", "vlan 1", "ntp server 10.0.0.9", "vlan 110"]
    assert list(target(running, wanted, spoken, {"vlan"})) == ["vlan 1", "ntp server 10.0.0.9", "vlan 110"]


def test_foreign_rule_in_our_list_is_removed():
    spoken = DIALECTS["huawei_vrp"]
    running = spoken.normal(
        parse("acl 3110\n rule 5 permit ip\n rule 10 permit tcp\nacl 3999\n rule 5 permit ip\n")
    )
    wanted = spoken.normal(parse("acl number 3110\n rule 10 permit tcp\n"))
    reached = target(running, wanted, spoken)
    assert text_of(reached) == "acl number 3110\n rule 10 permit tcp\nacl number 3999\n rule 5 permit ip\n"


def test_new_rule_is_there_before_the_old_one_goes():
    spoken = DIALECTS["hp_comware"]
    running = spoken.normal(parse("acl advanced 3110\n rule 5 permit tcp\n"))
    wanted = spoken.normal(parse("acl advanced 3110\n rule 6 permit udp\n"))
    lines = [command.line for command in remedy(running, wanted, spoken).forward]
    assert lines == ["acl advanced 3110", "rule 6 permit udp", "undo rule 5", "quit"]
