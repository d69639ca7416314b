"""What Comware displays, in the shape of recorded devices."""

from __future__ import annotations

from collections.abc import Iterator

from lab.switches.device import Switch
from lab.switches.dialect import SYSTEM, Context, command
from lab.switches.dialects.comware.checks import ACL, BASIC, PORT, SVI, VLAN
from lab.switches.grammar import Values
from lab.switches.types import Mac


@command("display current-configuration", "*")
def current(context: Context, values: Values) -> list[str]:
    del values
    return context.switch.dialect.render(context.switch.running)


@command("display current-configuration interface {port:port}", "*")
def current_port(context: Context, values: Values) -> list[str]:
    return _excerpt(context, f"interface {values['port']}")


@command("display current-configuration interface {svi:svi}", "*")
def current_svi(context: Context, values: Values) -> list[str]:
    return _excerpt(context, f"interface Vlan-interface{values['svi']}")


def _excerpt(context: Context, head: str) -> list[str]:
    lines = context.switch.dialect.render(context.switch.running)
    if head not in lines:
        return ["The interface does not exist."]
    start = lines.index(head)
    return ["#", *lines[start : lines.index("#", start) + 1], "return"]


@command("display this")
def this(context: Context, values: Values) -> list[str]:
    del values
    view, ident = context.section
    heads = {PORT: f"interface {ident}", SVI: f"interface Vlan-interface{ident}", VLAN: f"vlan {ident}"}
    lines = context.switch.dialect.port_lines(context.config, context.section)  # type: ignore[attr-defined]
    return ["#", *([heads[view]] if view in heads else []), *(f" {line}" for line in lines), "#", "return"]


@command("display saved-configuration", "*")
def saved(context: Context, values: Values) -> list[str]:
    del values
    return context.switch.saved()


@command("display startup", "*")
def startup(context: Context, values: Values) -> list[str]:
    del context, values
    return [
        "MainBoard:",
        " Current startup saved-configuration file: flash:/startup.cfg",
        " Next main startup saved-configuration file: flash:/startup.cfg",
        " Next backup startup saved-configuration file: NULL",
    ]


@command("display version", "*")
def version(context: Context, values: Values) -> list[str]:
    del values
    profile = context.switch.profile
    return [
        f"H3C Comware Software, Version {profile.version}",
        "Copyright (c) 2004-2019 New H3C Technologies Co., Ltd. All rights reserved.",
        f"H3C {profile.model} uptime is 0 weeks, 1 day, 2 hours, 3 minutes",
        "Last reboot reason : User reboot",
    ]


def brief(switch: Switch, name: str) -> str:
    """Return the short name of a port."""
    text: str = switch.dialect.port.brief(name)  # type: ignore[attr-defined]
    return text


@command("display vlan brief", "*")
def vlan_brief(context: Context, values: Values) -> list[str]:
    del values
    switch = context.switch
    lines = [
        "Brief information about all VLANs:",
        "Supported Minimum VLAN ID: 1",
        "Supported Maximum VLAN ID: 4094",
        "Default VLAN ID: 1",
        "VLAN ID   Name                             Port",
    ]
    for vlan, _ in switch.running.of(VLAN):
        lines += _members(switch, vlan)
    return lines


def _members(switch: Switch, vlan: int) -> Iterator[str]:
    name = switch.running.get((VLAN, vlan), "vlan-name", "text", f"VLAN {vlan:04}")
    cells = [brief(switch, port.name) for port in switch.ports() if vlan in port.untagged | port.tagged]
    head = f"{vlan:<9} {name:<32} "
    if not cells:
        yield head.rstrip()
    for start in range(0, len(cells), 3):
        yield f"{head}{'  '.join(cells[start : start + 3])}"
        head = " " * 43


@command("display vlan", "*")
def vlan_list(context: Context, values: Values) -> list[str]:
    del values
    found = [str(vlan) for vlan, _ in context.switch.running.of(VLAN)]
    return [f" Total VLANs: {len(found)}", f" The VLANs include:\n {', '.join(found)}"]


@command("display vlan {vlan:vlan}", "*")
def vlan_one(context: Context, values: Values) -> list[str]:
    switch, vlan = context.switch, values["vlan"]
    if not switch.running.has((VLAN, vlan)):
        return ["The VLAN does not exist."]
    ports = switch.ports()
    text = f"VLAN {vlan:04}"
    lines = [
        f" VLAN ID: {vlan}",
        " VLAN type: Static",
        f" Route interface: {'Configured' if switch.running.has((SVI, vlan)) else 'Not configured'}",
        f" Description: {switch.running.get((VLAN, vlan), 'vlan-description', 'text', text)}",
        f" Name: {switch.running.get((VLAN, vlan), 'vlan-name', 'text', text)}",
    ]
    for title, names in (
        ("Tagged ports:", [port.name for port in ports if vlan in port.tagged]),
        ("Untagged ports:", [port.name for port in ports if vlan in port.untagged]),
    ):
        lines += [f" {title}", *(f"    {name}" for name in names)] if names else [f" {title:<17}None"]
    return lines


