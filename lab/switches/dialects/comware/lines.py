"""The configuration lines of Comware 7 (S5130/S5560 command references), and what is checked of them."""

from __future__ import annotations

from typing import Any

from lab.switches.config import Line, RefusedError
from lab.switches.dialect import SYSTEM, Context
from lab.switches.dialects.access_lists import numbered
from lab.switches.grammar import Values

PORT, SVI, VLAN, USERS, VTY, ACL, BASIC = "port", "svi", "vlan", "luser", "vty", "acl-advanced", "acl-basic"
_RESET = ("access", "pvid", "trunk", "hybrid-pvid", "hybrid-untagged", "hybrid-tagged")


def _link_type(context: Context, values: Values) -> None:
    for section in context.sections:
        old = context.config.get(section, "link-type", "type", "access")
        if {old, values["type"]} == {"trunk", "hybrid"}:
            raise RefusedError("Please set the port link type to access first.")
        if old != values["type"]:
            entries = context.config.section(section)
            for identity in [identity for identity in entries if identity[0] in _RESET]:
                del entries[identity]


def needs(link_type: str) -> Any:
    """Return a guard: the port has that link type."""

    def check(context: Context, values: Values) -> None:
        del values
        for section in context.sections:
            if context.config.get(section, "link-type", "type", "access") != link_type:
                raise RefusedError(f"The port link type is not {link_type}.")

    return check


def _access(context: Context, values: Values) -> None:
    needs("access")(context, values)
    if not context.config.has((VLAN, values["vlan"])):
        raise RefusedError("The VLAN does not exist.")


def _rule(context: Context, values: Values) -> Values | None:
    kept = numbered(values, context.config.all(context.section, "rule"), 5)
    if kept is None:
        raise RefusedError("The rule already exists.")
    return kept


def _group_exists(context: Context, values: Values) -> None:
    if not any(item["group"] == values["group"] for item in context.config.all(SYSTEM, "isolate-group")):
        raise RefusedError("The isolation group does not exist.")


def _autolearn(context: Context, values: Values) -> None:
    for section in context.sections:
        if values["mode"] == "autolearn" and not context.config.get(section, "max-mac"):
            raise RefusedError("Please set the maximum number of secure MAC addresses first.")


_IN = ("system",)
_ON_PORT = (PORT,)
_SUPPRESSION = "{kind:broadcast-suppression|multicast-suppression|unicast-suppression}"

