"""ntc-templates, which netmiko brings and which know real devices, read what a twin displays."""

from ipaddress import IPv4Address, IPv4Interface

import pytest
from ntc_templates.parse import parse_output

from lab.switches.dataplane import Learned, Neighbour
from lab.switches.fleet import Order, build

pytestmark = pytest.mark.foreign

MAC, CORE = "02:00:00:00:00:77", "38:20:56:00:00:01"
PORTS = {
    "huawei_vrp": "GigabitEthernet0/0/",
    "hp_comware": "GigabitEthernet1/0/",
    "cisco_ios": "GigabitEthernet1/0/",
}
TYPED = {
    "huawei_vrp": ["system-view", "vlan batch 10", "lldp enable", "interface g0/0/1", "port link-type access",
                   "port default vlan 10", "return"],
    "hp_comware": ["system-view", "lldp global enable", "vlan 10", "interface g1/0/1", "port access vlan 10",
                   "description camera", "return"],
    "cisco_ios": ["configure terminal", "lldp run", "vlan 10", "name CAMERAS", "interface gi1/0/1",
                  "switchport access vlan 10", "description camera", "ip access-list extended X",
                  "permit tcp any host 10.1.1.1 eq 80", "end"],
}  # fmt: skip

#: What must be among the rows: a part of one of them.
READ = [
    ("huawei_vrp", "display vlan", {"vlan_id": "10", "vlan_status": "enable", "interface": ["GE0/0/1"]}),
    ("huawei_vrp", "display mac-address", {"destination_address": "0200-0000-0077", "destination_port": "GE0/0/1", "vlan_id": "10"}),
    ("huawei_vrp", "display interface brief", {"interface": "GigabitEthernet0/0/1", "phy": "up"}),
    ("huawei_vrp", "display port vlan", {"interface": "GigabitEthernet0/0/1", "link_type": "access", "vlan_id": "10"}),
    ("huawei_vrp", "display version", {"model": "S5731-S24 Routing Switch"}),
    ("huawei_vrp", "display lldp neighbor", {"local_interface": "GigabitEthernet0/0/2", "neighbor_name": "core", "neighbor_interface": "Gi1/0/1"}),
    ("hp_comware", "display vlan brief", {"vlan_id": "10"}),
    ("hp_comware", "display mac-address", {"mac_address": "0200-0000-0077", "vlan_id": "10", "interface": "GE1/0/1"}),
    ("hp_comware", "display interface brief", {"interface": "GE1/0/1", "type": "A", "vlan_id": "10", "description": "camera"}),
    ("hp_comware", "display lldp neighbor-information list", {"neighbor_name": "core", "local_interface": "GE1/0/2", "neighbor_interface": "Gi1/0/1"}),
    ("cisco_ios", "show vlan", {"vlan_id": "10", "vlan_name": "CAMERAS", "interfaces": ["Gi1/0/1"]}),
    ("cisco_ios", "show interfaces status", {"port": "Gi1/0/1", "name": "camera", "status": "connected", "vlan_id": "10"}),
    ("cisco_ios", "show mac address-table", {"destination_address": "0200.0000.0077", "destination_port": ["Gi1/0/1"]}),
    ("cisco_ios", "show ip interface brief", {"interface": "Vlan1", "ip_address": "10.98.0.66", "status": "up"}),
    ("cisco_ios", "show access-lists", {"name": "X", "action": "permit", "protocol": "tcp"}),
    ("cisco_ios", "show lldp neighbors", {"neighbor_name": "core", "local_interface": "Gi1/0/2", "neighbor_interface": "Gi1/0/1"}),
]  # fmt: skip


@pytest.mark.parametrize(("platform", "command", "wanted"), READ, ids=[f"{p}: {c}" for p, c, _ in READ])
async def test_templates_read_it(platform, command, wanted):
    port = PORTS[platform]
    switch = build(
        Order(
            *("sw1", platform, IPv4Interface("10.98.0.66/27")),
            gateway=IPv4Address("10.98.0.65"),
            ports=4,
            heard=(Learned(MAC, 10, f"{port}1"),),
            neighbours=(Neighbour(f"{port}2", "core", CORE, "Gi1/0/1", "10.98.0.65"),),
        )
    )
    await switch.boot()
    session = switch.open("admin", IPv4Address("10.98.0.66"))
    for line in TYPED[platform]:
        await session.carry_out(line, 0)
    shown = "\n".join(await session.carry_out(command, 0))
    rows = parse_output(platform=platform, command=command, data=shown)
    assert any(all(row.get(key) == value for key, value in wanted.items()) for row in rows), rows
