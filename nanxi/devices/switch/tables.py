"""Tables that switches print, as typed rows (pure): VLANs, ports, learned MAC addresses, LLDP neighbours.

Every release of a system prints them a little differently, so a line that is not understood is left out and the others
stand. (ntc-templates refuse a whole table for one such line, read "VLAN" as the name of VLAN 10 of a Comware switch,
and lose its ports. Where they do read a table they must agree with us: they are the referee of the tests.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nanxi.register.ports import port


@dataclass(frozen=True, slots=True)
class VlanRow:
    """A VLAN and its ports as they are printed, in long form; ``name`` is empty where the table has none."""

    number: int
    name: str = ""
    untagged: tuple[str, ...] = ()
    tagged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PortRow:
    """A port. ``vlan`` is the one without a tag; None on a trunk without one, a routed port, or where it is not told."""

    name: str
    up: bool
    disabled: bool = False
    vlan: int | None = None
    mode: str = ""  # access, trunk, hybrid, routed
    description: str = ""


@dataclass(frozen=True, slots=True)
class AddressRow:
    """A MAC address (as the register writes it) and where it was heard or bound."""

    mac: str
    vlan: int
    port: str
    kind: str  # dynamic, static, security, sticky, ...


@dataclass(frozen=True, slots=True)
class NeighbourRow:
    """What an LLDP neighbour says of itself."""

    port: str
    system: str
    remote_port: str
    chassis: str = ""
    address: str = ""


_PORT = r"(?:[A-Za-z][A-Za-z-]*[ ]?|\d+GE|\d+[A-Za-z]+)\d+(?:[/.:]\d+)*"
_MAC = r"[0-9A-Fa-f]{4}[-.][0-9A-Fa-f]{4}[-.][0-9A-Fa-f]{4}|(?:[0-9A-Fa-f]{2}[-:]){5}[0-9A-Fa-f]{2}"

# 1    default                          active    Gi0/1, Gi0/2
_IOS_VLAN = re.compile(
    r"^\s*(?P<number>\d+)\s+(?P<name>\S(?:.*?\S)?)\s+"
    r"(?P<status>active|act/\w+|sus(?:pended|/\w+)?|STATIC|DYNAMIC|PRIVATE)\s*(?P<ports>.*)$"
)
# 10        VLAN 0010                        FGE1/0/21
_COMWARE_VLAN = re.compile(rf"^(?P<number>\d+)\s+(?P<name>\S.*?)(?:\s{{2,}}(?P<ports>{_PORT}.*))?$")
# 10   common  UT:XGE0/0/7(D)     XGE0/0/8(D)
_VRP_VLAN = re.compile(
    r"^(?P<number>\d+)\s+(?P<type>common|super|mux|sub|\*?\w+)\s*(?P<ports>(?:UT|TG):.*)?$"
)
_VRP_NAME = re.compile(
    r"^(?P<number>\d+)\s+(?:enable|disable)\s+\S+\s+(?:enable|disable)\s+\S+\s+(?P<name>.*)$"
)


def vlans(text: str) -> list[VlanRow]:
    """Return the rows of ``display vlan``, ``display vlan brief`` or ``show vlan``."""
    rows: dict[int, VlanRow] = {}
    current: int | None = None
    tagged = False
    for line in text.splitlines():
        if re.match(r"^\s*(?:VLAN Type\s+SAID|Remote SPAN|Primary\s+Secondary)", line):
            break  # the second table of `show vlan` has nothing that matters here
        if named := _VRP_NAME.match(line):
            number = int(named["number"])
            rows[number] = replace(rows.get(number, VlanRow(number)), name=named["name"].strip())
            current = None
        elif row := _IOS_VLAN.match(line) or _VRP_VLAN.match(line):
            current, tagged = int(row["number"]), False
            name = row.groupdict().get("name") or ""
            rows[current], tagged = _with_ports(VlanRow(current, name), row["ports"] or "", tagged=False)
        elif row := _COMWARE_VLAN.match(line):
            current = int(row["number"])
            rows[current], tagged = _with_ports(
                VlanRow(current, row["name"].strip()), row["ports"] or "", tagged=False
            )
        elif current is not None and line[:1].isspace() and line.strip():
            rows[current], tagged = _with_ports(rows[current], line, tagged=tagged)
    return list(rows.values())


def _with_ports(row: VlanRow, text: str, *, tagged: bool) -> tuple[VlanRow, bool]:
    """Return the row with the ports of a line, and whether the ports of the next line are tagged."""
    for mark, name in re.findall(rf"(UT:|TG:)|({_PORT})", text):
        if mark:
            tagged = mark == "TG:"
        elif tagged:
            row = replace(row, tagged=(*row.tagged, port(name)))
        else:
            row = replace(row, untagged=(*row.untagged, port(name)))
    return row, tagged


# Gi1/0/16  Multi Space to the err-disabled 16         a-half   auto 10/100BaseTX
_IOS_PORT = re.compile(
    rf"^\s*(?P<port>{_PORT})\s+(?P<text>(?:.*?\s)?)"
    r"(?P<status>connected|notconnect|disabled|err-disabled|inactive|monitoring|suspended|sfpAbsent|noOperMem|up|down)"
    r":?(?:\s+TDR?)?\s+(?P<vlan>\d+|trunk|routed|unassigned|f-path|--|hybrid)\s+\S+\s+\S+(?:\s+.*)?$"
)
# GE0/1                DOWN auto    A      A    1    text
_COMWARE_BRIDGE = re.compile(
    rf"^\s*(?P<port>{_PORT})\s+(?P<link>UP|DOWN|ADM|Stby|DOWN\(\w+\))\s+\S+\s+\S+\s+(?P<type>[ATH])\s+(?P<vlan>\d+)\s*"
    r"(?P<text>.*)$"
)
# Vlan1                DOWN DOWN     192.168.1.1  text
_COMWARE_ROUTE = re.compile(
    r"^\s*(?P<port>[A-Za-z][\w/.:-]*)\s+(?P<link>UP|DOWN|ADM|Stby)\s+(?:UP|DOWN)(?:\(\w+\))?\s+(?:--|[\d.]+(?:/\d+)?)\s*(?P<text>.*)$"
)
# GigabitEthernet15/1/0(10G) up    up        0.69% 14.30%          0          0
_VRP_PORT = re.compile(
    r"^\s*(?P<port>[A-Za-z0-9][\w/.:-]*)(?:\(\w+\))?\s+(?P<link>[*^#!]?(?:up|down)(?:\(\w+\))?)\s+[*^]?(?:up|down)(?:\(\w+\))?\s+"
    r"(?:[\d.]+%|--)\s+(?:[\d.]+%|--)\s+\d+\s+\d+"
)
_MODES = {"A": "access", "T": "trunk", "H": "hybrid"}


def ports(text: str) -> list[PortRow]:
    """Return the rows of ``display interface brief`` or ``show interfaces status``."""
    rows: list[PortRow] = []
    for line in text.splitlines():
        if row := _VRP_PORT.match(line):
            link = row["link"]
            rows.append(PortRow(port(row["port"]), link.startswith("up"), link.startswith("*")))
        elif row := _COMWARE_BRIDGE.match(line):
            vlan, mode = int(row["vlan"]), _MODES[row["type"]]
            rows.append(
                PortRow(
                    port(row["port"]),
                    row["link"] == "UP",
                    row["link"] == "ADM",
                    vlan,
                    mode,
                    row["text"].strip(),
                )
            )
        elif row := _COMWARE_ROUTE.match(line):
            link = row["link"]
            rows.append(
                PortRow(port(row["port"]), link == "UP", link == "ADM", None, "routed", row["text"].strip())
            )
        elif row := _IOS_PORT.match(line):
            vlan_word, status = row["vlan"], row["status"]
            number = int(vlan_word) if vlan_word.isdecimal() else None
            mode = (
                "access" if number is not None else {"trunk": "trunk", "routed": "routed"}.get(vlan_word, "")
            )
            up = status in ("connected", "monitoring", "up")
            rows.append(
                PortRow(port(row["port"]), up, status == "disabled", number, mode, row["text"].strip())
            )
    return rows


# b8d6-f6ff-7390 10/-/-      XGE0/0/1      dynamic   |  0011-2233-4455 10  Learned  GigabitEthernet1/0/20  NOAGED
_MAC_FIRST = re.compile(
    rf"^\s*(?P<mac>{_MAC})\s+(?P<vlan>\d+)(?:/\S*)?\s+(?:(?P<state>Learned|Static|Security|Blackhole|Config\s+\w+|Other|OpenFlow|\w+)\s+)?"
    rf"(?P<port>{_PORT}|-)\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
#   10    0011.2233.4455    DYNAMIC     Gi1/0/1
_VLAN_FIRST = re.compile(
    rf"^\s*\*?\s*(?P<vlan>\d+)\s+(?P<mac>{_MAC})\s+(?P<state>[A-Za-z]+)\s+(?:\w+\s+)*?(?P<port>{_PORT})\s*$"
)
_KINDS = {"learned": "dynamic"}


def macs(text: str) -> list[AddressRow]:
    """Return the rows of ``display mac-address`` or ``show mac address-table``; the switch's own are left out."""
    rows: list[AddressRow] = []
    for line in text.splitlines():
        row = _MAC_FIRST.match(line) or _VLAN_FIRST.match(line)
        if row is None or row["port"] == "-":
            continue
        said = row["state"] or next(iter(row["rest"].split()), "")
        kind = said.lower()
        digits = re.sub(r"[^0-9a-f]", "", row["mac"].lower()).upper()
        address = "-".join(digits[index : index + 2] for index in range(0, 12, 2))
        rows.append(AddressRow(address, int(row["vlan"]), port(row["port"]), _KINDS.get(kind, kind)))
    return rows


