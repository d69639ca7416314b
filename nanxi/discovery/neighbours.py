"""MAC addresses of what shares a wire with this machine, as the kernel met them (no device can choose what is here)."""

from __future__ import annotations

from collections import Counter
from ipaddress import IPv4Address
from pathlib import Path

from nanxi.discovery.scopes import read_mac

_TABLE = Path("/proc/net/arp")
_COMPLETE = 0x2  # ATF_COM, linux/if_arp.h


def read_neighbours() -> dict[IPv4Address, str]:
    """Return the kernel's neighbour table; empty where this system shows none."""
    return parse_neighbours(_TABLE.read_text("ascii")) if _TABLE.exists() else {}


def parse_neighbours(table: str) -> dict[IPv4Address, str]:
    """Return MAC addresses (XX-XX-XX-XX-XX-XX) by address, from the text of /proc/net/arp.

    A MAC that stands for several addresses is a router's that answers for others (proxy ARP); it is left out.
    """
    rows = [line.split() for line in table.splitlines()[1:]]
    found = {
        IPv4Address(row[0]): mac
        for row in rows
        if len(row) == 6 and int(row[2], 16) & _COMPLETE and (mac := read_mac(row[3]))
    }
    owners = Counter(found.values())
    return {address: mac for address, mac in found.items() if owners[mac] == 1}
