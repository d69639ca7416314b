"""Port states carry and drop real packets between namespaces."""

import os
import signal
from ipaddress import IPv4Address

import pytest

from lab.switches.dataplane import Binding, Filter, Match, PortState, Rule

pytestmark = pytest.mark.lab


def access(name, vlan, **more):
    return PortState(name, pvid=vlan, untagged=frozenset({vlan}), **more)


@pytest.fixture
def three(wires):
    """A switch with a station on each of three ports."""
    plane = wires.plane()
    stations = [wires.station(f"10.98.0.{number}/24") for number in (11, 12, 13)]
    for number, station in enumerate(stations, 1):
        plane.plug(f"p{number}", station.wire)
    return plane, *stations


def test_vlans_carry_and_separate(three):
    plane, one, two, other = three
    plane.apply([access("p1", 10), access("p2", 10), access("p3", 20)])
    assert one.reaches(two.address)
    assert not one.reaches(other.address)
    assert {(item.vlan, item.port) for item in plane.learned()} >= {(10, "p1"), (10, "p2")}
    plane.apply([access("p1", 20), access("p2", 10), access("p3", 20)])
    assert one.reaches(other.address)
    assert not one.reaches(two.address)


def test_nothing_is_carried_before_a_configuration(three):
    _, one, two, _ = three
    assert not one.reaches(two.address)


def test_trunk_between_two_switches(wires):
    left, right = wires.plane(), wires.plane()
    a, b, c = (wires.station(f"10.98.0.{number}/24") for number in (11, 12, 13))
    link = wires.link()
    left.plug("trunk", link[0])
    right.plug("trunk", link[1])
    left.plug("p1", a.wire)
    right.plug("p1", b.wire)
    right.plug("p2", c.wire)
    trunk = PortState("trunk", pvid=1, untagged=frozenset({1}), tagged=frozenset({10, 20}))
    left.apply([access("p1", 10), trunk])
    right.apply([access("p1", 10), access("p2", 20), trunk])
    assert a.reaches(b.address)
    assert not a.reaches(c.address)
    right.apply([access("p1", 10), access("p2", 20), PortState("trunk", tagged=frozenset({20}))])
    assert not a.reaches(b.address)


def test_isolated_ports_speak_to_the_uplink_only(three):
    plane, camera, other, recorder = three
    plane.apply([access("p1", 10, isolation=1), access("p2", 10, isolation=1), access("p3", 10)])
    assert camera.reaches(recorder.address)
    assert not camera.reaches(other.address)
    plane.apply([access("p1", 10, isolation=1), access("p2", 10, isolation=2), access("p3", 10)])
    assert camera.reaches(other.address)


def test_a_bound_port_hears_its_station_only(three):
    plane, camera, recorder, _ = three
    camera.set_mac("02:00:00:00:00:77")
    bound = (Binding("02:00:00:00:00:77", 10, IPv4Address(camera.address)),)
    plane.apply([access("p1", 10, stations=bound), access("p2", 10)])
    assert camera.reaches(recorder.address)
    camera.set_mac("02:00:00:00:00:78")
    assert not camera.reaches(recorder.address)
    camera.set_mac("02:00:00:00:00:77")
    assert camera.reaches(recorder.address)
    camera.run("ip", "addr", "flush", "dev", "eth0")
    camera.run("ip", "addr", "add", "10.98.0.99/24", "dev", "eth0")
    assert not camera.reaches(recorder.address)


def host(address):
    return Match(int(IPv4Address(address)), 0)


@pytest.mark.parametrize("where", ["inbound", "outbound"])
def test_access_lists(three, where):
    plane, camera, recorder, other = three
    rules = (
        Rule(permit=True, protocol=1, source=host(camera.address), destination=host(recorder.address)),
        Rule(permit=False, source=host(camera.address)),
    )
    applied = {where: Filter(rules, permits_rest=True)}
    places = {"inbound": "p1", "outbound": None}
    ports = [
        access(name, 10, **(applied if places[where] in (name, None) else {})) for name in ("p1", "p2", "p3")
    ]
    plane.apply(ports)
    assert camera.reaches(recorder.address)
    assert not camera.reaches(other.address)
    assert recorder.reaches(other.address)


def test_port_ranges_of_tcp(three):
    plane, client, server, _ = three
    rules = (Rule(permit=True, protocol=6, destination_ports=((500, 600),)), Rule(permit=False, protocol=6))
    plane.apply([access("p1", 10, inbound=Filter(rules, permits_rest=True)), access("p2", 10)])
    assert client.reaches(server.address)
    opened = {port: client.opens(server, port) for port in (499, 500, 554, 600, 601)}
    assert opened == {499: False, 500: True, 554: True, 600: True, 601: False}


def test_a_tagged_frame_does_not_hop_into_another_vlan(three):
    plane, hopper, _, victim = three
    plane.apply([access("p1", 10), access("p2", 10), access("p3", 20)])
    assert not hopper.floods(victim, vlan_tags=[20])
    assert not hopper.floods(victim, vlan_tags=[10, 20])
    plane.apply([PortState("p1", tagged=frozenset({20})), access("p3", 20)])
    assert hopper.floods(victim, vlan_tags=[20])


def test_shutdown_takes_the_link_down(three):
    plane, one, two, _ = three
    plane.apply([access("p1", 10, up=False), access("p2", 10)])
    assert "NO-CARRIER" in one.run("ip", "link", "show", "eth0").stdout
    plane.apply([access("p1", 10), access("p2", 10)])
    assert "NO-CARRIER" not in one.run("ip", "link", "show", "eth0").stdout
    assert one.reaches(two.address)


def test_an_interface_that_is_not_there(wires):
    with pytest.raises(Exception, match="could not open network device nx-nowhere"):
        wires.plane().plug("p1", "nx-nowhere")


def test_daemons_start_again_after_a_kill(three, wires):
    plane, one, two, _ = three
    ports = [access("p1", 10), access("p2", 10)]
    os.kill(wires.vswitch._pid("ovs-vswitchd"), signal.SIGKILL)
    while wires.vswitch.running:
        pass
    wires.vswitch.start()
    plane.apply(ports)
    assert one.reaches(two.address)