@command("display interface brief", "*")
def interfaces(context: Context, values: Values) -> list[str]:
    del values
    switch, config = context.switch, context.switch.running
    lines = [
        "Brief information on interfaces in route mode:",
        "Link: ADM - administratively down; Stby - standby",
        "Protocol: (s) - spoofing",
        "Interface            Link Protocol Primary IP      Description",
        f"{'NULL0':<20} UP   UP(s)    --",
    ]
    for vlan, _ in config.of(SVI):
        link = "ADM" if config.get((SVI, vlan), "svi-shutdown") else "UP"
        address = config.get((SVI, vlan), "svi-address", "ip", "--")
        text = config.get((SVI, vlan), "svi-description", "text", "")
        lines.append(
            f"{'Vlan' + str(vlan):<20} {link:<4} {'UP' if link == 'UP' else 'DOWN':<8} {address!s:<15} {text}".rstrip()
        )
    lines += [
        "",
        "Brief information on interfaces in bridge mode:",
        "Link: ADM - administratively down; Stby - standby",
        "Speed: (a) - auto",
        "Duplex: (a)/A - auto; H - half; F - full",
        "Type: A - access; T - trunk; H - hybrid",
        "Interface            Link Speed   Duplex Type PVID Description",
    ]
    heard = {item.port for item in switch.learned()}
    for port in switch.ports():
        up = port.up and (port.name in heard or port.name == switch.installation.uplink)
        link, speed, duplex = ("UP", "1G(a)", "F(a)") if up else ("DOWN" if port.up else "ADM", "auto", "A")
        kind = config.get((PORT, port.name), "link-type", "type", "access")[0].upper()
        text = config.get((PORT, port.name), "description", "text", "")
        lines.append(
            f"{brief(switch, port.name):<20} {link:<4} {speed:<7} {duplex:<6} {kind:<4} {port.pvid or 1:<4} {text}".rstrip()
        )
    return lines


@command("display mac-address", "*")
@command("display mac-address vlan {vlan:vlan}", "*")
@command("display mac-address interface {port:port}", "*")
def macs(context: Context, values: Values) -> list[str]:
    switch = context.switch
    lines = ["MAC Address      VLAN ID    State            Port/Nickname            Aging"]
    for item in switch.learned():
        if values.get("vlan") in (None, item.vlan) and values.get("port") in (None, item.port):
            secure = any(
                known["mac"] == item.mac for known in switch.running.all((PORT, item.port), "secure-mac")
            )
            state, aging = ("Security", "N") if secure else ("Learned", "Y")
            mac = Mac("-").text(item.mac)
            lines.append(f"{mac:<16} {item.vlan:<10} {state:<16} {brief(switch, item.port):<24} {aging}")
    return lines


@command("display lldp neighbor-information list", "*")
def lldp(context: Context, values: Values) -> list[str]:
    del values
    switch = context.switch
    lines = [
        "Chassis ID : * -- -- Nearest nontpmr bridge neighbor",
        "             # -- -- Nearest customer bridge neighbor",
        "             Default -- -- Nearest bridge neighbor",
        "System Name          Local Interface Chassis ID      Port ID",
    ]
    found = [item for port in switch.ports() for item in switch.neighbours_at(port.name)]
    if not switch.running.get(SYSTEM, "lldp"):
        return []
    for item in found:
        chassis = Mac("-").text(item.chassis)
        lines.append(f"{item.system:<20} {brief(switch, item.port):<15} {chassis:<15} {item.port_id}")
    return lines


@command("display acl {acl:2000-3999}", "*")
@command("display acl all", "*")
def acls(context: Context, values: Values) -> list[str]:
    config, dialect = context.switch.running, context.switch.dialect
    lines: list[str] = []
    for view, kind in ((BASIC, "Basic"), (ACL, "Advanced")):
        for ident, _ in config.of(view):
            if values.get("acl") is None or str(values["acl"]) == ident:
                rules = dialect.section_lines(config, (view, ident), ("rule",))
                plural = "rule" if len(rules) == 1 else "rules"
                lines += [
                    f"{kind} IPv4 ACL {ident}, {len(rules)} {plural},",
                    "ACL's step is 5",
                    *(f" {rule}" for rule in rules),
                    "",
                ]
    return lines or ["The ACL does not exist."]


@command("display users", "*")
def users(context: Context, values: Values) -> list[str]:
    del values
    lines = ["  Idx  Line     Idle       Time              Pid     Type"]
    for number, session in sorted(context.switch.sessions.items()):
        mark = "+ " if session is context.session else "  "
        lines.append(
            f"{mark}{10 + number:<4} VTY {number:<4} 00:00:00   Jan 01 00:00:00   {1000 + number:<7} SSH"
        )
    return lines
