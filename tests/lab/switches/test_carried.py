"""What is typed at a switch carries or drops packets: four dialects, real stations."""

import time

import pytest

from lab.switches.dataplane import Learned, NoDataPlane
from tests.support.dial import dialled

pytestmark = [pytest.mark.lab, pytest.mark.foreign]

CAMERA, RECORDER, LAPTOP = "10.98.0.11/24", "10.98.0.12/24", "10.98.0.13/24"
MAC, OTHER = "02:00:00:00:00:77", "02:00:00:00:00:78"

#: Per dialect: into configuration mode; VLANs; port 1 and 2 in VLAN 10, port 3 in VLAN 20; the further wishes.
DIALECTS = {
    "huawei_vrp": {
        "port": "GigabitEthernet0/0/{n}",
        "configure": ["system-view", "vlan batch 10 20"],
        "member": ["interface GigabitEthernet0/0/{n}", "port link-type access", "port default vlan {vlan}"],
        "isolate": ["port-isolate enable group 1"],
        "bind": ["port-security enable", "port-security mac-address sticky 0200-0000-0077 vlan 10"],
        "filter": [
            "acl 3000",
            "rule permit icmp destination 10.98.0.12 0",
            "rule deny ip",
            "interface GigabitEthernet0/0/1",
            "traffic-filter inbound acl 3000",
        ],
    },
    "hp_comware": {
        "port": "GigabitEthernet1/0/{n}",
        "configure": ["system-view", "vlan 10", "vlan 20", "port-isolate group 1", "port-security enable"],
        "member": ["interface GigabitEthernet1/0/{n}", "port access vlan {vlan}"],
        "isolate": ["port-isolate enable group 1"],
        "bind": [
            "port-security max-mac-count 1",
            "port-security port-mode autolearn",
            "port-security mac-address security sticky 0200-0000-0077 vlan 10",
        ],
        "filter": [
            "acl advanced 3000",
            "rule permit icmp destination 10.98.0.12 0",
            "rule deny ip",
            "interface GigabitEthernet1/0/1",
            "packet-filter 3000 inbound",
        ],
    },
    "ruijie_os": {
        "port": "GigabitEthernet 0/{n}",
        "configure": ["configure terminal", "vlan range 10,20"],
        "member": ["interface GigabitEthernet 0/{n}", "switchport access vlan {vlan}"],
        "isolate": ["switchport protected"],
        "bind": [
            "switchport port-security",
            "switchport port-security binding 0200.0000.0077 vlan 10 10.98.0.11",
        ],
        "filter": [
            "ip access-list extended CAMERAS",
            "permit icmp any host 10.98.0.12",
            "interface GigabitEthernet 0/1",
            "ip access-group CAMERAS in",
        ],
    },
    "cisco_ios": {
        "port": "GigabitEthernet1/0/{n}",
        "configure": ["configure terminal", "vlan 10,20"],
        "member": ["interface gi1/0/{n}", "switchport mode access", "switchport access vlan {vlan}"],
        "isolate": ["switchport protected"],
        "bind": ["switchport port-security", "switchport port-security mac-address 0200.0000.0077"],
        "filter": [
            "ip access-list extended CAMERAS",
            "permit icmp any host 10.98.0.12",
            "interface gi1/0/1",
            "ip access-group CAMERAS in",
        ],
    },
}


@pytest.mark.parametrize("platform", DIALECTS)
def test_a_pushed_configuration_carries_and_drops(platform, switches, wires):
    words = DIALECTS[platform]
    plane = wires.plane()
    camera, recorder, laptop = (wires.station(address) for address in (CAMERA, RECORDER, LAPTOP))
    for number, station in enumerate((camera, recorder, laptop), 1):
        plane.plug(words["port"].format(n=number), station.wire)
    camera.set_mac(MAC)
    twin = switches(platform, plane=plane)
    assert camera.reaches(laptop.address)  # as delivered all ports are in VLAN 1
    with dialled(twin) as line:
        line.type(*words["configure"])
        for number, vlan in ((1, 10), (2, 10), (3, 20)):
            line.type(*(text.format(n=number, vlan=vlan) for text in words["member"]))
        assert camera.reaches(recorder.address)
        assert not camera.reaches(laptop.address)
        shown = "show mac-address-table" if platform == "ruijie_os" else "show mac address-table"
        macs = (
            line.connection.send_command("display mac-address", expect_string=r"[>\]]")
            if words["configure"][0] == "system-view"
            else line.type("end", shown)
        )
        assert "0000.0077" in macs or "0000-0077" in macs
        line.type(*(() if words["configure"][0] == "system-view" else ("configure terminal",)))
        for number in (1, 3):
            line.type(*(text.format(n=number, vlan=10) for text in words["member"]), *words["isolate"])
        assert camera.reaches(recorder.address)
        assert not camera.reaches(laptop.address)
        line.type(*(text.format(n=1, vlan=10) for text in words["member"]), *words["bind"])
        camera.set_mac(OTHER)
        assert not camera.reaches(recorder.address)
        camera.set_mac(MAC)
        assert camera.reaches(recorder.address)
        line.type(*words["filter"])
        assert camera.reaches(recorder.address)
        assert not camera.opens(recorder, 554)


