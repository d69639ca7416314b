"""Every host of the county gets a ruleset that nft takes, of a size that follows units and not cameras."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from itertools import product
from pathlib import Path

import pytest

from nanxi.county.addresses import gateway
from nanxi.county.isolation import Isolation
from nanxi.county.load import load_plan
from nanxi.county.model import Network, Plan
from nanxi.estate import load_estate
from nanxi.gateway.confined import Confined, confined
from nanxi.gateway.rules import Chain, Rule, rules
from nanxi.gateway.ruleset import ruleset
from nanxi.gateway.station import Station, station
from nanxi.register.model import Host
from nanxi.wiring import WiringError
from tests.support.crossroads import Room

ROOT = Path(__file__).parents[2]
PLANS = {name: load_plan(ROOT / "inventory" / name / "plan") for name in ("lab", "yongjia")}


def host(plan: Plan, unit: str, zone: str, role: str, offset: int = 1) -> Station:
    blocks = plan.addresses.blocks[plan.county.key if unit == "county" else unit]
    address = gateway(blocks[zone]) + offset - 1
    return station(Host.model_construct(unit=unit, serial=1, role=role, ipv4=address), plan)


def gateways(plan: Plan) -> list[Station]:
    """Return both gateways of every unit, both of the county, and the sharing gateway."""
    made = [
        host(plan, unit.key, zone, "gateway")
        for unit in plan.units
        for zone in ("management", "recording-public")
    ]
    return [
        *made,
        *(host(plan, "county", zone, "gateway") for zone in ("core", "core-public")),
        host(plan, "county", "sharing", "gateway", 2),
    ]


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.lab
def test_nft_takes_every_ruleset(name: str, lone_room: Room) -> None:
    plan = PLANS[name]
    hosts = [host(plan, unit.key, "recording", "recorder", 2) for unit in plan.units]
    hosts.append(host(plan, "county", "core", "monitor", 9))
    for one in [*gateways(plan), *hosts]:
        lone_room.run("nft", "-c", "-f", "-", given=ruleset(one, Isolation(plan)))


@pytest.mark.lab
def test_the_county_s_gateway_loads_and_a_second_time(lone_room: Room) -> None:
    text = ruleset(host(PLANS["yongjia"], "county", "core", "gateway"), Isolation(PLANS["yongjia"]))
    lone_room.run("nft", "-f", "-", given=text)
    first = lone_room.run("nft", "-s", "list", "ruleset")
    lone_room.run("nft", "-f", "-", given=text)
    assert lone_room.run("nft", "-s", "list", "ruleset") == first
    saved = lone_room.run("nft", "list", "ruleset")
    lone_room.run("nft", "-f", "-", given="flush ruleset\n" + saved)  # what the revert does
    assert lone_room.run("nft", "-s", "list", "ruleset") == first


def test_the_number_of_rules_follows_the_zones_and_not_the_units() -> None:
    lines = {
        name: len(
            re.findall(
                r"\b(accept|drop)$",
                ruleset(host(plan, "county", "core", "gateway"), Isolation(plan)),
                re.MULTILINE,
            )
        )
        for name, plan in PLANS.items()
    }
    assert lines["lab"] == lines["yongjia"] < 300


@pytest.mark.parametrize("name", PLANS)
def test_rules_pass_exactly_the_pairs_that_the_flows_join(name: str) -> None:
    """Sources times targets of a rule are pairs of its flow: a set never lets through what no flow names."""
    plan = PLANS[name]
    for here in gateways(plan):
        passed = set()
        for rule in rules(here, Isolation(plan)):
            if rule.chain is Chain.FORWARD:
                passed |= {(rule.flow.key, *pair) for pair in product(rule.sources, rule.targets)}
        crossing = {
            (permit.flow.key, permit.origin, permit.goal)
            for permit in Isolation(plan).permits
            if (came := here.way_to(permit.origin)) and (goes := here.way_to(permit.goal))
            if came != goes
        }
        assert passed == crossing


def test_every_flow_is_carried_by_the_gateways_of_both_ends() -> None:
    plan = PLANS["yongjia"]
    carried = {(here.host, rule.flow.key) for here in gateways(plan) for rule in rules(here, Isolation(plan))}
    keys = {key for _, key in carried}
    # Within one zone; public gateways are at home in theirs.
    assert keys == {flow.key for flow in plan.flows.flows} - {"upload_police"}


def test_no_gateway_stands_in_both_networks_but_the_sharing_gateway() -> None:
    for here in gateways(PLANS["yongjia"]):
        networks = {leg.place.zone.network for leg in here.legs}
        sharing = all(leg.place.zone.joins_networks for leg in here.legs)
        assert len(networks) == (2 if sharing else 1)


def test_the_sharing_gateway_passes_one_flow() -> None:
    plan = PLANS["yongjia"]
    passing = {
        rule.flow.key
        for rule in rules(host(plan, "county", "sharing", "gateway", 2), Isolation(plan))
        if rule.chain is Chain.FORWARD
    }
    assert passing == {"share_public_fetch"}


def test_a_recorder_begins_only_towards_its_cameras_and_the_centre() -> None:
    plan = PLANS["lab"]
    recorder = host(plan, "shangtang", "recording", "recorder", 2)
    begins = [rule for rule in rules(recorder, Isolation(plan)) if rule.chain is Chain.OUTPUT]
    assert {(rule.flow.key, _blocks(rule)) for rule in begins} == {
        ("record_police", (IPv4Network("10.98.0.128/27"),)),
        ("clock_recording", (IPv4Network("10.98.255.0/26"),)),
        ("upload_police", (IPv4Network("10.98.1.0/28"),)),  # if it drives about: to a depot of its own unit
    }


def _blocks(rule: Rule) -> tuple[IPv4Network, ...]:
    assert not isinstance(rule.targets, IPv4Address)
    return tuple(place.block for place in rule.targets)


def test_an_address_in_no_zone_is_said() -> None:
    stray = Host.model_construct(unit="oubei", serial=3, role="gateway", ipv4=IPv4Address("10.98.0.1"))
    with pytest.raises(WiringError, match=r"oubei-host03: its address 10\.98\.0\.1 lies in no zone of oubei"):
        station(stray, PLANS["lab"])


@pytest.mark.parametrize("unit", ["shangtang", "oubei"])
def test_a_unit_s_gateways_carry_what_the_model_says(unit: str) -> None:
    plan = PLANS["lab"]
    for zone, network in (("management", Network.POLICE), ("recording-public", Network.PUBLIC)):
        carried = {
            (rule.flow.key, source, target)
            for rule in rules(host(plan, unit, zone, "gateway"), Isolation(plan))
            if rule.chain is Chain.FORWARD
            for source, target in product(rule.sources, rule.targets)
        }
        meant = Isolation(plan).at_gateway(unit, network)
        assert carried == {(permit.flow.key, permit.origin, permit.goal) for permit in meant}


def test_networks_of_a_leg() -> None:
    assert {leg.interface for leg in host(PLANS["lab"], "oubei", "recording-public", "gateway").legs} == {
        "vlan210",
        "vlan220",
        "vlan280",
    }
    assert Network.PUBLIC in {leg.place.zone.network for leg in gateways(PLANS["lab"])[1].legs}


@pytest.mark.lab
def test_what_speaks_for_cameras_is_held_to_the_register(lone_room: Room) -> None:
    """S5; nft asks the machine for the users, so that these stand in for the services' own."""
    estate = load_estate(ROOT / "inventory/lab")
    recorder, monitor = estate.devices["shangtang-host01"], estate.devices["county-host04"]
    assert isinstance(recorder, Host)
    assert isinstance(monitor, Host)
    assert confined(monitor, estate) is None
    found = confined(recorder, estate)
    assert found is not None
    assert found.users == ("nanxi-gate", "nanxi-recorder")
    assert found.at_home == ("nanxi-exporter",)
    police = {
        one.ipv4
        for one in estate.devices.values()
        if one.unit == "shangtang" and one.network is Network.POLICE
    }
    assert {address for address, _ in found.targets} < police
    assert {port for _, port in found.targets} == {554}
    for one in (
        replace(found, users=("daemon", "bin"), at_home=("sys",)),
        Confined(("daemon",), (), ("sys",)),
    ):
        text = ruleset(station(recorder, estate.plan), Isolation(estate.plan), one)
        lone_room.run("nft", "-c", "-f", "-", given=text)
        assert text.index("jump confined") < text.index("# record_police")
        assert text.index('meta skuid "sys" counter name confined drop') < text.index("# record_police")
