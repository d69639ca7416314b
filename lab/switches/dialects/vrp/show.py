"""What VRP displays, in the shape of recorded devices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from lab.switches.config import Config
from lab.switches.dataplane import PortState
from lab.switches.device import Switch
from lab.switches.dialect import Context, command
from lab.switches.dialects.vrp.checks import ACL, BASIC, PORT, SVI, VLAN
from lab.switches.grammar import Values
from lab.switches.types import Mac, VlanWords

_RULE = "-" * 80
_DASHES = "-" * 79


@command("display current-configuration", "*")
def current(context: Context, values: Values) -> list[str]:
    del values
    return context.switch.dialect.render(context.switch.running)


@command("display configuration candidate")
def candidate(context: Context, values: Values) -> list[str]:
    del values
    return context.switch.dialect.render(context.config)


@command("display current-configuration interface {port:port}", "*")
def current_port(context: Context, values: Values) -> list[str]:
    return _excerpt(context, f"interface {values['port']}")


@command("display current-configuration interface {svi:svi}", "*")
def current_svi(context: Context, values: Values) -> list[str]:
    return _excerpt(context, f"interface Vlanif{values['svi']}")


def _excerpt(context: Context, head: str) -> list[str]:
    lines = context.switch.dialect.render(context.switch.running)
    if head not in lines:
        return ["Error: The interface does not exist."]
    start = lines.index(head)
    return ["#", *lines[start : lines.index("#", start) + 1], "return"]


@command("display this")
def this(context: Context, values: Values) -> list[str]:
    del values
    lines = [f" {line}" for line in context.switch.dialect.section_lines(context.config, context.section)]
    head = {PORT: f"interface {context.section[1]}", SVI: f"interface Vlanif{context.section[1]}"}
    return ["#", *([head[context.section[0]]] if context.section[0] in head else []), *lines, "#", "return"]


@command("display saved-configuration", "*")
def saved(context: Context, values: Values) -> list[str]:
    del values
    return context.switch.saved()


@command("display startup", "*")
def startup(context: Context, values: Values) -> list[str]:
    del context, values
    names = ("Configured startup system software", "Startup system software", "Next startup system software")
    return [
        "MainBoard:",
        *(f"  {name + ':':<43}flash:/s5731.cc" for name in names),
        f"  {'Startup saved-configuration file:':<43}flash:/vrpcfg.zip",
        f"  {'Next startup saved-configuration file:':<43}flash:/vrpcfg.zip",
    ]


@command("display version", "*")
def version(context: Context, values: Values) -> list[str]:
    del values
    profile = context.switch.profile
    return [
        "Huawei Versatile Routing Platform Software",
        f"VRP (R) software, Version {profile.version}",
        "Copyright (C) 2000-2020 HUAWEI TECH Co., Ltd.",
        f"HUAWEI {profile.model} Routing Switch uptime is 0 week, 1 day, 2 hours, 3 minutes",
    ]


@command("display clock", "*")
def clock(context: Context, values: Values) -> list[str]:
    del values
    at = datetime.fromtimestamp(context.switch.clock.wall(), UTC)
    return [f"{at:%Y-%m-%d %H:%M:%S}", f"{at:%A}", "Time Zone(Default Zone Name) : UTC+00:00"]


@command("display vlan", "*")
def vlans(context: Context, values: Values) -> list[str]:
    del values
    config, ports = context.switch.running, context.switch.ports()
    found = [ident for ident, _ in config.of(VLAN)]
    lines = [
        f"The total number of VLANs is: {len(found)}",
        _RULE,
        "U: Up;         D: Down;         TG: Tagged;         UT: Untagged;",
        "MP: Vlan-mapping;               ST: Vlan-stacking;",
        "#: ProtocolTransparent-vlan;    *: Management-vlan;",
        _RULE,
        "",
        "VID  Type    Ports",
        _RULE,
    ]
    for vlan in found:
        lines += _members(context.switch, vlan, ports)
    lines += ["", "VID  Status  Property      MAC-LRN Statistics Description", _RULE]
    return [*lines, *(_described(config, vlan) for vlan in found)]


def _described(config: Config, vlan: int) -> str:
    text = config.get((VLAN, vlan), "vlan-description", "text", f"VLAN {vlan:04}")
    return f"{vlan:<4} enable  default       enable  disable    {text}"


def _members(switch: Switch, vlan: int, ports: Sequence[PortState]) -> Iterator[str]:
    """Yield the lines of a VLAN: untagged members, then tagged ones, four a line."""
    head = f"{vlan:<4} common  "
    groups = (
        ("UT:", [p for p in ports if vlan in p.untagged]),
        ("TG:", [p for p in ports if vlan in p.tagged]),
    )
    if not any(members for _, members in groups):
        yield head.rstrip()
    for mark, members in groups:
        cells = [f"{brief(switch, p.name)}({'U' if link_up(switch, p) else 'D'})" for p in members]
        for start in range(0, len(cells), 4):
            row = "".join(f"{cell:<16}" for cell in cells[start : start + 4])
            yield f"{head}{mark if start == 0 else '   '}{row}".rstrip()
            head = " " * 13


def brief(switch: Switch, name: str) -> str:
    """Return the short name of a port."""
    text: str = switch.dialect.port.brief(name)  # type: ignore[attr-defined]
    return text


def link_up(switch: Switch, port: PortState) -> bool:
    """Return whether a port has a link: it is not shut down, and a station was heard or the uplink is on it."""
    return port.up and (
        port.name == switch.installation.uplink or port.name in {item.port for item in switch.learned()}
    )


@command("display port vlan [{port:port}]", "*")
def port_vlans(context: Context, values: Values) -> list[str]:
    config = context.switch.running
    lines = ["Port                        Link Type    PVID  Trunk VLAN List", _DASHES]
    for port in context.switch.ports():
        if values.get("port") in (None, port.name):
            kind = config.get((PORT, port.name), "link-type", "type", "hybrid")
            listed = {
                "access": frozenset(),
                "trunk": config.get((PORT, port.name), "trunk", "vlans", frozenset({1})),
            }
            shown = VlanWords().text(listed.get(kind, port.tagged)).replace(" to ", "-") or "-"
            lines.append(f"{port.name:<27} {kind:<12} {port.pvid or 1:<5} {shown}")
    return lines


@command("display interface brief", "*")
def interfaces(context: Context, values: Values) -> list[str]:
    del values
    switch = context.switch
    lines = [
        "PHY: Physical",
        "*down: administratively down",
        "^down: standby",
        "(l): loopback",
        "(s): spoofing",
        "(E): E-Trunk down",
        "(b): BFD down",
        "(e): ETHOAM down",
        "(dl): DLDP down",
        "(d): Dampening Suppressed",
        "InUti/OutUti: input utility/output utility",
        "Interface                   PHY   Protocol  InUti OutUti   inErrors  outErrors",
    ]
    for port in switch.ports():
        physical = "*down" if not port.up else "up" if link_up(switch, port) else "down"
        lines.append(
            f"{port.name:<27} {physical:<5} {physical.lstrip('*'):<8}     0%     0%          0          0"
        )
    for vlan, _ in switch.running.of(SVI):
        state = "*down" if switch.running.get((SVI, vlan), "svi-shutdown") else "up"
        lines.append(
            f"{'Vlanif' + str(vlan):<27} {state:<5} {state.lstrip('*'):<8}     --     --          0          0"
        )
    return lines


@command("display mac-address", "*")
@command("display mac-address dynamic", "*")
@command("display mac-address vlan {vlan:vlan}", "*")
@command("display mac-address {port:port}", "*")
def macs(context: Context, values: Values) -> list[str]:
    switch = context.switch
    heard = [
        item
        for item in switch.learned()
        if values.get("vlan") in (None, item.vlan) and values.get("port") in (None, item.port)
    ]
    lines = [_DASHES, "MAC Address    VLAN/VSI/BD                       Learned-From        Type", _DASHES]
    for item in heard:
        kind = "sticky" if _is_sticky(switch.running, item.port, item.mac) else item.kind
        vlan = f"{item.vlan}/-/-"
        lines.append(f"{Mac('-').text(item.mac)} {vlan:<33} {brief(switch, item.port):<19} {kind}")
    return [*lines, "", _DASHES, f"Total items displayed = {len(heard)}"]


def _is_sticky(config: Config, port: str, mac: str) -> bool:
    return any(item["mac"] == mac for item in config.all((PORT, port), "sticky-mac"))


@command("display lldp neighbor", "*")
def lldp(context: Context, values: Values) -> list[str]:
    del values
    if not context.switch.running.get(("system", ""), "lldp"):
        return ["Info: Global LLDP is not enabled."]
    lines = []
    for port in context.switch.ports():
        found = context.switch.neighbours_at(port.name)
        lines += [f"{port.name} has {len(found)} neighbors{':' if found else ''}", ""]
        for number, item in enumerate(found, 1):
            lines += [
                f"Neighbor index : {number}",
                "Chassis type   :macAddress",
                f"Chassis ID     :{Mac('-').text(item.chassis)}",
                "Port ID type   :interfaceName",
                f"Port ID        :{item.port_id}",
                f"Port description    :{item.port_id}",
                f"System name         :{item.system}",
                f"Management address  : {item.address}",
                "Expired time   :102s",
                "",
            ]
    return lines


@command("display acl all", "*")
@command("display acl {acl:2000-3999}", "*")
def acls(context: Context, values: Values) -> list[str]:
    config, dialect = context.switch.running, context.switch.dialect
    lines: list[str] = []
    for view, kind in ((BASIC, "Basic"), (ACL, "Advanced")):
        for ident, _ in config.of(view):
            if values.get("acl") in (None, int(ident)):
                rules = dialect.section_lines(config, (view, ident), ("rule",))
                lines += [
                    f"{kind} ACL {ident}, {len(rules)} rules",
                    "Acl's step is 5",
                    *(f" {rule}" for rule in rules),
                    "",
                ]
    return lines or ["Error: The specified ACL does not exist."]


@command("display users", "*")
def users(context: Context, values: Values) -> list[str]:
    del values
    lines = ["  User-Intf    Delay    Type   Network Address     AuthenStatus    AuthorcmdFlag"]
    for number, session in sorted(context.switch.sessions.items()):
        mark = "+" if session is context.session else " "
        lines += [
            f"{mark} {34 + number} VTY {number}   00:00:00  SSH    {session.source!s:<19} pass            no",
            f"  Username : {session.user}",
            "",
        ]
    return lines
