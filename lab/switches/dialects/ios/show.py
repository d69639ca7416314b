"""What IOS shows, in the shape of recorded devices; Ruijie shares what is alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from lab.switches.config import Config
from lab.switches.dataplane import PortState
from lab.switches.device import Switch
from lab.switches.dialect import SYSTEM, Context, command
from lab.switches.dialects.ios.lines import EXT, PORT, STD, SVI, VLAN
from lab.switches.grammar import Values
from lab.switches.types import Mac

_RESERVED = {1002: "fddi-default", 1003: "token-ring-default", 1004: "fddinet-default", 1005: "trnet-default"}
_TYPES = {1002: "fddi ", 1003: "tr   ", 1004: "fdnet", 1005: "trnet"}


@command("show running-config", "user")
def running(context: Context, values: Values) -> list[str]:
    """Show the lines above it too, which are another text at each change."""
    del values
    lines = context.switch.dialect.render(context.switch.running)
    at = datetime.fromtimestamp(context.switch.clock.wall(), UTC)
    user = context.session.user if context.session else ""
    size = sum(len(line) + 1 for line in lines)
    changed = f"! Last configuration change at {at:%H:%M:%S UTC %a %b %d %Y} by {user}"
    return [
        "Building configuration...",
        "",
        f"Current configuration : {size} bytes",
        "!",
        changed,
        *lines,
        "",
    ]


@command("show running-config interface {port:port}", "user")
def running_port(context: Context, values: Values) -> list[str]:
    return _excerpt(context, f"interface {values['port']}")


@command("show running-config interface {svi:svi}", "user")
def running_svi(context: Context, values: Values) -> list[str]:
    return _excerpt(context, f"interface Vlan{values['svi']}")


def _excerpt(context: Context, head: str) -> list[str]:
    lines = context.switch.dialect.render(context.switch.running)
    if head not in lines:
        return ["% Invalid input detected at '^' marker.", ""]
    start = lines.index(head)
    part = lines[start : lines.index("!", start)]
    size = sum(len(line) + 1 for line in part)
    return ["Building configuration...", "", f"Current configuration : {size} bytes", "!", *part, "end", ""]


@command("show startup-config", "user")
def startup(context: Context, values: Values) -> list[str]:
    del values
    lines = context.switch.saved()
    return [f"Using {sum(len(line) + 1 for line in lines)} out of 524288 bytes", "!", *lines]


@command("show version", "user")
def version(context: Context, values: Values) -> list[str]:
    del values
    profile, name = context.switch.profile, context.switch.dialect.hostname(context.switch.running)
    return [
        f"Cisco IOS Software, {profile.model} Software, Version {profile.version}, RELEASE SOFTWARE (fc1)",
        "",
        f"{name} uptime is 1 day, 2 hours, 3 minutes",
        'System image file is "flash:/c2960x-universalk9-mz.152-7.E3.bin"',
    ]


@command("show clock", "user")
def clock(context: Context, values: Values) -> str:
    del values
    return f"{datetime.fromtimestamp(context.switch.clock.wall(), UTC):*%H:%M:%S.000 UTC %a %b %d %Y}"


def brief(switch: Switch, name: str) -> str:
    """Return the short name of a port."""
    text: str = switch.dialect.port.brief(name)  # type: ignore[attr-defined]
    return text


@command("show vlan brief", "user")
def vlan_brief(context: Context, values: Values) -> list[str]:
    del values
    switch = context.switch
    lines = [
        "",
        "VLAN Name                             Status    Ports",
        "---- -------------------------------- --------- -------------------------------",
    ]
    for vlan, _ in switch.running.of(VLAN):
        lines += _members(switch, vlan)
    return [*lines, *(f"{vlan:<4} {name:<32} act/unsup " for vlan, name in _RESERVED.items())]


def _members(switch: Switch, vlan: int) -> Iterator[str]:
    """Yield the lines of a VLAN; trunks are not listed, four ports a line."""
    cells = [
        brief(switch, port.name)
        for port in switch.ports()
        if vlan in port.untagged and not _trunk(switch, port)
    ]
    name = "default" if vlan == 1 else switch.running.get((VLAN, vlan), "vlan-name", "text", f"VLAN{vlan:04}")
    head = f"{vlan:<4} {name:<32} active    "
    if not cells:
        yield head
    for start in range(0, len(cells), 4):
        yield f"{head}{', '.join(cells[start : start + 4])}"
        head = " " * 48


def _trunk(switch: Switch, port: PortState) -> bool:
    return bool(switch.running.get((PORT, port.name), "mode", "mode") == "trunk")


@command("show vlan", "user")
def vlans(context: Context, values: Values) -> list[str]:
    found = [vlan for vlan, _ in context.switch.running.of(VLAN)]
    lines = [
        "",
        "VLAN Type  SAID       MTU   Parent RingNo BridgeNo Stp  BrdgMode Trans1 Trans2",
        "---- ----- ---------- ----- ------ ------ -------- ---- -------- ------ ------",
    ]
    for vlan in (*found, *_RESERVED):
        kind = _TYPES.get(vlan, "enet ")
        lines.append(
            f"{vlan:<4} {kind} {100000 + vlan:<10} 1500  -      -      -        -    -        0      0   "
        )
    return [
        *vlan_brief(context, values),
        *lines,
        "",
        "Remote SPAN VLANs",
        "-" * 78,
        "",
        "",
        "Primary Secondary Type              Ports",
        "------- --------- ----------------- ------------------------------------------",
    ]


@command("show interfaces status", "user")
def status(context: Context, values: Values) -> list[str]:
    del values
    switch, config = context.switch, context.switch.running
    heard = {item.port for item in switch.learned()}
    lines = ["", "Port      Name               Status       Vlan       Duplex  Speed Type"]
    for port in switch.ports():
        up = port.up and (port.name in heard or port.name == switch.installation.uplink)
        state = "connected" if up else "notconnect" if port.up else "disabled"
        vlan = (
            "trunk" if _trunk(switch, port) else str(config.get((PORT, port.name), "access-vlan", "vlan", 1))
        )
        text = config.get((PORT, port.name), "description", "text", "")[:18]
        duplex, speed = ("a-full", "a-1000") if up else ("auto", "auto")
        lines.append(
            f"{brief(switch, port.name):<9} {text:<18} {state:<12} {vlan:<10} {duplex:>6} {speed:>6} 10/100/1000BaseTX"
        )
    return lines


@command("show mac address-table", "user")
@command("show mac address-table dynamic", "user")
@command("show mac address-table vlan {vlan:vlan}", "user")
@command("show mac address-table interface {port:port}", "user")
def macs(context: Context, values: Values) -> list[str]:
    switch = context.switch
    lines = [
        "          Mac Address Table",
        "-------------------------------------------",
        "",
        "Vlan    Mac Address       Type        Ports",
        "----    -----------       --------    -----",
    ]
    shown = [
        item
        for item in switch.learned()
        if values.get("vlan") in (None, item.vlan) and values.get("port") in (None, item.port)
    ]
    for item in shown:
        kind = "STATIC" if _secured(switch.running, item.port, item.mac) else "DYNAMIC"
        lines.append(
            f"{item.vlan:>4}    {Mac('.').text(item.mac)}    {kind:<8}    {brief(switch, item.port)}"
        )
    return [*lines, f"Total Mac Addresses for this criterion: {len(shown)}"]


def _secured(config: Config, port: str, mac: str) -> bool:
    known = (*config.all((PORT, port), "security-mac"), *config.all((PORT, port), "sticky-mac"))
    return any(item["mac"] == mac for item in known)


@command("show ip interface brief", "user")
def addresses(context: Context, values: Values) -> list[str]:
    del values
    switch, config = context.switch, context.switch.running
    lines = ["Interface              IP-Address      OK? Method Status                Protocol"]
    for vlan, _ in config.of(SVI):
        down = config.get((SVI, vlan), "shutdown")
        address = config.get((SVI, vlan), "address", "ip", "unassigned")
        state, protocol = ("administratively down", "down") if down else ("up", "up")
        lines.append(f"{'Vlan' + str(vlan):<22} {address!s:<15} YES NVRAM  {state:<21} {protocol}")
    for port in switch.ports():
        state = "down" if port.up else "administratively down"
        lines.append(f"{port.name:<22} {'unassigned':<15} YES unset  {state:<21} down")
    return lines


@command("show access-lists [{name:word}]", "user")
@command("show ip access-lists [{name:word}]", "user")
def access_lists(context: Context, values: Values) -> list[str]:
    config, types = context.switch.running, context.switch.dialect.types
    lines = []
    for view, kind, rule in ((STD, "Standard", "standard"), (EXT, "Extended", "extended")):
        for ident, _ in config.of(view):
            if values.get("name") in (None, ident):
                lines.append(f"{kind} IP access list {ident}")
                lines += [
                    f"    {item['id']} {types[rule].text(item['rule'])}"
                    for item in config.all((view, ident), "rule")
                ]
    return lines


@command("show snmp user", "user")
def snmp_users(context: Context, values: Values) -> list[str]:
    del values
    lines = []
    for item in context.switch.running.all(SYSTEM, "snmp-user"):
        privacy = f"{item['priv'].upper()}{item['bits']}" if "priv" in item else "None"
        lines += [
            "",
            f"User name: {item['user']}",
            "Engine ID: 800000090300001122334455",
            "storage-type: nonvolatile        active",
            f"Authentication Protocol: {item['auth'].upper()}",
            f"Privacy Protocol: {privacy}",
            f"Group-name: {item['group']}",
        ]
    return lines


@command("show lldp neighbors", "user")
def lldp(context: Context, values: Values) -> list[str]:
    del values
    if not context.switch.running.get(SYSTEM, "lldp"):
        return ["% LLDP is not enabled"]
    switch = context.switch
    found = [item for port in switch.ports() for item in switch.neighbours_at(port.name)]
    return [
        "Capability codes:",
        "    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device",
        "    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other",
        "",
        "Device ID           Local Intf     Hold-time  Capability      Port ID",
        *(
            f"{item.system:<20}{brief(switch, item.port):<15}{120:<11}{'B':<16}{item.port_id}"
            for item in found
        ),
        "",
        f"Total entries displayed: {len(found)}",
        "",
    ]


@command("show users", "user")
def users(context: Context, values: Values) -> list[str]:
    del values
    lines = ["    Line       User       Host(s)              Idle       Location"]
    for number, session in sorted(context.switch.sessions.items()):
        mark = "*" if session is context.session else " "
        lines.append(
            f"{mark}{number + 1:>3} vty {number:<5} {session.user:<10} idle                 00:00:00   {session.source}"
        )
    return lines
