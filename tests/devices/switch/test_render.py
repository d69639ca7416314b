"""What register and plan want of the lab's switches, in four dialects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nanxi.devices.switch.dialects import DIALECTS
from nanxi.devices.switch.diff import remedy, target
from nanxi.devices.switch.intent import LAST_RULE, Rule, intend, numbered
from nanxi.devices.switch.reading import disagreement, tree_of
from nanxi.devices.switch.render import SECTIONS, TEMPLATES, intended, render
from nanxi.estate import load_estate
from nanxi.register.ports import number, port
from tests.devices.switch.simulator import Device, Session, printed

ROOT = Path(__file__).parents[3]
ALL = sorted(DIALECTS)


@pytest.fixture(scope="module")
def intent():
    return intend(load_estate(ROOT / "inventory/lab", ROOT / "inventory/lab/register"), "shangtang-sw01")


@pytest.mark.parametrize("dialect", ALL)
def test_rendered_pushed_and_read_back(intent, dialect):
    """Every line that templates render is one that a switch takes, and reads back as it was meant."""
    spoken = DIALECTS[dialect]
    wanted = intended(intent, spoken)
    device = Device(dialect, {"vlan 1": {}}, {}, timed=False)
    before = tree_of(printed(device, device.running), spoken)
    aim = target(before, wanted, spoken)
    session = Session(device)
    session.send(spoken.enter)
    for command in remedy(before, aim, spoken).forward:
        assert session.send(command.line) == "", command
    after = tree_of(printed(device, device.running), spoken)
    if dialect == "cisco_ios":  # which keeps its SNMPv3 users out of the configuration
        after["snmp-server user nanxi nanxi v3"] = {}
    assert disagreement(after, target(before, wanted, spoken), spoken, wanted) == ""
    assert not remedy(after, target(after, wanted, spoken), spoken)


@pytest.mark.parametrize("dialect", ALL)
def test_one_file_a_section(dialect):
    assert {file.stem for file in (TEMPLATES / dialect).iterdir()} == set(SECTIONS)


def test_cameras_are_in_their_zone_isolated_bound_and_filtered(intent):
    first = intent.access[0]
    assert (first.name, first.device, first.vlan, first.mac, first.isolated) == (
        "GigabitEthernet0/0/1", "shangtang-cam0001", 210, "44-19-B6-00-00-01", True,
    )  # fmt: skip
    assert first.acl is not None
    assert {rule.target_port for _, rule in first.acl.rules} == {123, 162, 5060, None}
    assert all(rule.established for _, rule in first.acl.rules if rule.source_port in (80, 554))
    assert intent.trunks[0].vlans == (110, 120, 130, 140, 210, 220)


def test_only_the_county_reaches_the_switch_itself(intent):
    assert [str(rule.source) for _, rule in intent.ssh.rules] == ["10.98.255.0/26"]


def test_links_are_told_to_the_monitor_of_its_network_where_the_flow_table_lets_them(intent):
    estate = load_estate(ROOT / "inventory/lab", ROOT / "inventory/lab/register")
    assert intent.traps == (estate.devices["county-host04"].ipv4,)
    table = estate.plan.flows
    shut = [flow for flow in table.flows if not (flow.source == "management" and "traps" in flow.services)]
    plan = estate.plan.model_copy(update={"flows": table.model_copy(update={"flows": tuple(shut)})})
    untold = intend(replace(estate, plan=plan), "shangtang-sw01")
    assert untold.traps == ()
    for dialect in DIALECTS.values():
        assert "trap" not in "".join(line for line in render(untold, dialect).splitlines() if "snmp" in line)


_TOLD = "trap address udp-domain 10.98.255.6 params securityname nanxi v3 privacy"


@pytest.mark.parametrize(
    ("dialect", "typed", "shown"),
    [
        ("cisco_ios", "snmp-server group nanxi v3 priv access NX-SNMP",
         "snmp-server group nanxi v3 priv notify *tv.FFFFFFFF.FFFFFFFF.FFFFFFFF.F access NX-SNMP"),
        ("cisco_ios", "snmp-server host 10.98.255.6 traps version 3 priv nanxi",
         "snmp-server host 10.98.255.6 version 3 priv nanxi"),
        ("ruijie_os", "snmp-server host 10.98.255.6 version 3 priv nanxi",
         "snmp-server host 10.98.255.6 traps version 3 priv nanxi"),
        ("huawei_vrp", f"snmp-agent target-host {_TOLD}", f"snmp-agent target-host host-name __targetHost_1_5331 {_TOLD}"),
    ],
)  # fmt: skip
def test_what_a_system_prints_of_a_line_is_that_line(dialect, typed, shown):
    assert tree_of(typed, DIALECTS[dialect]) == tree_of(shown, DIALECTS[dialect])


def test_more_that_ios_tells_of_is_left_alone():
    spoken = DIALECTS["cisco_ios"]
    running = tree_of("snmp-server enable traps snmp authentication linkdown coldstart\n", spoken)
    wanted = tree_of("snmp-server enable traps snmp linkdown linkup\n", spoken)
    (command,) = remedy(running, target(running, wanted, spoken), spoken).forward
    assert command.line == "snmp-server enable traps snmp linkup"


@pytest.mark.parametrize("dialect", ALL)
def test_no_secret_is_rendered(intent, dialect):
    text = render(intent, DIALECTS[dialect])
    assert "<secret:snmp_auth>" in text
    assert "<secret:snmp_privacy>" in text


def test_rules_that_hash_alike_keep_apart():
    rules = {Rule("tcp", None, target_port=port_number) for port_number in range(1, 2000)}
    numbers = [one for one, _ in numbered(rules)]
    assert len(set(numbers)) == len(rules)
    assert max(numbers) < LAST_RULE


@pytest.mark.parametrize(
    ("name", "long", "place"),
    [
        ("GE0/0/1", "GigabitEthernet0/0/1", 1),
        ("GigabitEthernet 0/24", "GigabitEthernet0/24", 24),
        ("gi1/0/3", "GigabitEthernet1/0/3", 3),
        ("XGE0/0/7", "XGigabitEthernet0/0/7", 7),
        ("面板3", "面板3", None),
    ],
)
def test_port_names(name, long, place):
    assert (port(name), number(name)) == (long, place)