_LLDP_PORT = re.compile(
    r"^i?(?P<port>\S+) has \d+ neighbor|neighbor-information of port \d+ ?\[(?P<comware>[^\]]+)\]"
    r"|^Local (?:Intf|Interface|Port)\s*:\s*(?P<ios>\S.*)$"
)
_LLDP_FIELD = re.compile(r"^\s*(?P<name>[A-Za-z][\w ()-]*?)\s*:\s*(?P<value>\S.*?)\s*$")
_LLDP_FIELDS = {"system name": "system", "port id": "remote_port", "chassis id": "chassis",
                "management address": "address", "management address value": "address"}  # fmt: skip
_LLDP_LISTS = (
    # System Name          Local Interface Chassis ID      Port ID
    re.compile(rf"^(?P<system>\S.*?)\s+(?P<port>{_PORT})\s+(?P<chassis>{_MAC})\s+(?P<remote_port>\S.*?)\s*$"),
    # Local Interface Chassis ID      Port ID                    System Name
    re.compile(rf"^(?P<port>{_PORT})\s+(?P<chassis>{_MAC})\s+(?P<remote_port>\S.*?)\s+(?P<system>\S+)\s*$"),
    # Local Intf       Neighbor Dev             Neighbor Intf             Exptime(s)
    re.compile(rf"^(?P<port>{_PORT})\s+(?P<system>\S.*?)\s+(?P<remote_port>{_PORT}|\S+)\s+(?:\d+)\s*$"),
)


