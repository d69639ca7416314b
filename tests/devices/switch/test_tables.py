"""Tables as switches print them: recordings of real devices, what the twins print, and ntc-templates as the referee."""

from __future__ import annotations

from pathlib import Path

import pytest
from ntc_templates.parse import parse_output

from nanxi.devices.switch.tables import AddressRow, NeighbourRow, PortRow, macs, neighbours, ports, vlans

RECORDED = Path(__file__).parents[4] / "shared/data/cli"


def recorded(name):
    if not RECORDED.exists():
        pytest.skip("the recordings are not here (../shared/data/cli)")
    return (RECORDED / f"{name}.raw").read_text()


@pytest.mark.recorded
def test_comware_vlans_have_their_names_and_ports():
    rows = {row.number: row for row in vlans(recorded("hp_comware_display_vlan_brief"))}
    assert [(number, row.name) for number, row in rows.items()] == [
        (1, "VLAN 0001"), (10, "VLAN 0010"), (20, "VLAN 0020"), (30, "VLAN 0030"), (200, "VLAN 0200"),
        (500, "VLAN 0500"),
    ]  # fmt: skip
    assert len(rows[1].untagged) == 31
    assert rows[10].untagged == ("FortyGigE1/0/21",)
    assert rows[20].untagged == ()


@pytest.mark.recorded
def test_vrp_vlans():
    rows = {row.number: row for row in vlans(recorded("huawei_vrp_display_vlan"))}
    assert sorted(rows) == [1, 10, 20, 30, 1555]
    assert rows[10].name == "VLAN 0010"
    assert rows[10].untagged == tuple(f"XGigabitEthernet0/0/{number}" for number in range(7, 13))
    assert rows[1].tagged == tuple(f"40GE0/0/{number}" for number in range(1, 7))
    assert rows[20].untagged == ()
    assert rows[1555].tagged == ("Eth-Trunk0",)


@pytest.mark.recorded
def test_ios_vlans_agree_with_the_referee():
    text = recorded("cisco_ios_show_vlan")
    referee = parse_output("cisco_ios", "show vlan", text)
    assert [(str(row.number), row.name, len(row.untagged)) for row in vlans(text)] == [
        (row["vlan_id"], row["vlan_name"], len(row["interfaces"])) for row in referee
    ]


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("platform", "command", "name", "column"),
    [
        ("cisco_ios", "show interfaces status", "cisco_ios_show_interfaces_status", "port"),
        ("hp_comware", "display interface brief", "hp_comware_display_interface_brief", "interface"),
        ("huawei_vrp", "display interface brief", "huawei_vrp_display_interface_brief", "interface"),
    ],
)
def test_no_port_is_lost(platform, command, name, column):
    text = recorded(name)
    assert len(ports(text)) == len({row[column] for row in parse_output(platform, command, text)})


@pytest.mark.recorded
def test_ports():
    rows = {row.name: row for row in ports(recorded("cisco_ios_show_interfaces_status"))}
    assert rows["GigabitEthernet1/0/16"] == PortRow(
        "GigabitEthernet1/0/16", False, False, 16, "access", "Multi Space to the"
    )
    assert rows["GigabitEthernet1/0/7"].mode == "trunk"
    assert rows["GigabitEthernet1/0/10"].vlan is None
    assert rows["GigabitEthernet1/0/20"].up
    comware = {row.name: row for row in ports(recorded("hp_comware_display_interface_brief"))}
    assert comware["GigabitEthernet0/0"].description == "The interface for connecting RouterA."
    assert comware["GigabitEthernet0/4"] == PortRow("GigabitEthernet0/4", False, False, 1, "access")
    vrp = {row.name: row for row in ports(recorded("huawei_vrp_display_interface_brief"))}
    assert vrp["GigabitEthernet4/0/4"].up
    assert not vrp["Aux0/0/1"].up


@pytest.mark.recorded
def test_macs():
    rows = macs(recorded("hp_comware_display_mac-address"))
    assert rows[0] == AddressRow("00-00-11-11-22-22", 1, "Bridge-Aggregation1", "dynamic")
    assert len(rows) == 4
    assert macs(recorded("huawei_vrp_display_mac-address")) == [
        AddressRow("B8-D6-F6-FF-73-90", 10, "XGigabitEthernet0/0/1", "dynamic"),
        AddressRow("B8-D6-F6-FF-73-9B", 10, "XGigabitEthernet0/0/1", "dynamic"),
    ]


@pytest.mark.recorded
def test_neighbours():
    rows = neighbours(recorded("hp_comware_display_lldp_neighbor-information_list"))
    assert rows[0] == NeighbourRow(
        "XGigabitEthernet1/0/1", "SW-TEST-001", "Ten-GigabitEthernet1/0/30", "bcea-fa00-0001"
    )
    assert len(rows) == 4
    assert neighbours(recorded("huawei_vrp_display_lldp_neighbor")) == [
        NeighbourRow("GigabitEthernet0/0/1", "tsa-2960-sw01", "Gi1/0/1", "f55f-c2c5-e180", "192.168.0.240"),
        NeighbourRow("GigabitEthernet0/0/8", "tsa-2960-sw01", "Gi1/0/2", "f41f-c2c5-e180", "192.168.0.241"),
    ]


#: Lines as manuals and releases have them beside those that were recorded.
@pytest.mark.parametrize(
    ("read", "text", "rows"),
    [
        (macs, "  10    0011.2233.4455    DYNAMIC     Gi1/0/1\n All    0100.0ccc.cccc    STATIC      CPU",
         [AddressRow("00-11-22-33-44-55", 10, "GigabitEthernet1/0/1", "dynamic")]),
        (macs, "1          00d0.f800.1001       DYNAMIC  GigabitEthernet 0/1",
         [AddressRow("00-D0-F8-00-10-01", 1, "GigabitEthernet0/1", "dynamic")]),
        (macs, "0011-2233-4455   10         Learned          GE1/0/20                 Y",
         [AddressRow("00-11-22-33-44-55", 10, "GigabitEthernet1/0/20", "dynamic")]),
        (macs, "0011-2233-4455 10                                GE0/0/7             sticky",
         [AddressRow("00-11-22-33-44-55", 10, "GigabitEthernet0/0/7", "sticky")]),
        (neighbours, "GE0/0/1                 SW-2                       GE0/0/24                     101",
         [NeighbourRow("GigabitEthernet0/0/1", "SW-2", "GE0/0/24")]),
        (ports, "GE1/0/3              ADM  auto    A      T    1    to the pole",
         [PortRow("GigabitEthernet1/0/3", False, True, 1, "trunk", "to the pole")]),
        (ports, "GigabitEthernet0/0/9        *down down         0%     0%          0          0",
         [PortRow("GigabitEthernet0/0/9", False, True)]),
        (ports, "GigabitEthernet 0/1                      up        10    Full     1000M     copper",
         [PortRow("GigabitEthernet0/1", True, False, 10, "access")]),
        (vlans, "% something that no release prints yet", []),
    ],
)  # fmt: skip
def test_other_releases(read, text, rows):
    assert read(text) == rows
