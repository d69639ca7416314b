"""Packets through a gateway: what the flow table says opens and nothing else, whoever one says one is."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address
from itertools import product
from pathlib import Path

import pytest
import yaml

from nanxi.county.isolation import Isolation
from nanxi.county.load import load_plan
from nanxi.gateway.ruleset import ruleset
from nanxi.gateway.station import station
from nanxi.register.model import Host
from tests.support.crossroads import Crossroads, crossroads

ROOT = Path(__file__).parents[2]
PLAN = load_plan(ROOT / "inventory/lab/plan")
GATEWAY = Host.model_construct(unit="shangtang", serial=2, role="gateway", ipv4=IPv4Address("10.98.0.1"))
HERE = station(GATEWAY, PLAN)

#: Who stands where: (unit, zone) and the room, which is the zone of the gateway's interface.
RESIDENTS = {
    "10.98.0.130": ("shangtang", "cameras-police", "cameras-police"),
    "10.98.1.2": ("shangtang", "recording", "recording"),
    "10.98.0.162": ("shangtang", "viewing", "viewing"),
    "10.98.0.2": ("shangtang", "management", "management"),
    "10.98.255.10": ("lab", "core", "backbone"),
    "10.98.1.18": ("oubei", "recording", "backbone"),
    "10.98.0.200": ("oubei", "cameras-police", "backbone"),
    "10.98.1.42": ("lab", "uplink", "backbone"),
    "10.98.1.66": ("lab", "backbone", "backbone"),
}
FLOWS = yaml.safe_load((ROOT / "inventory/lab/plan/flows.yml").read_text())
SERVICES = FLOWS["services"]
STRANGE = 23  # a port of no service
PORTS = {
    protocol: sorted(
        {
            STRANGE,
            *(port for one in SERVICES.values() if one["protocol"] == protocol for port in one["ports"]),
        }
    )
    for protocol in ("tcp", "udp")
}
KNOCKS = [*(("tcp", port) for port in PORTS["tcp"]), *(("udp", port) for port in PORTS["udp"]), ("icmp", 7)]
CASES = yaml.safe_load((ROOT / "tests/cases/gateway/packets.yml").read_text())

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def gateway() -> Iterator[Crossroads]:
    """The gateway of 上塘 on the police network with its ruleset, and somebody who answers everything everywhere."""
    behind: dict[str, list[str]] = {}
    for address, (_, _, room) in RESIDENTS.items():
        behind.setdefault(room, []).append(address)
    with crossroads(HERE, behind) as made:
        for room, addresses in behind.items():
            made.rooms[room].answer(addresses, PORTS)
        made.router.answer(["10.98.0.1", "10.98.1.1"], PORTS)
        made.load(ruleset(HERE, Isolation(PLAN)))
        yield made


def declared(source: str, target: str, protocol: str, port: int) -> bool:
    """Say what flows.yml says, read in the plainest way."""
    (unit, zone, _), (other_unit, other_zone, _) = RESIDENTS[source], RESIDENTS[target]
    return any(
        SERVICES[key]["protocol"] == protocol and (protocol == "icmp" or port in SERVICES[key]["ports"])
        for flow in FLOWS["flows"]
        if (flow["from"], flow["to"]) == (zone, other_zone)
        if flow.get("reach") == "county" or unit == other_unit
        for key in flow["services"]
    )


def test_everything_that_is_declared_opens_and_nothing_else(gateway: Crossroads) -> None:
    wrong, opened = [], 0
    for room in gateway.rooms:
        probes = [
            (source, target, protocol, port)
            for (source, target), (protocol, port) in product(product(RESIDENTS, RESIDENTS), KNOCKS)
            if RESIDENTS[source][2] == room != RESIDENTS[target][2]
        ]
        for probe, open_ in zip(probes, gateway.rooms[room].knock(probes), strict=True):
            opened += open_
            if open_ != declared(*probe):
                wrong.append((*probe, "open" if open_ else "closed"))
    assert not wrong
    assert opened > 20


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(gateway: Crossroads, case: dict[str, object]) -> None:
    """A packet as somebody sends it, whether it is answered, and the counter that sees it."""
    before = gateway.router.counters()
    probe = (case["source"], case["target"], case["protocol"], case.get("port", 7))
    assert gateway.rooms[case["room"]].knock([probe]) == [case["opens"]]
    after = gateway.router.counters()
    grown = {name for name in after if after[name] > before[name]}
    assert grown == {case["counter"]}


def test_a_route_too_many_opens_nothing(gateway: Crossroads) -> None:
    """Somebody gives the gateway a default route: the way is there, and still closed."""
    gateway.router.run("ip", "route", "add", "default", "via", "10.98.1.66")
    try:
        before = gateway.router.counters()["deny_cameras_police__elsewhere"]
        assert gateway.rooms["cameras-police"].knock([("10.98.0.130", "192.0.2.1", "tcp", 443)]) == [False]
        assert gateway.router.counters()["deny_cameras_police__elsewhere"] > before
    finally:
        gateway.router.run("ip", "route", "del", "default")


def test_a_flow_that_is_taken_out_is_closed_to_those_who_are_through_and_nobody_else(
    gateway: Crossroads,
) -> None:
    """The connection is known to connection tracking; the next packet of it is refused all the same."""
    asked = ("10.98.255.10", "10.98.1.2", "udp", 161, 40161)
    other = ("10.98.255.10", "10.98.0.130", "udp", 161, 40162)
    assert gateway.rooms["backbone"].knock([asked, other]) == [True, True]
    left = tuple(flow for flow in PLAN.flows.flows if flow.key != "provision_hosts")
    without = PLAN.model_copy(update={"flows": PLAN.flows.model_copy(update={"flows": left})})
    try:
        gateway.load(ruleset(HERE, Isolation(without)))
        assert gateway.rooms["backbone"].knock([asked, other]) == [False, True]
    finally:
        gateway.load(ruleset(HERE, Isolation(PLAN)))
    assert gateway.rooms["backbone"].knock([asked]) == [True]


def test_a_wrong_file_leaves_the_old_rules(gateway: Crossroads) -> None:
    """Nft loads all of a file or nothing of it."""
    before = gateway.router.run("nft", "-s", "list", "ruleset")
    broken = ruleset(HERE, Isolation(PLAN)).replace("chain denied {", "chain denied {\n    no such word", 1)
    assert gateway.router.try_run("nft", "-f", "-", given=broken).returncode == 1
    assert gateway.router.run("nft", "-s", "list", "ruleset") == before
