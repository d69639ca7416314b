"""Names of switch ports: the register, a person and a switch spell one port in several ways (pure)."""

from __future__ import annotations

import re

#: Kinds of interfaces in full, by every spelling that systems print or accept, in lower case.
_KINDS = {
    "twentyfivegige": "Twenty-FiveGigE", "hundredgige": "HundredGigE", "fortygige": "FortyGigE",
    "tengigabitethernet": "TenGigabitEthernet", "ten-gigabitethernet": "Ten-GigabitEthernet",
    "xgigabitethernet": "XGigabitEthernet", "gigabitethernet": "GigabitEthernet", "fastethernet": "FastEthernet",
    "ethernet": "Ethernet", "eth-trunk": "Eth-Trunk", "bridge-aggregation": "Bridge-Aggregation",
    "aggregateport": "AggregatePort", "port-channel": "Port-channel",
    "fge": "FortyGigE", "xge": "XGigabitEthernet", "te": "TenGigabitEthernet", "gi": "GigabitEthernet",
    "ge": "GigabitEthernet", "fa": "FastEthernet", "eth": "Ethernet", "bagg": "Bridge-Aggregation",
    "ag": "AggregatePort", "po": "Port-channel",
}  # fmt: skip
_PORT = re.compile(r"^(?P<kind>[A-Za-z][A-Za-z-]*?)\s*(?P<place>\d+(?:/\d+)*)$")


def port(name: str) -> str:
    """Return the long form of a port's name without a blank: ``GE0/0/1`` and ``GigabitEthernet 0/0/1`` are one.

    A name that no system uses comes back as it is.
    """
    match = _PORT.match(name.strip())
    if match is None:
        return name.strip()
    kind = match["kind"]
    return f"{_KINDS.get(kind.lower(), kind)}{match['place']}"


def number(name: str) -> int | None:
    """Return a port's number on the front of its switch, None for a name that no system uses."""
    match = _PORT.match(name.strip())
    return int(match["place"].rpartition("/")[2]) if match else None
