"""The configuration lines of RGOS 11/12 (RG-S29 command references) that are not those of IOS."""

from __future__ import annotations

from typing import Any

from lab.switches.config import Line
from lab.switches.dialects.ios.lines import ON_PORT, PORT, entry, trunk, user
from lab.switches.grammar import Values
from lab.switches.types import Mac

_IN = ("system",)


def _trunk(values: Values) -> list[str]:
    return trunk(values, only="only ", joins_pairs=True)


def _account(values: Values) -> list[str]:
    return [line.replace("password 7", "password 8") for line in user(values)]


def _group(values: Values) -> list[str]:
    more: list[Any] = [f"{word} {values[word]}" for word in ("read", "access") if word in values]
    return [" ".join(["snmp-server group", values["group"], "v3", values["level"], *more])]


def _usm(values: Values) -> list[str]:
    text = f"snmp-server user {values['user']} {values['group']} v3 encrypted auth {values['auth']} {values['authkey']}"
    return [text + (f" priv {values['priv']} {values['privkey']}" if "priv" in values else "")]


LINES: tuple[Line, ...] = (
    entry("user", _IN, "username {name:word} [privilege {level:0-15}] {kind:password|secret} [{enc:0-9}] {password:secret}",
          "username {name:word}", show=_account, key=("name",)),
    entry("ssh", _IN, "enable service ssh-server"),
    entry("telnet-off", _IN, "no enable service telnet-server", show="no enable service telnet-server"),
    entry("telnet", _IN, "enable service telnet-server"),
    entry("http-off", _IN, "no enable service web-server", show="no enable service web-server"),
    entry("encryption", _IN, "service password-encryption"),
    entry("timezone", _IN, "clock timezone {zone:word} {hours:word} [{minutes:0-59}]", "clock timezone",
          show=lambda values: [f"clock timezone {values['zone']} {values['hours']} {values.get('minutes', 0)}"]),
    entry("banner", _IN, "banner login {text:text}", "banner login"),
    entry("stp", _IN, "spanning-tree"),
    entry("snmp", _IN, "enable service snmp-agent"),
    entry("snmp-view", _IN, "snmp-server view {view:word} {tree:word} {way:include|exclude}", key=("view", "tree")),
    entry("snmp-group", _IN, "snmp-server group {group:word} v3 {level:noauth|auth|priv} [read {read:word}] [access {access:word}]",
          "snmp-server group {group:word} v3 {level:noauth|auth|priv}", key=("group", "level"), show=_group),
    entry("snmp-user", _IN, "snmp-server user {user:word} {group:word} v3 [encrypted] auth {auth:md5|sha} {authkey:key} [priv {priv:des56|aes128} {privkey:key}]",
          "snmp-server user {user:word} {group:word} v3", key=("user",), show=_usm),
    entry("trap-host", _IN, "snmp-server host {server:ip} [traps] version 3 {level:auth|priv} {user:word}", key=("server", "user"),
          show=lambda values: [f"snmp-server host {values['server']} traps version 3 {values['level']} {values['user']}"]),
    entry("trap-enable", _IN, "snmp-server enable traps"),
    entry("static-mac", _IN, "mac-address-table static {mac:mac} vlan {vlan:vlan} interface {port:port}", key=("mac", "vlan")),
    entry("mode", ON_PORT, "switchport mode {mode:access|trunk}", "switchport mode"),
    Line("trunk", ON_PORT, "", show=_trunk),
    entry("binding", ON_PORT, "switchport port-security binding {mac:mac} vlan {vlan:vlan} {ip:ip}", key=("mac", "vlan", "ip")),
    entry("security-mac", ON_PORT, "switchport port-security mac-address {mac:mac} [vlan {vlan:vlan}]", "switchport port-security mac-address {mac:mac}", key=("mac",),
          show=lambda values: [_secured(values)]),
    entry("sticky-mac", ON_PORT, "switchport port-security mac-address sticky {mac:mac} vlan {vlan:vlan}", key=("mac",)),
    entry("sticky", ON_PORT, "switchport port-security mac-address sticky"),
    entry("security", ON_PORT, "switchport port-security"),
    entry("storm", ON_PORT, "storm-control {kind:broadcast|multicast|unicast} {unit:pps|level} {rate:0-14881000}", "storm-control {kind:broadcast|multicast|unicast}", key=("kind",)),
    entry("storm", ON_PORT, "storm-control {kind:broadcast|multicast|unicast} {rate:0-10000000}", key=("kind",)),
    entry("portfast", ON_PORT, "spanning-tree portfast"),
    entry("bpduguard", ON_PORT, "spanning-tree bpduguard enable"),
    entry("poe-off", (PORT,), "no poe enable", show="no poe enable"),
)  # fmt: skip


def _secured(values: Values) -> str:
    vlan = f" vlan {values['vlan']}" if "vlan" in values else ""
    return f"switchport port-security mac-address {Mac('.').text(values['mac'])}{vlan}"
