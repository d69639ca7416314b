"""The kernel's neighbour table."""

from ipaddress import IPv4Address

from nanxi.discovery.neighbours import parse_neighbours, read_neighbours

TABLE = """\
IP address       HW type     Flags       HW address            Mask     Device
10.98.0.130      0x1         0x2         44:19:b6:00:00:01     *        eth0
10.98.0.131      0x1         0x0         00:00:00:00:00:00     *        eth0
10.98.0.132      0x1         0x6         3c:ef:8c:00:00:02     *        eth0
10.98.0.133      0x1         0x2         00:e0:fc:00:00:01     *        eth0
10.98.0.134      0x1         0x2         00:e0:fc:00:00:01     *        eth0
"""


def test_complete_entries_count_and_a_router_that_answers_for_others_does_not():
    assert parse_neighbours(TABLE) == {
        IPv4Address("10.98.0.130"): "44-19-B6-00-00-01",
        IPv4Address("10.98.0.132"): "3C-EF-8C-00-00-02",
    }


def test_this_machines_own_table_can_be_read():
    assert isinstance(read_neighbours(), dict)