STICKY = {
    "huawei_vrp": (
        [
            "system-view",
            "interface GigabitEthernet0/0/1",
            "port-security enable",
            "port-security mac-address sticky",
        ],
        " port-security mac-address sticky 0200-0000-0077 vlan 1",
    ),
    "hp_comware": (
        [
            *("system-view", "port-security enable", "interface GigabitEthernet1/0/1"),
            *("port-security max-mac-count 1", "port-security port-mode autolearn"),
        ],
        " port-security mac-address security sticky 0200-0000-0077 vlan 1",
    ),
    "ruijie_os": (
        [
            *("configure terminal", "interface GigabitEthernet 0/1", "switchport port-security"),
            "switchport port-security mac-address sticky",
        ],
        " switchport port-security mac-address sticky 0200.0000.0077 vlan 1",
    ),
    "cisco_ios": (
        [
            *(
                "configure terminal",
                "interface gi1/0/1",
                "switchport mode access",
                "switchport port-security",
            ),
            "switchport port-security mac-address sticky",
        ],
        " switchport port-security mac-address sticky 0200.0000.0077",
    ),
}


@pytest.mark.parametrize("platform", STICKY)
def test_a_sticky_port_writes_down_who_came_first(platform, switches):
    """The running configuration changes by itself: nobody typed that line."""
    typed, line = STICKY[platform]
    port = DIALECTS[platform]["port"].format(n=1)
    twin = switches(platform, heard=(Learned(MAC, 1, port), Learned(OTHER, 1, port)))
    with dialled(twin) as person:
        person.type(*typed)
    shown = twin.running()
    assert line in shown
    assert not any("0078" in text for text in shown)


def test_the_second_station_of_a_sticky_port_is_not_heard(switches, wires):
    plane = wires.plane()
    camera, recorder = wires.station(CAMERA), wires.station(RECORDER)
    camera.set_mac(MAC)
    for number, station in enumerate((camera, recorder), 1):
        plane.plug(f"GigabitEthernet1/0/{number}", station.wire)
    twin = switches("cisco_ios", plane=plane)
    typed, line = STICKY["cisco_ios"]
    with dialled(twin) as person:
        person.type(*typed)
    assert camera.reaches(recorder.address)
    end = time.monotonic() + 10
    while line not in twin.running():
        assert time.monotonic() < end
        time.sleep(0.1)
    assert camera.reaches(recorder.address)
    camera.set_mac(OTHER)
    assert not camera.reaches(recorder.address)


def test_a_restart_takes_the_data_plane_back(switches, wires):
    plane = wires.plane()
    camera, recorder = wires.station(CAMERA), wires.station(RECORDER)
    for number, station in enumerate((camera, recorder), 1):
        plane.plug(f"GigabitEthernet1/0/{number}", station.wire)
    twin = switches("cisco_ios", plane=plane)
    with dialled(twin) as line:
        line.type("configure terminal", "interface gi1/0/1", "switchport access vlan 10")
    assert not camera.reaches(recorder.address)
    twin.reboot()
    time.sleep(0.2)
    assert camera.reaches(recorder.address)


def test_without_a_data_plane_the_state_is_there_to_look_at(switches):
    plane = NoDataPlane()
    twin = switches("cisco_ios", plane=plane)
    with dialled(twin) as line:
        line.type("configure terminal", "interface gi1/0/1", "switchport access vlan 10")
    assert plane.ports["GigabitEthernet1/0/1"].untagged == {10}
