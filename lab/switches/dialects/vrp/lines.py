"""The configuration lines of VRP (S2700-S6700 V200R010 to R021 command references), and what is checked of them."""

from __future__ import annotations

from typing import Any

from lab.switches.config import Line, RefusedError
from lab.switches.dialect import SYSTEM, Context
from lab.switches.dialects.access_lists import numbered
from lab.switches.grammar import Values

PORT, SVI, VLAN, AAA, VTY, ACL, BASIC = "port", "svi", "vlan", "aaa", "vty", "acl-advanced", "acl-basic"
_RESET = ("default-vlan", "pvid", "trunk", "hybrid-pvid", "hybrid-untagged", "hybrid-tagged")


def _link_type(context: Context, values: Values) -> None:
    for section in context.sections:
        entries = context.config.section(section)
        old = context.config.get(section, "link-type", "type", "hybrid")
        present = [identity for identity in entries if identity[0] in _RESET]
        if old != values["type"] and present:
            if context.switch.traits.link_type_change == "refuses":
                raise RefusedError("Error: Please renew the default configurations.")
            for identity in present:
                del entries[identity]


def _needs(link_type: str) -> Any:
    def check(context: Context, values: Values) -> None:
        del values
        for section in context.sections:
            if context.config.get(section, "link-type", "type", "hybrid") != link_type:
                raise RefusedError("Error: The link type of the interface does not support this command.")

    return check


def _default_vlan(context: Context, values: Values) -> None:
    _needs("access")(context, values)
    if not context.config.has((VLAN, values["vlan"])):
        raise RefusedError("Error: The VLAN does not exist.")


def _acl_exists(context: Context, values: Values) -> None:
    if not any(context.config.has((view, str(values["acl"]))) for view in (ACL, BASIC)):
        raise RefusedError("Error: The ACL does not exist.")


def _rule(context: Context, values: Values) -> Values | None:
    existing = context.config.all(context.section, "rule")
    kept = numbered(values, existing, 5)
    if kept is None:
        raise RefusedError("")
    return kept


def _trunk(values: Values) -> list[str]:
    return _vlans(values, "port trunk allow-pass vlan")


def _hybrid_untagged(values: Values) -> list[str]:
    return _vlans(values, "port hybrid untagged vlan")


def _vlans(values: Values, words: str) -> list[str]:
    from lab.switches.types import VlanWords, ranges  # noqa: PLC0415

    left = set(values["vlans"])
    lines = [] if 1 in left else [f"undo {words} 1"]
    left.discard(1)
    # VRP shows VLAN 1 only where it is missing, and ten runs a line.
    runs = ranges(left)
    for at in range(0, len(runs), 10):
        chunk = {vlan for low, high in runs[at : at + 10] for vlan in range(low, high + 1)}
        lines.append(f"{words} {VlanWords().text(chunk)}")
    return lines


def _local_user(context: Context, values: Values) -> None:
    known = context.config.all(context.section, "user-password")
    if not any(user["name"] == values["name"] for user in known):
        raise RefusedError("Error: The user does not exist.")


def _usm(context: Context, values: Values) -> None:
    if not any(user["user"] == values["user"] for user in context.config.all(SYSTEM, "usm-group")):
        raise RefusedError("Error: The user does not exist.")


_IN = ("system",)
_ON_PORT = (PORT,)