def neighbours(text: str) -> list[NeighbourRow]:
    """Return the rows of ``display lldp neighbor`` (in full, brief or as a list) or ``show lldp neighbors detail``."""
    rows: list[NeighbourRow] = []
    local = ""
    found: dict[str, str] = {}
    table = [row for line in text.splitlines() for row in _listed(line)]
    if table:
        return table
    for line in [*text.splitlines(), "end has 0 neighbors"]:
        if header := _LLDP_PORT.search(line):
            if found:
                rows.append(NeighbourRow(port(local), **_all(found)))
            local = next(value for value in header.groups() if value)
            found = {}
        elif re.match(r"^\s*(?:LLDP )?[Nn]eighbor index\s*:", line) and found:
            rows.append(NeighbourRow(port(local), **_all(found)))
            found = {}
        elif field := _LLDP_FIELD.match(line):
            name = _LLDP_FIELDS.get(field["name"].lower())
            if name and local:
                found.setdefault(name, field["value"])
    return rows


def _listed(line: str) -> Iterator[NeighbourRow]:
    for pattern in _LLDP_LISTS:
        if row := pattern.match(line):
            fields = row.groupdict()
            yield NeighbourRow(
                port(fields["port"]), fields["system"], fields["remote_port"], fields.get("chassis") or ""
            )
            return


def _all(found: dict[str, str]) -> dict[str, str]:
    return {"system": "", "remote_port": ""} | found