LINES: tuple[Line, ...] = (
    Line("sysname", _IN, "sysname {name:word}", ("undo sysname",)),
    Line("header", _IN, "header login {text:text}", ("undo header login",)),
    Line(
        "timezone", _IN, "clock timezone {zone:word} {way:add|minus} {offset:word}", ("undo clock timezone",)
    ),
    Line("telnet", _IN, "telnet server enable", ("undo telnet server enable",)),
    Line("lldp", _IN, "lldp global enable", ("undo lldp global enable",)),
    Line("snooping", _IN, "dhcp snooping enable", ("undo dhcp snooping enable",)),
    Line("stp", _IN, "stp global enable", ("undo stp global enable",)),
    Line(
        "isolate-group",
        _IN,
        "port-isolate group {group:1-8}",
        ("undo port-isolate group {group:1-8}",),
        key=("group",),
    ),
    Line("security", _IN, "port-security enable", ("undo port-security enable",)),
    Line(
        "static-mac",
        _IN,
        "mac-address static {mac:mac} interface {port:port} vlan {vlan:vlan}",
        ("undo mac-address static {mac:mac} interface {port:port} vlan {vlan:vlan}",),
        key=("mac", "vlan"),
    ),
    Line(
        "route",
        _IN,
        "ip route-static {network:ip} {mask:length} {gateway:ip}",
        ("undo ip route-static {network:ip} {mask:length} [{gateway:ip}]",),
        key=("network", "mask", "gateway"),
    ),
    Line(
        "loghost",
        _IN,
        "info-center loghost {server:ip}",
        ("undo info-center loghost {server:ip}",),
        key=("server",),
    ),
    Line("snmp", _IN, "snmp-agent", ("undo snmp-agent",)),
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
        "snmp-version",
        _IN,
        "snmp-agent sys-info version {version:v1|v2c|v3|all}",
        ("undo snmp-agent sys-info version {version:v1|v2c|v3|all}",),
        key=("version",),
    ),
    Line(
        "community",
        _IN,
        "snmp-agent community {right:read|write} {kind:simple|cipher} {community:cipher}",
        ("undo snmp-agent community {right:read|write} {kind:simple|cipher} {community:cipher}",),
        "snmp-agent community {right:word} cipher {community:cipher}",
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
        "snmp-agent group v3 {group:word} {level:authentication|privacy}",
        ("undo snmp-agent group v3 {group:word} [{level:authentication|privacy}]",),
        key=("group", "level"),
    ),
    Line(
        "snmp-group",
        _IN,
        "snmp-agent group v3 {group:word} {level:authentication|privacy} read-view {read:word}",
        key=("group", "level"),
    ),
    Line(
        "snmp-group",
        _IN,
        "snmp-agent group v3 {group:word} {level:authentication|privacy} acl {acl:2000-2999}",
        key=("group", "level"),
    ),
    Line(
        "snmp-group",
        _IN,
        "snmp-agent group v3 {group:word} {level:authentication|privacy} read-view {read:word} acl {acl:2000-2999}",
        key=("group", "level"),
    ),
    Line(
        "usm",
        _IN,
        "snmp-agent usm-user v3 {user:word} {group:word} {kind:simple|cipher} authentication-mode {auth:md5|sha} {authkey:cipher} privacy-mode {priv:des56|3des|aes128|aes192|aes256} {privkey:cipher}",
        ("undo snmp-agent usm-user v3 {user:word} [local]",),
        "snmp-agent usm-user v3 {user:word} {group:word} cipher authentication-mode {auth:word} {authkey:cipher} privacy-mode {priv:word} {privkey:cipher}",
        key=("user",),
    ),
    Line(
        "usm",
        _IN,
        "snmp-agent usm-user v3 {user:word} {group:word} {kind:simple|cipher} authentication-mode {auth:md5|sha} {authkey:cipher}",
        (),
        "snmp-agent usm-user v3 {user:word} {group:word} cipher authentication-mode {auth:word} {authkey:cipher}",
        key=("user",),
    ),
    Line(
        "trap-host",
        _IN,
        "snmp-agent target-host trap address udp-domain {server:ip} params securityname {user:word} v3 {level:authentication|privacy}",
        ("undo snmp-agent target-host trap address udp-domain {server:ip} params securityname {user:word}",),
        key=("server", "user"),
    ),
    Line("trap-enable", _IN, "snmp-agent trap enable", ("undo snmp-agent trap enable",)),
    Line("ssh", _IN, "ssh server enable", ("undo ssh server enable",)),
    Line("ssh-acl", _IN, "ssh server acl {acl:2000-3999}", ("undo ssh server acl",)),
    Line(
        "ssh-user",
        _IN,
        "ssh user {name:word} service-type {service:stelnet|sftp|scp|all} authentication-type {how:password|any|publickey}",
        ("undo ssh user {name:word}",),
        key=("name",),
    ),
    Line("ntp", _IN, "ntp-service enable", ("undo ntp-service enable",)),
    Line(
        "ntp-server",
        _IN,
        "ntp-service unicast-server {server:ip} [{priority:=priority}]",
        ("undo ntp-service unicast-server {server:ip}",),
        lambda values: [
            f"ntp-service unicast-server {values['server']}{' priority' if 'priority' in values else ''}"
        ],
        key=("server",),
    ),
    Line("http", _IN, "ip http enable", ("undo ip http enable",)),
    Line("https", _IN, "ip https enable", ("undo ip https enable",)),
    Line(
        "archive",
        _IN,
        "archive configuration location {folder:word} filename-prefix {prefix:word}",
        ("undo archive configuration location",),
    ),
    Line("filter-default", _IN, "packet-filter default deny", ("undo packet-filter default deny",)),
    Line(
        "source-binding-global",
        _IN,
        "ip source binding ip-address {ip:ip} mac-address {mac:mac}",
        ("undo ip source binding ip-address {ip:ip} mac-address {mac:mac}",),
        key=("ip", "mac"),
    ),
    # VLANs and their interfaces
    Line("vlan-name", (VLAN,), "name {text:text}", ("undo name",)),
    Line("vlan-description", (VLAN,), "description {text:text}", ("undo description",)),
    Line("svi-description", (SVI,), "description {text:text}", ("undo description",)),
    Line("svi-address", (SVI,), "ip address {ip:ip} {mask:mask}", ("undo ip address [{ip:ip} {mask:mask}]",)),
    Line("svi-shutdown", (SVI,), "shutdown", ("undo shutdown",)),
    Line(
        "svi-filter",
        (SVI,),
        "packet-filter {acl:aclref} {way:inbound|outbound}",
        ("undo packet-filter {acl:aclref} {way:inbound|outbound}",),
        key=("way",),
    ),
    Line(
        "svi-filter",
        (SVI,),
        "packet-filter name {acl:word} {way:inbound|outbound}",
        ("undo packet-filter name {acl:word} {way:inbound|outbound}",),
        key=("way",),
    ),
    # ports
    Line("link-mode", _ON_PORT, "port link-mode {mode:=bridge}"),
    Line("description", _ON_PORT, "description {text:text}", ("undo description",)),
    Line(
        "link-type",
        _ON_PORT,
        "port link-type {type:access|trunk|hybrid}",
        ("undo port link-type",),
        guard=_link_type,
    ),
    Line("access", _ON_PORT, "port access vlan {vlan:vlan}", ("undo port access vlan",), guard=_access),
    Line("trunk", _ON_PORT, "", show=lambda _: []),  # shown with the link type
    Line(
        "pvid", _ON_PORT, "port trunk pvid vlan {vlan:vlan}", ("undo port trunk pvid",), guard=needs("trunk")
    ),
    Line(
        "hybrid-tagged",
        _ON_PORT,
        "port hybrid vlan {vlans:vlans} tagged",
        grows="vlans",
        guard=needs("hybrid"),
    ),
    Line(
        "hybrid-untagged",
        _ON_PORT,
        "port hybrid vlan {vlans:vlans} untagged",
        grows="vlans",
        guard=needs("hybrid"),
    ),
    Line(
        "hybrid-pvid",
        _ON_PORT,
        "port hybrid pvid vlan {vlan:vlan}",
        ("undo port hybrid pvid",),
        guard=needs("hybrid"),
    ),
    Line("shutdown", _ON_PORT, "shutdown", ("undo shutdown",)),
    Line(
        "storm",
        _ON_PORT,
        _SUPPRESSION + " {unit:pps|kbps} {limit:0-1488100000}",
        ("undo " + _SUPPRESSION,),
        key=("kind",),
    ),
    Line("storm", _ON_PORT, _SUPPRESSION + " {ratio:0-100}", key=("kind",)),
    Line(
        "constrain",
        _ON_PORT,
        "storm-constrain {kind:broadcast|multicast|unicast} {unit:pps|kbps|ratio} {high:0-1488100000} {low:0-1488100000}",
        ("undo storm-constrain {kind:broadcast|multicast|unicast}",),
        key=("kind",),
    ),
    Line(
        "constrain-control",
        _ON_PORT,
        "storm-constrain control {action:block|shutdown}",
        ("undo storm-constrain control",),
    ),
    Line("stp-edge", _ON_PORT, "stp edged-port", ("undo stp edged-port",)),
    Line("stp-off", _ON_PORT, "undo stp enable", ("stp enable",)),
    Line(
        "isolate",
        _ON_PORT,
        "port-isolate enable group {group:1-8}",
        ("undo port-isolate enable [group {group:1-8}]",),
        guard=_group_exists,
    ),
    Line(
        "max-mac",
        _ON_PORT,
        "port-security max-mac-count {number:1-2147483647}",
        ("undo port-security max-mac-count",),
    ),
    Line(
        "port-mode",
        _ON_PORT,
        "port-security port-mode {mode:autolearn|secure}",
        ("undo port-security port-mode",),
        guard=_autolearn,
    ),
    Line(
        "intrusion",
        _ON_PORT,
        "port-security intrusion-mode {mode:blockmac|disableport|disableport-temporarily}",
        ("undo port-security intrusion-mode",),
    ),
    Line(
        "secure-mac",
        _ON_PORT,
        "port-security mac-address security [{sticky:=sticky}] {mac:mac} vlan {vlan:vlan}",
        ("undo port-security mac-address security [sticky] {mac:mac} vlan {vlan:vlan}",),
        key=("mac", "vlan"),
        show=lambda values: [
            f"port-security mac-address security {'sticky ' if 'sticky' in values else ''}{_mac(values['mac'])} vlan {values['vlan']}"
        ],
    ),
    Line("verify", _ON_PORT, "ip verify source ip-address mac-address", ("undo ip verify source",)),
    Line(
        "source-binding",
        _ON_PORT,
        "ip source binding ip-address {ip:ip} mac-address {mac:mac}",
        ("undo ip source binding ip-address {ip:ip} mac-address {mac:mac} [vlan {vlan:vlan}]",),
        key=("ip", "mac"),
    ),
    Line(
        "source-binding",
        _ON_PORT,
        "ip source binding ip-address {ip:ip} mac-address {mac:mac} vlan {vlan:vlan}",
        key=("ip", "mac"),
    ),
    Line(
        "filter",
        _ON_PORT,
        "packet-filter {acl:aclref} {way:inbound|outbound}",
        ("undo packet-filter {acl:aclref} {way:inbound|outbound}",),
        key=("way",),
    ),
    Line(
        "filter",
        _ON_PORT,
        "packet-filter name {acl:word} {way:inbound|outbound}",
        ("undo packet-filter name {acl:word} {way:inbound|outbound}",),
        key=("way",),
    ),
    Line("trusted", _ON_PORT, "dhcp snooping trust", ("undo dhcp snooping trust",)),
    Line("poe", _ON_PORT, "poe enable", ("undo poe enable",)),
    # access lists
    Line("acl-description", (ACL, BASIC), "description {text:text}", ("undo description",)),
    Line("step", (ACL, BASIC), "step {step:1-20}", ("undo step",)),
    Line(
        "rule",
        (ACL,),
        "rule [{id:0-65534}] {rule:advanced}",
        ("undo rule {id:0-65534}",),
        "rule {id:int} {rule:advanced}",
        key=("id",),
        guard=_rule,
    ),
    Line(
        "rule",
        (BASIC,),
        "rule [{id:0-65534}] {rule:basic}",
        ("undo rule {id:0-65534}",),
        "rule {id:int} {rule:basic}",
        key=("id",),
        guard=_rule,
    ),
    # accounts and lines
    Line(
        "password",
        (USERS,),
        "password {kind:simple|hash} {password:secret}",
        ("undo password",),
        "password hash {password:secret}",
    ),
    Line("service", (USERS,), "service-type {services:text}", ("undo service-type [{services:text}]",)),
    Line(
        "role",
        (USERS,),
        "authorization-attribute user-role {role:word}",
        ("undo authorization-attribute user-role {role:word}",),
        key=("role",),
    ),
    Line(
        "vty-auth", (VTY,), "authentication-mode {mode:scheme|password|none}", ("undo authentication-mode",)
    ),
    Line("vty-role", (VTY,), "user-role {role:word}", ("undo user-role {role:word}",), key=("role",)),
    Line("vty-protocol", (VTY,), "protocol inbound {protocol:ssh|telnet|all}", ("undo protocol inbound",)),
    Line(
        "vty-idle",
        (VTY,),
        "idle-timeout {minutes:0-35791} [{seconds:0-59}]",
        ("undo idle-timeout",),
        lambda values: [f"idle-timeout {values['minutes']} {values.get('seconds', 0)}"],
    ),
)


def _mac(mac: str) -> str:
    digits = mac.replace(":", "")
    return "-".join(digits[at : at + 4] for at in (0, 4, 8))
