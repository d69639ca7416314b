"""What RGOS shows (RG-S29 command references; no recording was at hand)."""

from __future__ import annotations

from datetime import UTC, datetime

from lab.switches.dialect import Context, command
from lab.switches.dialects.ios.lines import PORT, SVI, VLAN
from lab.switches.dialects.ios.show import access_lists, brief, clock, users
from lab.switches.grammar import Values
from lab.switches.types import Mac

__all__ = ["access_lists", "clock", "users"]  # commands that are those of IOS


@command("show running-config", "user")
def running(context: Context, values: Values) -> list[str]:
    del values
    lines = context.switch.dialect.render(context.switch.running)
    size = sum(len(line) + 1 for line in lines)
    return ["", "Building configuration...", f"Current configuration: {size} bytes", "", *lines, ""]


@command("show running-config interface {port:port}", "user")
def running_port(context: Context, values: Values) -> list[str]:
    return _excerpt(context, f"interface {values['port']}")


@command("show running-config interface {svi:svi}", "user")
def running_svi(context: Context, values: Values) -> list[str]:
    return _excerpt(context, f"interface VLAN {values['svi']}")


def _excerpt(context: Context, head: str) -> list[str]:
    lines = context.switch.dialect.render(context.switch.running)
    if head not in lines:
        return ["% Invalid input detected at '^' marker.", ""]
    start = lines.index(head)
    part = lines[start : lines.index("!", start)]
    size = sum(len(line) + 1 for line in part)
    return ["", "Building configuration...", f"Current configuration: {size} bytes", "", *part, "end", ""]


@command("show startup-config", "user")
def startup(context: Context, values: Values) -> list[str]:
    del values
    return context.switch.saved()


@command("show version", "user")
def version(context: Context, values: Values) -> list[str]:
    del values
    profile = context.switch.profile
    at = datetime.fromtimestamp(context.switch.clock.wall(), UTC)
    return [
        f"System description      : Ruijie Gigabit Access Switch ({profile.model}) By Ruijie Networks",
        f"System start time       : {at:%Y-%m-%d} 00:00:00",
        "System uptime           : 1:02:03:04",
        "System hardware version : 1.00",
        f"System software version : {profile.version}",
    ]


@command("show vlan", "user")
def vlans(context: Context, values: Values) -> list[str]:
    """Trunks are listed too."""
    del values
    switch = context.switch
    ports = switch.ports()
    lines = [
        "VLAN       Name                             Status    Ports",
        "---------- -------------------------------- --------- -----------------------------------",
    ]
    for vlan, _ in switch.running.of(VLAN):
        name = switch.running.get((VLAN, vlan), "vlan-name", "text", f"VLAN{vlan:04}")
        cells = [brief(switch, port.name) for port in ports if vlan in port.untagged | port.tagged]
        rows = [", ".join(cells[at : at + 4]) for at in range(0, len(cells), 4)] or [""]
        lines.append(f"{vlan:<10} {name:<32} STATIC    {rows[0]}".rstrip())
        lines += [f"{' ' * 54}{row}" for row in rows[1:]]
    return lines


@command("show interfaces status", "user")
@command("show interface status", "user")
def status(context: Context, values: Values) -> list[str]:
    del values
    switch, config = context.switch, context.switch.running
    heard = {item.port for item in switch.learned()}
    lines = [
        "Interface                      Status    Vlan   Duplex   Speed     Type",
        "------------------------------ --------  ----   -------  --------- ------",
    ]
    for port in switch.ports():
        up = port.up and (port.name in heard or port.name == switch.installation.uplink)
        state = "up" if up else "down" if port.up else "disabled"
        trunk = config.get((PORT, port.name), "mode", "mode") == "trunk"
        vlan = "trunk" if trunk else str(config.get((PORT, port.name), "access-vlan", "vlan", 1))
        duplex, speed = ("Full", "1000M") if up else ("Unknown", "Unknown")
        lines.append(f"{port.name:<30} {state:<9} {vlan:<6} {duplex:<8} {speed:<9} copper")
    return lines


@command("show mac-address-table", "user")
@command("show mac-address-table vlan {vlan:vlan}", "user")
@command("show mac-address-table interface {port:port}", "user")
def macs(context: Context, values: Values) -> list[str]:
    head = [
        "Vlan        MAC Address          Type     Interface                      Live Time",
        "----------  -------------------- -------- ------------------------------ -------------",
    ]
    shown = [
        f"{item.vlan:>4}        {Mac('.').text(item.mac):<20} {item.kind.upper():<8} {item.port:<30} 0d 00:01:00"
        for item in context.switch.learned()
        if values.get("vlan") in (None, item.vlan) and values.get("port") in (None, item.port)
    ]
    return [*head, *shown]


@command("show ip interface brief", "user")
def addresses(context: Context, values: Values) -> list[str]:
    del values
    config = context.switch.running
    lines = [
        "Interface                        IP-Address(Pri)      IP-Address(Sec)      Status                 Protocol"
    ]
    for vlan, _ in config.of(SVI):
        address = config.get((SVI, vlan), "address", "ip")
        length = config.get((SVI, vlan), "address", "mask")
        shown = "no address" if address is None else f"{address}/{length}"
        state = "down" if config.get((SVI, vlan), "shutdown") else "up"
        lines.append(f"{'VLAN ' + str(vlan):<32} {shown:<20} {'no address':<20} {state:<22} {state}")
    return lines


@command("show lldp neighbors", "user")
def lldp(context: Context, values: Values) -> list[str]:
    del context, values
    return [
        "Capability codes:",
        "    (R) Router, (B) Bridge, (S) Station, (O) Other",
        "",
        "Total entries displayed: 0",
    ]
