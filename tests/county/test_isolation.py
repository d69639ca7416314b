"""The reachability model: what the flow table means, address by address."""

import random
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from nanxi.county.isolation import Isolation
from nanxi.county.load import load_plan
from nanxi.county.model import Network

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def lab() -> Isolation:
    return Isolation(load_plan(ROOT / "inventory/lab/plan"))


# Read off flows.yml by hand: shangtang's cameras .130/.99.0.2, recorder 98.1.2, viewing 98.0.162; oubei's beside them.
@pytest.mark.parametrize(
    ("source", "target", "protocol", "port", "flow"),
    [
        ("10.98.1.2", "10.98.0.130", "tcp", 554, "record_police"),
        ("10.98.1.2", "10.98.0.130", "icmp", 0, "record_police"),
        ("10.98.1.2", "10.98.0.130", "udp", 554, None),  # the port of another protocol
        ("10.98.1.2", "10.98.0.130", "tcp", 22, None),
        ("10.98.0.130", "10.98.1.2", "tcp", 554, None),  # the other way round
        ("10.98.1.2", "10.98.0.200", "tcp", 554, None),  # oubei's cameras: reach is the unit
        ("10.98.255.9", "10.98.0.200", "tcp", 554, "provision_police"),
        ("10.98.255.9", "10.99.0.2", "tcp", 554, None),  # the other network
        ("10.98.0.130", "10.98.255.2", "udp", 123, "clock_cameras_police"),
        ("10.98.0.130", "10.98.0.131", "tcp", 554, None),  # camera to camera
        ("10.98.1.34", "10.99.0.130", "tcp", 8554, "share_public_fetch"),
        ("10.99.0.130", "10.98.1.34", "tcp", 8554, None),  # the public side never begins
        ("10.99.0.138", "10.98.1.34", "tcp", 8554, None),
        ("10.98.0.162", "10.98.1.2", "tcp", 8554, "watch_police"),
        ("10.98.0.162", "10.98.1.18", "tcp", 8554, None),
        ("192.0.2.1", "10.98.1.2", "tcp", 8554, None),  # from nowhere
        ("10.98.1.2", "192.0.2.1", "tcp", 443, None),  # no way out
        ("10.98.0.66", "10.98.0.68", "icmp", 0, None),
        ("10.98.255.9", "10.98.1.1", "tcp", 22, None),  # a gateway's address, where no gateway is at home
        ("10.98.255.9", "10.98.1.15", "tcp", 22, None),  # broadcast
        ("10.98.255.9", "10.98.1.0", "tcp", 22, None),
    ],
)
def test_a_pair(lab, source, target, protocol, port, flow):
    found = lab.allowed(IPv4Address(source), IPv4Address(target), protocol, port)
    assert (found.key if found else None) == flow


def test_a_gateway_answers_where_it_is_at_home(lab):
    home = IPv4Address("10.98.0.1")
    known = Isolation(lab.plan, homes=[home])
    assert known.allowed(IPv4Address("10.98.255.9"), home, "tcp", 22).key == "provision_switches"
    assert lab.allowed(IPv4Address("10.98.255.9"), home, "tcp", 22) is None


def test_what_the_table_does_not_govern(lab):
    cameras, viewing = lab.place("shangtang/cameras-police"), lab.place("shangtang/viewing")
    assert lab.governs(cameras, cameras)
    assert not lab.governs(viewing, viewing)
    assert lab.governs(viewing, lab.place("oubei/viewing"))


def test_every_address_of_a_place_is_found_and_no_other(lab):
    for place in lab.places:
        assert {lab.place_of(address) for address in place.block} == {place}
    assert lab.place_of(IPv4Address("10.98.2.0")) is None
    assert lab.place_of(IPv4Address("0.0.0.0")) is None


def test_gateways_see_what_passes_them(lab):
    police = lab.at_gateway("shangtang", Network.POLICE)
    assert {p.flow.key for p in police} == {
        "record_police", "watch_police", "provision_police", "provision_hosts", "provision_switches", "call_up",
        "clock_cameras_police", "clock_recording", "clock_management",
    }  # fmt: skip
    assert all("shangtang" in (p.origin.holder, p.goal.holder) for p in police)
    assert [p.flow.key for p in lab.at_sharing_gateway()] == ["share_public_fetch"]
    everywhere = {
        permit
        for holder in lab.plan.addresses.blocks
        for network in (Network.POLICE, Network.PUBLIC)
        for permit in lab.at_gateway(holder, network)
    }
    within = {permit for permit in lab.permits if permit.flow.key in ("upload_police", "upload_public")}
    assert everywhere | set(lab.at_sharing_gateway()) == set(lab.permits) - within


def passes(rules, source, source_port, target, target_port, protocol):
    return any(
        rule.protocol == protocol
        and source in rule.source
        and target in rule.target
        and (not rule.source_ports or source_port in rule.source_ports)
        and (not rule.target_ports or target_port in rule.target_ports)
        for rule in rules
    )


def test_a_filter_without_memory_lets_sessions_live_and_nothing_else_in(lab):
    """From a camera's port: what it begins and what it answers, for random packets of random zones."""
    chance, client = random.Random(4), 50_000
    camera = lab.place("shangtang/cameras-police")
    out, inward = lab.from_port(camera), lab.to_place(camera)
    inside = camera.block[5]
    ports = [*sorted({port for permit in lab.permits for port in permit.ports}), 8000]
    for place in lab.places:
        other = place.block[2]
        for port in chance.sample(ports, 8):
            for protocol in ("tcp", "udp"):
                begins = lab.allowed(inside, other, protocol, port) is not None
                asked = lab.allowed(other, inside, protocol, port) is not None
                assert passes(out, inside, client, other, port, protocol) == begins
                assert passes(out, inside, port, other, client, protocol) == asked
                assert passes(inward, other, client, inside, port, protocol) == asked
                assert passes(inward, other, port, inside, client, protocol) == begins
    spoofed = lab.place("shangtang/recording").block[2]
    assert not any(spoofed in rule.source for rule in out)


@pytest.mark.parametrize("county", ["lab", "yongjia"])
def test_no_session_crosses_but_at_the_sharing_gateway(county):
    model = Isolation(load_plan(ROOT / f"inventory/{county}/plan"))
    crossing = [p for p in model.permits if p.origin.zone.network is not p.goal.zone.network]
    assert crossing
    assert all(p.origin.zone.joins_networks and p.goal.zone.joins_networks for p in crossing)


def test_a_flow_taken_out_closes_exactly_its_path(lab):
    """Goal N5: only declared pairs change."""
    flows = lab.plan.flows.model_copy(
        update={"flows": tuple(f for f in lab.plan.flows.flows if f.key != "watch_police")}
    )
    after = Isolation(lab.plan.model_copy(update={"flows": flows}))
    closed = {(p.origin.name, p.goal.name, p.service) for p in set(lab.permits) - set(after.permits)}
    assert closed == {(f"{unit}/viewing", f"{unit}/recording", "gate") for unit in ("shangtang", "oubei")}
    assert not set(after.permits) - set(lab.permits)
