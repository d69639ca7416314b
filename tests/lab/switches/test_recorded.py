"""What a twin displays has the shape of recordings of real devices: same heads, same columns, same rows.

The recordings are read where they are and never copied.
"""

import re
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

import pytest

from lab.switches.dataplane import Learned
from lab.switches.fleet import Order, build

RECORDINGS = Path(__file__).parents[4] / "shared/data/cli"

pytestmark = [
    pytest.mark.recorded,
    pytest.mark.skipif(not RECORDINGS.is_dir(), reason="no recordings beside the checkout"),
]

SETUP = {
    "huawei_vrp": """system-view
vlan batch 10 20
lldp enable
interface g0/0/1
port link-type access
port default vlan 10
interface g0/0/2
port link-type trunk
port trunk allow-pass vlan 10 20
return""",
    "hp_comware": """system-view
vlan 10
vlan 20
interface g1/0/1
port access vlan 10
description camera
return""",
    "cisco_ios": """configure terminal
vlan 10
name CAMERAS
interface gi1/0/1
switchport access vlan 10
description camera
interface gi1/0/2
switchport mode trunk
end""",
}
PORTS = {
    "huawei_vrp": "GigabitEthernet0/0/1",
    "hp_comware": "GigabitEthernet1/0/1",
    "cisco_ios": "GigabitEthernet1/0/1",
}

#: recording -> platform, command, and what a row of its table looks like.
TABLES = {
    "huawei_vrp_display_vlan.raw": ("huawei_vrp", "display vlan", r"^\d+ +common|^ +(UT:|TG:)?\S+\([UD]\)|^\d+ +enable"),
    "huawei_vrp_display_mac-address.raw": ("huawei_vrp", "display mac-address", r"^ ?[0-9a-f]{4}(-[0-9a-f]{4}){2} "),
    "huawei_vrp_display_port_vlan_example1.raw": ("huawei_vrp", "display port vlan", r"^\S+\d+/\d+/\d+ +(access|trunk|hybrid|auto)"),
    "huawei_vrp_display_interface_brief.raw": ("huawei_vrp", "display interface brief", r"^ *\S+ +\*?(up|down) "),
    "hp_comware_display_vlan_brief.raw": ("hp_comware", "display vlan brief", r"^\d+ +\S|^ {20,}\S+GE"),
    "cisco_ios_show_vlan.raw": ("cisco_ios", "show vlan", r"^\d+ +\S+ +(active|act/unsup)|^ {40,}\S|^\d+ +(enet|fddi|tr|fdnet|trnet) "),
    "cisco_ios_show_interfaces_status.raw": ("cisco_ios", "show interfaces status", r"^(Gi|Te|Fa|Po)\d"),
}  # fmt: skip


async def displayed(platform, command):
    heard = (Learned("02:00:00:00:00:77", 10, PORTS[platform]),)
    order = Order(
        "sw1",
        platform,
        IPv4Interface("10.98.0.66/27"),
        gateway=IPv4Address("10.98.0.65"),
        ports=24,
        heard=heard,
    )
    switch = build(order)
    await switch.boot()
    session = switch.open("admin", order.address.ip)
    for line in SETUP[platform].splitlines():
        await session.carry_out(line, 0)
    return await session.carry_out(command, 0)


def heads(lines, row):
    """Return the words of the lines that are no rows: titles, legends and column heads, in their order.

    Legends differ between releases, so what must be there are the column heads and rulers.
    """
    return [" ".join(line.split()) for line in lines if line.strip() and not re.search(row, line)]


@pytest.mark.parametrize("recording", TABLES)
async def test_tables_have_the_heads_and_rows_of_a_recording(recording):
    platform, command, row = TABLES[recording]
    recorded = (RECORDINGS / recording).read_text("utf-8").splitlines()
    shown = await displayed(platform, command)
    assert any(re.search(row, line) for line in recorded)
    assert any(re.search(row, line) for line in shown)
    columns = [
        head
        for head in heads(recorded, row)
        if re.match(r"(VID|MAC A|Port |Interface |VLAN |Port$|-{4})", head)
    ]
    assert columns
    missing = [head for head in columns if head not in heads(shown, row)]
    assert not missing


def starts(line):
    return [found.start() for found in re.finditer(r"(?<=\s)\S|^\S", line)]


@pytest.mark.parametrize(
    ("recording", "head"),
    [
        ("huawei_vrp_display_vlan.raw", "VID  Type"),
        ("huawei_vrp_display_port_vlan_example1.raw", "Port "),
        ("hp_comware_display_vlan_brief.raw", "VLAN ID"),
        ("cisco_ios_show_vlan.raw", "VLAN Name"),
        ("cisco_ios_show_interfaces_status.raw", "Port "),
    ],
)
async def test_columns_begin_where_they_begin_in_a_recording(recording, head):
    platform, command, row = TABLES[recording]
    recorded = (RECORDINGS / recording).read_text("utf-8").splitlines()
    shown = await displayed(platform, command)
    theirs = next(line for line in recorded if line.startswith(head))
    ours = next(line for line in shown if line.startswith(head))
    assert starts(ours) == starts(theirs)
    # The first two columns of a row begin at the same places as in the recording.
    for lines in (recorded, shown):
        first = next(
            line
            for line in lines[lines.index(theirs if lines is recorded else ours) :]
            if re.search(row, line)
        )
        assert starts(first)[:2] == starts(theirs)[:2] or starts(first)[1] in starts(theirs)
