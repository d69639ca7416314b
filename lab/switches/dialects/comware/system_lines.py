"""The lines of Comware 7's system view (S5130/S5560 command references)."""

from __future__ import annotations

from lab.switches.config import Line
from lab.switches.dialects.comware.checks import IN

SYSTEM_LINES: tuple[Line, ...] = (
    Line("sysname", IN, "sysname {name:word}", ("undo sysname",)),
    Line("header", IN, "header login {text:text}", ("undo header login",)),
    Line(
        "timezone", IN, "clock timezone {zone:word} {way:add|minus} {offset:word}", ("undo clock timezone",)
    ),
    Line("telnet", IN, "telnet server enable", ("undo telnet server enable",)),
    Line("lldp", IN, "lldp global enable", ("undo lldp global enable",)),
    Line("snooping", IN, "dhcp snooping enable", ("undo dhcp snooping enable",)),
    Line("stp", IN, "stp global enable", ("undo stp global enable",)),
    Line(
        "isolate-group",
        IN,
        "port-isolate group {group:1-8}",
        ("undo port-isolate group {group:1-8}",),
        key=("group",),
    ),
    Line("security", IN, "port-security enable", ("undo port-security enable",)),
    Line(
        "static-mac",
        IN,
        "mac-address static {mac:mac} interface {port:port} vlan {vlan:vlan}",
        ("undo mac-address static {mac:mac} interface {port:port} vlan {vlan:vlan}",),
        key=("mac", "vlan"),
    ),
    Line(
        "route",
        IN,
        "ip route-static {network:ip} {mask:length} {gateway:ip}",
        ("undo ip route-static {network:ip} {mask:length} [{gateway:ip}]",),
        key=("network", "mask", "gateway"),
    ),
    Line(
        "loghost",
        IN,
        "info-center loghost {server:ip}",
        ("undo info-center loghost {server:ip}",),
        key=("server",),
    ),
    Line("snmp", IN, "snmp-agent", ("undo snmp-agent",)),
    Line(
        "snmp-contact", IN, "snmp-agent sys-info contact {text:text}", ("undo snmp-agent sys-info contact",)
    ),
    Line(
        "snmp-location",
        IN,
        "snmp-agent sys-info location {text:text}",
        ("undo snmp-agent sys-info location",),
    ),
    Line(
        "snmp-version",
        IN,
        "snmp-agent sys-info version {version:v1|v2c|v3|all}",
        ("undo snmp-agent sys-info version {version:v1|v2c|v3|all}",),
        key=("version",),
    ),
    Line(
        "community",
        IN,
        "snmp-agent community {right:read|write} {kind:simple|cipher} {community:cipher}",
        ("undo snmp-agent community {right:read|write} {kind:simple|cipher} {community:cipher}",),
        "snmp-agent community {right:word} cipher {community:cipher}",
        key=("right", "community"),
    ),
    Line(
        "mib-view",
        IN,
        "snmp-agent mib-view {way:included|excluded} {view:word} {tree:word}",
        ("undo snmp-agent mib-view {view:word}",),
        key=("view", "tree"),
    ),
    Line(
        "snmp-group",
        IN,
        "snmp-agent group v3 {group:word} {level:authentication|privacy}",
        ("undo snmp-agent group v3 {group:word} [{level:authentication|privacy}]",),
        key=("group", "level"),
    ),
    Line(
        "snmp-group",
        IN,
        "snmp-agent group v3 {group:word} {level:authentication|privacy} read-view {read:word}",
        key=("group", "level"),
    ),
    Line(
        "snmp-group",
        IN,
        "snmp-agent group v3 {group:word} {level:authentication|privacy} notify-view {notify:word} acl {acl:2000-2999}",
        key=("group", "level"),
    ),
    Line(
        "snmp-group",
        IN,
        "snmp-agent group v3 {group:word} {level:authentication|privacy} acl {acl:2000-2999}",
        key=("group", "level"),
    ),
    Line(
        "snmp-group",
        IN,
        "snmp-agent group v3 {group:word} {level:authentication|privacy} read-view {read:word} acl {acl:2000-2999}",
        key=("group", "level"),
    ),
    Line(
        "usm",
        IN,
        "snmp-agent usm-user v3 {user:word} {group:word} {kind:simple|cipher} authentication-mode {auth:md5|sha} {authkey:cipher} privacy-mode {priv:des56|3des|aes128|aes192|aes256} {privkey:cipher}",
        ("undo snmp-agent usm-user v3 {user:word} [local]",),
        "snmp-agent usm-user v3 {user:word} {group:word} cipher authentication-mode {auth:word} {authkey:cipher} privacy-mode {priv:word} {privkey:cipher}",
        key=("user",),
    ),
    Line(
        "usm",
        IN,
        "snmp-agent usm-user v3 {user:word} {group:word} {kind:simple|cipher} authentication-mode {auth:md5|sha} {authkey:cipher}",
        (),
        "snmp-agent usm-user v3 {user:word} {group:word} cipher authentication-mode {auth:word} {authkey:cipher}",
        key=("user",),
    ),
    Line(
        "trap-host",
        IN,
        "snmp-agent target-host trap address udp-domain {server:ip} params securityname {user:word} v3 {level:authentication|privacy}",
        ("undo snmp-agent target-host trap address udp-domain {server:ip} params securityname {user:word}",),
        key=("server", "user"),
    ),
    Line("trap-off", IN, "undo snmp-agent trap enable", ("snmp-agent trap enable",)),  # on from the factory
    Line("ssh", IN, "ssh server enable", ("undo ssh server enable",)),
    Line("ssh-acl", IN, "ssh server acl {acl:2000-3999}", ("undo ssh server acl",)),
    Line(
        "ssh-user",
        IN,
        "ssh user {name:word} service-type {service:stelnet|sftp|scp|all} authentication-type {how:password|any|publickey}",
        ("undo ssh user {name:word}",),
        key=("name",),
    ),
    Line("ntp", IN, "ntp-service enable", ("undo ntp-service enable",)),
    Line(
        "ntp-server",
        IN,
        "ntp-service unicast-server {server:ip} [{priority:=priority}]",
        ("undo ntp-service unicast-server {server:ip}",),
        lambda values: [
            f"ntp-service unicast-server {values['server']}{' priority' if 'priority' in values else ''}"
        ],
        key=("server",),
    ),
    Line("http", IN, "ip http enable", ("undo ip http enable",)),
    Line("https", IN, "ip https enable", ("undo ip https enable",)),
    Line(
        "archive",
        IN,
        "archive configuration location {folder:word} filename-prefix {prefix:word}",
        ("undo archive configuration location",),
    ),
    Line("filter-default", IN, "packet-filter default deny", ("undo packet-filter default deny",)),
    Line(
        "source-binding-global",
        IN,
        "ip source binding ip-address {ip:ip} mac-address {mac:mac}",
        ("undo ip source binding ip-address {ip:ip} mac-address {mac:mac}",),
        key=("ip", "mac"),
    ),
)
