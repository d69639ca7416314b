"""The configuration lines of Comware 7 (S5130/S5560 command references): the system's, and those of every other view."""

from __future__ import annotations

from lab.switches.config import Line
from lab.switches.dialects.comware.checks import (
    ACL,
    BASIC,
    ON_PORT,
    SUPPRESSION,
    SVI,
    USERS,
    VLAN,
    VTY,
    access,
    autolearn,
    group_exists,
    link_type,
    mac,
    needs,
    rule,
)
from lab.switches.dialects.comware.system_lines import SYSTEM_LINES

LINES: tuple[Line, ...] = (
    *SYSTEM_LINES,
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
        "packet-filter name {acl:name} {way:inbound|outbound}",
        ("undo packet-filter name {acl:name} {way:inbound|outbound}",),
        key=("way",),
    ),
    # ports
    Line("link-mode", ON_PORT, "port link-mode {mode:=bridge}"),
    Line("description", ON_PORT, "description {text:text}", ("undo description",)),
    Line(
        "link-type",
        ON_PORT,
        "port link-type {type:access|trunk|hybrid}",
        ("undo port link-type",),
        guard=link_type,
    ),
    Line("access", ON_PORT, "port access vlan {vlan:vlan}", ("undo port access vlan",), guard=access),
    Line("trunk", ON_PORT, "", show=lambda _: []),  # shown with the link type
    Line(
        "pvid", ON_PORT, "port trunk pvid vlan {vlan:vlan}", ("undo port trunk pvid",), guard=needs("trunk")
    ),
    Line(
        "hybrid-tagged",
        ON_PORT,
        "port hybrid vlan {vlans:vlans} tagged",
        grows="vlans",
        guard=needs("hybrid"),
    ),
    Line(
        "hybrid-untagged",
        ON_PORT,
        "port hybrid vlan {vlans:vlans} untagged",
        grows="vlans",
        guard=needs("hybrid"),
    ),
    Line(
        "hybrid-pvid",
        ON_PORT,
        "port hybrid pvid vlan {vlan:vlan}",
        ("undo port hybrid pvid",),
        guard=needs("hybrid"),
    ),
    Line("shutdown", ON_PORT, "shutdown", ("undo shutdown",)),
    Line(
        "storm",
        ON_PORT,
        SUPPRESSION + " {unit:pps|kbps} {limit:0-1488100000}",
        ("undo " + SUPPRESSION,),
        key=("kind",),
    ),
    Line("storm", ON_PORT, SUPPRESSION + " {ratio:0-100}", key=("kind",)),
    Line(
        "constrain",
        ON_PORT,
        "storm-constrain {kind:broadcast|multicast|unicast} {unit:pps|kbps|ratio} {high:0-1488100000} {low:0-1488100000}",
        ("undo storm-constrain {kind:broadcast|multicast|unicast}",),
        key=("kind",),
    ),
    Line(
        "constrain-control",
        ON_PORT,
        "storm-constrain control {action:block|shutdown}",
        ("undo storm-constrain control",),
    ),
    Line("stp-edge", ON_PORT, "stp edged-port", ("undo stp edged-port",)),
    Line("stp-off", ON_PORT, "undo stp enable", ("stp enable",)),
    Line(
        "isolate",
        ON_PORT,
        "port-isolate enable group {group:1-8}",
        ("undo port-isolate enable [group {group:1-8}]",),
        guard=group_exists,
    ),
    Line(
        "max-mac",
        ON_PORT,
        "port-security max-mac-count {number:1-2147483647}",
        ("undo port-security max-mac-count",),
    ),
    Line(
        "port-mode",
        ON_PORT,
        "port-security port-mode {mode:autolearn|secure}",
        ("undo port-security port-mode",),
        guard=autolearn,
    ),
    Line(
        "intrusion",
        ON_PORT,
        "port-security intrusion-mode {mode:blockmac|disableport|disableport-temporarily}",
        ("undo port-security intrusion-mode",),
    ),
    Line(
        "secure-mac",
        ON_PORT,
        "port-security mac-address security [{sticky:=sticky}] {mac:mac} vlan {vlan:vlan}",
        ("undo port-security mac-address security [sticky] {mac:mac} vlan {vlan:vlan}",),
        key=("mac", "vlan"),
        show=lambda values: [
            f"port-security mac-address security {'sticky ' if 'sticky' in values else ''}{mac(values['mac'])} vlan {values['vlan']}"
        ],
    ),
    Line("verify", ON_PORT, "ip verify source ip-address mac-address", ("undo ip verify source",)),
    Line(
        "source-binding",
        ON_PORT,
        "ip source binding ip-address {ip:ip} mac-address {mac:mac}",
        ("undo ip source binding ip-address {ip:ip} mac-address {mac:mac} [vlan {vlan:vlan}]",),
        key=("ip", "mac"),
    ),
    Line(
        "source-binding",
        ON_PORT,
        "ip source binding ip-address {ip:ip} mac-address {mac:mac} vlan {vlan:vlan}",
        key=("ip", "mac"),
    ),
    Line(
        "filter",
        ON_PORT,
        "packet-filter {acl:aclref} {way:inbound|outbound}",
        ("undo packet-filter {acl:aclref} {way:inbound|outbound}",),
        key=("way",),
    ),
    Line(
        "filter",
        ON_PORT,
        "packet-filter name {acl:name} {way:inbound|outbound}",
        ("undo packet-filter name {acl:name} {way:inbound|outbound}",),
        key=("way",),
    ),
    Line("trusted", ON_PORT, "dhcp snooping trust", ("undo dhcp snooping trust",)),
    Line("poe", ON_PORT, "poe enable", ("undo poe enable",)),
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
        guard=rule,
    ),
    Line(
        "rule",
        (BASIC,),
        "rule [{id:0-65534}] {rule:basic}",
        ("undo rule {id:0-65534}",),
        "rule {id:int} {rule:basic}",
        key=("id",),
        guard=rule,
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