LINES: tuple[Line, ...] = (
    Line("sysname", _IN, "sysname {name:word}", ("undo sysname",)),
    Line("header", _IN, "header login information {text:text}", ("undo header login",)),
    Line(
        "timezone", _IN, "clock timezone {zone:word} {way:add|minus} {offset:word}", ("undo clock timezone",)
    ),
    Line("lldp", _IN, "lldp enable", ("undo lldp enable",)),
    Line("dhcp", _IN, "dhcp enable", ("undo dhcp enable",)),
    Line("snooping", _IN, "dhcp snooping enable", ("undo dhcp snooping enable",)),
    Line("stp-mode", _IN, "stp mode {mode:stp|rstp|mstp}", ("undo stp mode",)),
    Line("stp-off", _IN, "undo stp enable", ("stp enable",)),
    Line("isolate-mode", _IN, "port-isolate mode {mode:l2|all}", ("undo port-isolate mode",)),
    Line(
        "loghost",
        _IN,
        "info-center loghost {server:ip}",
        ("undo info-center loghost {server:ip}",),
        key=("server",),
    ),
    Line("telnet", _IN, "telnet server enable", ("undo telnet server enable",)),
    Line("telnet-off", _IN, "undo telnet ipv4 server enable", ("telnet ipv4 server enable",)),
    Line("http-off", _IN, "undo http server enable", ("http server enable",)),
    Line("https-off", _IN, "undo http secure-server enable", ("http secure-server enable",)),
    Line(
        "user-bind",
        _IN,
        "user-bind static ip-address {ip:ip} mac-address {mac:mac} interface {port:port} vlan {vlan:vlan}",
        (
            "undo user-bind static ip-address {ip:ip} [mac-address {mac:mac}] [interface {port:port}] [vlan {vlan:vlan}]",
        ),
        key=("ip",),
    ),
    Line(
        "static-mac",
        _IN,
        "mac-address static {mac:mac} {port:port} vlan {vlan:vlan}",
        ("undo mac-address static {mac:mac} {port:port} vlan {vlan:vlan}",),
        key=("mac", "vlan"),
    ),
    Line(
        "route",
        _IN,
        "ip route-static {network:ip} {mask:mask} {gateway:ip}",
        ("undo ip route-static {network:ip} {mask:mask} [{gateway:ip}]",),
        key=("network", "mask", "gateway"),
    ),
    Line(
        "ntp-server",
        _IN,
        "ntp-service unicast-server {server:ip}",
        ("undo ntp-service unicast-server {server:ip}",),
        key=("server",),
    ),
    Line("ntp-server", _IN, "ntp-service unicast-server {server:ip} preference", key=("server",)),
    Line("ntp-off", _IN, "ntp-service server disable", ("undo ntp-service server disable",)),
    Line("snmp", _IN, "snmp-agent", ("undo snmp-agent",)),
    Line(
        "snmp-version",
        _IN,
        "snmp-agent sys-info version {version:v1|v2c|v3|all}",
        ("undo snmp-agent sys-info version {version:v1|v2c|v3|all}",),
        key=("version",),
    ),
    Line(
        "snmp-contact", _IN, "snmp-agent sys-info contact {text:text}", ("undo snmp-agent sys-info contact",)
    ),
    Line(
        "snmp-location",
        _IN,
        "snmp-agent sys-info location {text:text}",
        ("undo snmp-agent sys-info location",),
    ),
    Line(
        "community",
        _IN,
        "snmp-agent community {right:read|write} cipher {community:cipher}",
        ("undo snmp-agent community {community:cipher}",),
        key=("right", "community"),
    ),
    Line(
        "mib-view",
        _IN,
        "snmp-agent mib-view {way:included|excluded} {view:word} {tree:word}",
        ("undo snmp-agent mib-view {view:word}",),
        key=("view", "tree"),
    ),
    Line(
        "snmp-group",
        _IN,
        "snmp-agent group v3 {group:word} {level:authentication|privacy|noauthentication}",
        ("undo snmp-agent group v3 {group:word} [{level:authentication|privacy|noauthentication}]",),
        key=("group", "level"),
    ),
    Line(
        "snmp-group",
        _IN,
        "snmp-agent group v3 {group:word} {level:authentication|privacy|noauthentication} read-view {read:word}",
        key=("group", "level"),
    ),
    Line(
        "snmp-group",
        _IN,
        "snmp-agent group v3 {group:word} {level:authentication|privacy|noauthentication} acl {acl:2000-2999}",
        key=("group", "level"),
    ),
    Line(
        "snmp-group",
        _IN,
        "snmp-agent group v3 {group:word} {level:authentication|privacy|noauthentication} read-view {read:word} acl {acl:2000-2999}",
        key=("group", "level"),
    ),
    Line(
        "usm-group",
        _IN,
        "snmp-agent usm-user v3 {user:word} group {group:word}",
        ("undo snmp-agent usm-user v3 {user:word}",),
        key=("user",),
    ),
    Line(
        "usm-auth",
        _IN,
        "snmp-agent usm-user v3 {user:word} authentication-mode {auth:md5|sha|sha2-256} cipher {authkey:cipher}",
        ("undo snmp-agent usm-user v3 {user:word}",),
        key=("user",),
        guard=_usm,
    ),
    Line(
        "usm-priv",
        _IN,
        "snmp-agent usm-user v3 {user:word} privacy-mode {priv:des56|aes128|aes256} cipher {privkey:cipher}",
        ("undo snmp-agent usm-user v3 {user:word}",),
        key=("user",),
        guard=_usm,
    ),
    Line(
        "trap-host",
        _IN,
        "snmp-agent target-host trap address udp-domain {server:ip} params securityname {user:word} v3 {level:authentication|privacy}",
        ("undo snmp-agent target-host trap address udp-domain {server:ip} params securityname {user:word}",),
        key=("server", "user"),
    ),
    Line("trap-enable", _IN, "snmp-agent trap enable", ("undo snmp-agent trap enable",)),
    Line("stelnet", _IN, "stelnet server enable", ("undo stelnet server enable",)),
    Line("stelnet", _IN, "stelnet ipv4 server enable", ("undo stelnet ipv4 server enable",)),
    Line("ssh-user", _IN, "ssh user {name:word}", ("undo ssh user {name:word}",), key=("name",)),
    Line(
        "ssh-auth",
        _IN,
        "ssh user {name:word} authentication-type {how:password|rsa|all}",
        ("undo ssh user {name:word}", "undo ssh user {name:word} authentication-type"),
        key=("name",),
    ),
    Line(
        "ssh-service",
        _IN,
        "ssh user {name:word} service-type {service:stelnet|sftp|all}",
        ("undo ssh user {name:word}", "undo ssh user {name:word} service-type"),
        key=("name",),
    ),
    Line("ssh-source", _IN, "ssh server-source all-interface", ("undo ssh server-source",)),
    Line("ssh-source-port", _IN, "ssh server-source -i {svi:svi}", ("undo ssh server-source -i {svi:svi}",)),
    Line("ssh-acl", _IN, "ssh server acl {acl:2000-3999}", ("undo ssh server acl",), guard=_acl_exists),
    # VLANs
    Line("vlan-description", (VLAN,), "description {text:text}", ("undo description",)),
    Line("vlan-name", (VLAN,), "name {text:word}", ("undo name",)),
    # VLAN interfaces
    Line("svi-description", (SVI,), "description {text:text}", ("undo description",)),
    Line("svi-address", (SVI,), "ip address {ip:ip} {mask:mask}", ("undo ip address [{ip:ip} {mask:mask}]",)),
    Line("svi-shutdown", (SVI,), "shutdown", ("undo shutdown",)),
    Line(
        "svi-filter",
        (SVI,),
        "traffic-filter {way:inbound|outbound} acl {acl:aclref}",
        ("undo traffic-filter {way:inbound|outbound} [acl {acl:aclref}]",),
        key=("way",),
        guard=_acl_exists,
    ),
    # ports
    Line("description", _ON_PORT, "description {text:text}", ("undo description",)),
    Line("shutdown", _ON_PORT, "shutdown", ("undo shutdown",)),
    Line(
        "link-type",
        _ON_PORT,
        "port link-type {type:access|trunk|hybrid}",
        ("undo port link-type",),
        guard=_link_type,
    ),
    Line(
        "default-vlan",
        _ON_PORT,
        "port default vlan {vlan:vlan}",
        ("undo port default vlan [{vlan:vlan}]",),
        guard=_default_vlan,
    ),
    Line(
        "pvid",
        _ON_PORT,
        "port trunk pvid vlan {vlan:vlan}",
        ("undo port trunk pvid vlan",),
        guard=_needs("trunk"),
    ),
    Line("trunk", _ON_PORT, "", show=_trunk),
    Line(
        "hybrid-pvid",
        _ON_PORT,
        "port hybrid pvid vlan {vlan:vlan}",
        ("undo port hybrid pvid vlan",),
        guard=_needs("hybrid"),
    ),
    Line("hybrid-untagged", _ON_PORT, "", show=_hybrid_untagged),
    Line(
        "hybrid-tagged",
        _ON_PORT,
        "port hybrid tagged vlan {vlans:vlans}",
        ("undo port hybrid tagged vlan {vlans:vlans}",),
        grows="vlans",
        guard=_needs("hybrid"),
    ),
    Line("stp-edge", _ON_PORT, "stp edged-port enable", ("undo stp edged-port",)),
    Line("port-stp-off", _ON_PORT, "stp disable", ("undo stp disable", "stp enable")),
    Line(
        "isolate",
        _ON_PORT,
        "port-isolate enable group {group:1-64}",
        ("undo port-isolate enable [group {group:1-64}]",),
    ),
    Line(
        "storm",
        _ON_PORT,
        "storm-control {kind:broadcast|multicast|unicast} min-rate {low:1-33000000} max-rate {high:1-33000000}",
        ("undo storm-control {kind:broadcast|multicast|unicast}",),
        key=("kind",),
    ),
    Line(
        "storm",
        _ON_PORT,
        "storm-control {kind:broadcast|multicast|unicast} min-rate {unit:percent|kbps} {low:1-10000000} max-rate {unit:percent|kbps} {high:1-10000000}",
        key=("kind",),
    ),
    Line(
        "storm-action",
        _ON_PORT,
        "storm-control action {action:block|error-down}",
        ("undo storm-control action",),
    ),
    Line(
        "storm-enable",
        _ON_PORT,
        "storm-control enable {what:log|trap}",
        ("undo storm-control enable {what:log|trap}",),
        key=("what",),
    ),
    Line("port-security", _ON_PORT, "port-security enable", ("undo port-security enable",)),
    Line(
        "max-mac", _ON_PORT, "port-security max-mac-num {number:1-4096}", ("undo port-security max-mac-num",)
    ),
    Line(
        "protect",
        _ON_PORT,
        "port-security protect-action {action:protect|restrict|shutdown}",
        ("undo port-security protect-action",),
    ),
    Line("sticky", _ON_PORT, "port-security mac-address sticky", ("undo port-security mac-address sticky",)),
    Line(
        "sticky-mac",
        _ON_PORT,
        "port-security mac-address sticky {mac:mac} vlan {vlan:vlan}",
        ("undo port-security mac-address sticky {mac:mac} vlan {vlan:vlan}",),
        key=("mac", "vlan"),
    ),
    Line(
        "source-check",
        _ON_PORT,
        "ip source check user-bind enable",
        ("undo ip source check user-bind enable",),
    ),
    Line(
        "filter",
        _ON_PORT,
        "traffic-filter {way:inbound|outbound} acl {acl:aclref}",
        ("undo traffic-filter {way:inbound|outbound} [acl {acl:aclref}]",),
        key=("way",),
        guard=_acl_exists,
    ),
    Line("trusted", _ON_PORT, "dhcp snooping trusted", ("undo dhcp snooping trusted",)),
    Line("poe-off", _ON_PORT, "undo poe enable", ("poe enable",)),
    # access lists
    Line("acl-description", (ACL, BASIC), "description {text:text}", ("undo description",)),
    Line("step", (ACL, BASIC), "step {step:1-20}", ("undo step",)),
    Line(
        "rule",
        (ACL,),
        "rule [{id:0-4294967294}] {rule:advanced}",
        ("undo rule {id:0-4294967294}",),
        "rule {id:int} {rule:advanced}",
        key=("id",),
        guard=_rule,
    ),
    Line(
        "rule",
        (BASIC,),
        "rule [{id:0-4294967294}] {rule:basic}",
        ("undo rule {id:0-4294967294}",),
        "rule {id:int} {rule:basic}",
        key=("id",),
        guard=_rule,
    ),
    # accounts and lines
    Line(
        "user-password",
        (AAA,),
        "local-user {name:word} password {kind:cipher|irreversible-cipher} {password:secret}",
        ("undo local-user {name:word}",),
        "local-user {name:word} password irreversible-cipher {password:secret}",
        key=("name",),
    ),
    Line(
        "user-level",
        (AAA,),
        "local-user {name:word} privilege level {level:0-15}",
        ("undo local-user {name:word}", "undo local-user {name:word} privilege level"),
        key=("name",),
        guard=_local_user,
    ),
    Line(
        "user-service",
        (AAA,),
        "local-user {name:word} service-type {services:text}",
        ("undo local-user {name:word}", "undo local-user {name:word} service-type"),
        key=("name",),
        guard=_local_user,
    ),
    Line(
        "vty-acl",
        (VTY,),
        "acl {acl:2000-3999} {way:inbound|outbound}",
        ("undo acl {way:inbound|outbound}",),
        key=("way",),
        guard=_acl_exists,
    ),
    Line("vty-auth", (VTY,), "authentication-mode {mode:aaa|password|none}", ("undo authentication-mode",)),
    Line("vty-level", (VTY,), "user privilege level {level:0-15}", ("undo user privilege level",)),
    Line("vty-protocol", (VTY,), "protocol inbound {protocol:ssh|telnet|all}", ("undo protocol inbound",)),
    Line(
        "vty-idle",
        (VTY,),
        "idle-timeout {minutes:0-35791} [{seconds:0-59}]",
        ("undo idle-timeout",),
        lambda values: [f"idle-timeout {values['minutes']} {values.get('seconds', 0)}"],
    ),
)
