"""The configuration lines that Cisco IOS and Ruijie share, and those of IOS 15.2 (Catalyst 2960-X) alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab.switches.config import Line, RefusedError
from lab.switches.dialect import Context
from lab.switches.dialects.access_lists import next_number
from lab.switches.dialects.ios.notifications import KINDS
from lab.switches.grammar import Values
from lab.switches.types import Mac, VlanList

PORT, SVI, VLAN, LINE, EXT, STD, ARCHIVE = "port", "svi", "vlan", "line", "acl-ext", "acl-std", "archive"
_IN, ON_PORT = ("system",), (PORT,)
_BOTH = (PORT, SVI)
ALL_VLANS = frozenset(range(1, 4095))

Guard = Callable[[Any, Values], Values | None]


def entry(
    name: str,
    views: tuple[str, ...],
    typed: str,
    *no: str,
    show: Any = None,
    key: tuple[str, ...] = (),
    guard: Guard | None = None,
) -> Line:
    """Return a line that ``no`` removes: the whole of it, or a shorter form."""
    undo = (f"no {typed}", *(f"no {short}" for short in no))
    return Line(name, views, typed, undo, show, key, "", guard)


def _access(context: Context, values: Values) -> None:
    context.config.section((VLAN, values["vlan"]))


def _once(context: Context, values: Values) -> None:
    for name, _ in context.config.of(PORT):
        known = (
            *context.config.all((PORT, name), "security-mac"),
            *context.config.all((PORT, name), "sticky-mac"),
        )
        if (PORT, name) not in context.sections and any(item["mac"] == values["mac"] for item in known):
            raise RefusedError(f"Found duplicate mac-address {Mac('.').text(values['mac'])}.")


def _no_dynamic(context: Context, values: Values) -> None:
    """Port security wants a port whose mode somebody has chosen."""
    del values
    for section in context.sections:
        if context.config.get(section, "mode", "mode", "dynamic auto") == "dynamic auto":
            raise RefusedError(f"Command rejected: {section[1]} is a dynamic port.")


def _negotiates(context: Context, values: Values) -> None:
    del values
    for section in context.sections:
        if context.config.get(section, "mode", "mode", "dynamic auto") == "dynamic auto":
            words = (
                "Command rejected: Conflict between 'nonegotiate' and 'dynamic' status on this interface: "
            )
            raise RefusedError(f"{words}{section[1]}")


def rule_guard(context: Context, values: Values) -> Values | None:
    """Number a rule; the very rule again changes nothing."""
    existing = context.config.all(context.section, "rule")
    if any(item["rule"] == values["rule"] for item in existing):
        raise RefusedError("")
    if "id" in values:
        return values
    return {**values, "id": next_number([item["id"] for item in existing], 10)}


def trunk(values: Values, only: str = "", *, joins_pairs: bool = False) -> list[str]:
    """Return the allowed VLANs of a trunk; all are not shown."""
    if values["vlans"] == ALL_VLANS:
        return []
    shown = VlanList(joins_pairs).text(values["vlans"]) or "none"
    return [f"switchport trunk allowed vlan {only}{shown}"]


def user(values: Values) -> list[str]:
    """Return an account."""
    level = f" privilege {values['level']}" if "level" in values else ""
    kind = "secret 5" if values["kind"] == "secret" else "password 7"
    return [f"username {values['name']}{level} {kind} {values['password']}"]


SHARED: tuple[Line, ...] = (
    entry("hostname", _IN, "hostname {name:word}", "hostname"),
    entry(
        "enable",
        _IN,
        "enable secret [{enc:0-9}] {password:secret}",
        "enable secret",
        show=lambda values: [f"enable secret 5 {values['password']}"],
    ),
    entry(
        "stp-mode", _IN, "spanning-tree mode {mode:pvst|rapid-pvst|mst|stp|rstp|mstp}", "spanning-tree mode"
    ),
    entry("lldp", _IN, "lldp run"),
    entry("snooping", _IN, "ip dhcp snooping"),
    entry("gateway", _IN, "ip default-gateway {gateway:ip}", "ip default-gateway"),
    entry("route", _IN, "ip route {network:ip} {mask:mask} {gateway:ip}", key=("network", "mask", "gateway")),
    entry("ssh-version", _IN, "ip ssh version {version:1-2}", "ip ssh version"),
    entry(
        "ntp-server",
        _IN,
        "ntp server {server:ip} [{prefer:=prefer}]",
        key=("server",),
        show=lambda values: [f"ntp server {values['server']}{' prefer' if 'prefer' in values else ''}"],
    ),
    entry("loghost", _IN, "logging host {server:ip}", key=("server",)),
    entry("snmp-location", _IN, "snmp-server location {text:text}", "snmp-server location"),
    entry("snmp-contact", _IN, "snmp-server contact {text:text}", "snmp-server contact"),
    # VLANs, their interfaces and ports
    entry("vlan-name", (VLAN,), "name {text:word}", "name"),
    entry("description", _BOTH, "description {text:text}", "description"),
    entry("address", (SVI,), "ip address {ip:ip} {mask:mask}", "ip address"),
    entry(
        "access-vlan", ON_PORT, "switchport access vlan {vlan:vlan}", "switchport access vlan", guard=_access
    ),
    entry("native", ON_PORT, "switchport trunk native vlan {vlan:vlan}", "switchport trunk native vlan"),
    entry("protected", ON_PORT, "switchport protected"),
    entry(
        "security-max",
        ON_PORT,
        "switchport port-security maximum {number:1-8192}",
        "switchport port-security maximum",
    ),
    entry(
        "security-violation",
        ON_PORT,
        "switchport port-security violation {action:protect|restrict|shutdown}",
        "switchport port-security violation",
    ),
    entry("filter", _BOTH, "ip access-group {acl:word} {way:in|out}", key=("way",)),
    entry("shutdown", _BOTH, "shutdown"),
    entry(
        "storm-action",
        ON_PORT,
        "storm-control action {action:shutdown|trap}",
        "storm-control action {action:shutdown|trap}",
    ),
    # terminal lines
    entry("access-class", (LINE,), "access-class {acl:word} {way:in|out}", key=("way",)),
    entry(
        "exec-timeout",
        (LINE,),
        "exec-timeout {minutes:0-35791} [{seconds:0-2147483}]",
        "exec-timeout",
        show=lambda values: [f"exec-timeout {values['minutes']} {values.get('seconds', 0)}"],
    ),
    entry("login", (LINE,), "login local", "login"),
    entry("transport", (LINE,), "transport input {protocol:ssh|telnet|all|none}", "transport input"),
    # access lists
    entry("remark", (EXT, STD), "remark {text:text}", key=("text",)),
    Line(
        "rule",
        (EXT,),
        "[{id:1-2147483647}] {rule:extended}",
        ("no {id:1-2147483647}", "no {rule:extended}"),
        "{rule:extended}",
        ("id",),
        guard=rule_guard,
    ),
    Line(
        "rule",
        (STD,),
        "[{id:1-2147483647}] {rule:standard}",
        ("no {id:1-2147483647}", "no {rule:standard}"),
        "{rule:standard}",
        ("id",),
        guard=rule_guard,
    ),
)

CISCO: tuple[Line, ...] = (
    entry(
        "trap-host",
        _IN,
        "snmp-server host {server:ip} [traps] version 3 {level:auth|priv} {user:word}",
        key=("server", "user"),
        show=lambda values: [
            f"snmp-server host {values['server']} version 3 {values['level']} {values['user']}"
        ],
    ),
    entry(
        "trap-enable",
        _IN,
        "snmp-server enable traps snmp",
        show="snmp-server enable traps snmp {kinds:notifications}",
        guard=lambda _, values: {**values, "kinds": frozenset(KINDS)},
    ),
    Line(
        "trap-enable",
        _IN,
        "snmp-server enable traps snmp {kinds:notifications}",
        ("no snmp-server enable traps snmp {kinds:notifications}",),
        grows="kinds",
    ),
    entry("domain", _IN, "ip domain-name {text:word}", "ip domain-name"),
    entry("no-lookup", _IN, "no ip domain-lookup", show="no ip domain-lookup"),
    entry(
        "timezone",
        _IN,
        "clock timezone {zone:word} {hours:word} [{minutes:0-59}]",
        "clock timezone",
        show=lambda values: [f"clock timezone {values['zone']} {values['hours']} {values.get('minutes', 0)}"],
    ),
    entry(
        "user",
        _IN,
        "username {name:word} [privilege {level:0-15}] {kind:secret|password} [{enc:0-9}] {password:secret}",
        "username {name:word}",
        show=user,
        key=("name",),
    ),
    entry("aaa", _IN, "aaa new-model"),
    entry("vtp", _IN, "vtp mode {mode:transparent|server|client|off}", "vtp mode"),
    entry("encryption", _IN, "service password-encryption"),
    entry("http", _IN, "ip http server"),
    entry("https", _IN, "ip http secure-server"),
    entry("banner", _IN, "banner login {text:text}", "banner login"),
    entry(
        "snmp-community",
        _IN,
        "snmp-server community {community:word} {right:RO|RW} [{acl:word}]",
        "snmp-server community {community:word}",
        key=("community",),
        show=lambda values: [
            f"snmp-server community {values['community']} {values['right'].upper()}{' ' + values['acl'] if 'acl' in values else ''}"
        ],
    ),
    entry(
        "snmp-view",
        _IN,
        "snmp-server view {view:word} {tree:word} {way:included|excluded}",
        key=("view", "tree"),
    ),
    entry(
        "snmp-group",
        _IN,
        "snmp-server group {group:word} v3 {level:noauth|auth|priv} [read {read:word}] [access {acl:word}]",
        "snmp-server group {group:word} v3 {level:noauth|auth|priv}",
        key=("group", "level"),
        show=lambda values: [
            f"snmp-server group {values['group']} v3 {values['level']}{' read ' + values['read'] if 'read' in values else ''}{' access ' + values['acl'] if 'acl' in values else ''}"
        ],
    ),
    # IOS keeps its SNMPv3 users where no configuration shows them
    entry(
        "snmp-user",
        _IN,
        "snmp-server user {user:word} {group:word} v3 [encrypted] auth {auth:md5|sha} {authkey:word} [priv {priv:des|3des|aes} {bits:128|192|256} {privkey:word}]",
        "snmp-server user {user:word} {group:word} v3",
        key=("user",),
        show=lambda _: [],
    ),
    entry("mode", ON_PORT, "switchport mode {mode:access|trunk|dynamic auto}", "switchport mode"),
    entry("nonegotiate", ON_PORT, "switchport nonegotiate", guard=_negotiates),
    Line("trunk", ON_PORT, "", show=trunk),
    entry("sticky", ON_PORT, "switchport port-security mac-address sticky"),
    entry(
        "security-mac", ON_PORT, "switchport port-security mac-address {mac:mac}", key=("mac",), guard=_once
    ),
    entry("sticky-mac", ON_PORT, "switchport port-security mac-address sticky {mac:mac}", key=("mac",)),
    entry("security", ON_PORT, "switchport port-security", guard=_no_dynamic),
    entry(
        "storm",
        ON_PORT,
        "storm-control {kind:broadcast|multicast|unicast} level {level:level}",
        "storm-control {kind:broadcast|multicast|unicast} level",
        key=("kind",),
    ),
    entry(
        "storm",
        ON_PORT,
        "storm-control {kind:broadcast|multicast|unicast} level {unit:pps|bps} {rate:word}",
        key=("kind",),
    ),
    entry("portfast", ON_PORT, "spanning-tree portfast"),
    entry("bpduguard", ON_PORT, "spanning-tree bpduguard enable"),
    entry(
        "source-guard",
        ON_PORT,
        "ip verify source [{what:=port-security}]",
        "ip verify source",
        show=lambda values: [f"ip verify source{' port-security' if 'what' in values else ''}"],
    ),
    entry(
        "source-binding",
        _IN,
        "ip source binding {mac:mac} vlan {vlan:vlan} {ip:ip} interface {port:port}",
        key=("mac", "vlan", "ip"),
    ),
    entry("archive-path", (ARCHIVE,), "path {path:word}", "path"),
    entry("archive-write", (ARCHIVE,), "write-memory"),
    entry("logging-sync", (LINE,), "logging synchronous"),
    entry("privilege", (LINE,), "privilege level {level:0-15}", "privilege level"),
)
