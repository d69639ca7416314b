"""H3C and HPE Comware 7 (S5130, S5560, 5510HI …); Comware 5 has no timed rollback.

Sources: H3C Fundamentals Command Reference (configuration file management), Security and ACL references.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hier_config.platforms.hp_comware5.driver import HConfigDriverHPComware5

from nanxi.devices.switch.dialects.model import Arming, Dialect, How, Rewrite
from nanxi.devices.switch.dialects.shared import (
    PLAIN_REFUSAL,
    compiled,
    huawei_rule,
    in_one,
    in_tens,
    one_each,
    rebuilt,
)
from nanxi.devices.switch.text import Tree
from nanxi.register.ports import port

_TRUNK = "port trunk permit vlan "


def _change(path: tuple[str, ...], line: str) -> Iterable[str]:
    if not path and line.startswith("interface "):
        return [f"interface {port(line.removeprefix('interface '))}"]
    if not path and (acl := re.match(r"^acl (?:number|advanced|basic) (\d+)", line)):
        # Comware 7 prints `acl advanced 3000`, Comware 5 `acl number 3000`.
        return [f"acl {'advanced' if int(acl[1]) >= 3000 else 'basic'} {acl[1]}"]
    if path and path[0].startswith("acl "):
        return [huawei_rule(line)]
    if path and line.startswith(_TRUNK):
        return one_each(_TRUNK, line.removeprefix(_TRUNK)) or [line]
    if not path and re.match(r"^vlan \d+ to \d+$", line):
        return one_each("vlan ", line.removeprefix("vlan "))
    if not path and (line_of := re.match(r"^(?:user-interface|line) (vty \d+ \d+)$", line)):
        return [f"line {line_of[1]}"]
    return [line]


def _spell(_: Tree, lines: list[str]) -> list[str]:
    return in_one(lines, _TRUNK, "undo ", in_tens)


def _normal(tree: Tree) -> Tree:
    return rebuilt(tree, _change)


HP_COMWARE = Dialect(
    name="hp_comware",
    device_type="hp_comware",
    driver=HConfigDriverHPComware5,
    negation="undo ",
    prompt=re.compile(r"(?:^|[\r\n])(?:RBM_\w)?[<\[][^<>\[\]\r\n]+[>\]] ?$"),
    config_prompt=re.compile(r"(?:^|[\r\n])(?:RBM_\w)?\[[^<>\[\]\r\n]+\] ?$"),
    error=re.compile(
        r"^\s*\^\s*$|^\s*%(?!\w{3} +\d).*|^\s*(?:Error|Unrecognized|Incomplete|Too many|Ambiguous|Wrong|Failed)\b.*"
        rf"|^.*\blocked\b.*|{PLAIN_REFUSAL}",
        re.MULTILINE | re.IGNORECASE,
    ),
    questions={
        re.compile(r"\[Y/N\]\s*:?\s*$", re.IGNORECASE): "Y",
        re.compile(r"press the enter key\)?:?\s*$", re.IGNORECASE): "",
    },
    running="display current-configuration",
    startup="display saved-configuration",
    enter="system-view",
    leave="return",
    up="quit",
    save="save force",
    saved=re.compile(r"saved successfully|Configuration is saved|successfully", re.IGNORECASE),
    normal=_normal,
    spell=_spell,
    volatile=compiled(r"^\s*version ", r"^\s*return$", r"^<.*>$"),
    armings=(
        Arming(
            How.TIMER,
            arm="configuration commit delay {minutes}",
            confirm="configuration commit",
            inside=True,
            longest_s=65535 * 60,
        ),
    ),
    single=(
        (r"^vlan \d+$", r"^(?:undo )?(name|description) "),
        (r"^interface ", r"^description "),
        (r"^interface ", r"^port link-type "),
        (r"^interface ", r"^port access vlan "),
        (r"^interface ", r"^port trunk pvid vlan "),
        (r"^interface ", r"^port-isolate enable"),
        (r"^interface ", r"^port-security (max-mac-count|port-mode|intrusion-mode) "),
        (r"^interface ", r"^(broadcast|multicast|unicast)-suppression "),
        (r"^interface ", r"^packet-filter (?:\S+ )?\d+ (inbound|outbound)"),
        (r"^acl ", r"^description "),
        (r"^acl ", r"^rule (\d+) "),
        (r"^line vty ", r"^(protocol inbound|authentication-mode|idle-timeout) "),
        (r"^sysname ",),
        (r"^ssh server acl ",),
        (r"^snmp-agent group v3 (\S+) ",),
        (r"^snmp-agent usm-user v3 (\S+) ",),
    ),
    lone=((r"^interface ", r"^port-security mac-address security (?:sticky )?\S"),),
    undo=(
        Rewrite(re.compile(r"^undo (description|name) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo (rule \d+) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo (port access vlan) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo (port link-type) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo (port-isolate enable).*"), r"undo \1"),
        Rewrite(
            re.compile(r"^undo (port-security (?:max-mac-count|port-mode|intrusion-mode)) .*"), r"undo \1"
        ),
        Rewrite(re.compile(r"^undo ((?:broadcast|multicast|unicast)-suppression) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo (protocol inbound|authentication-mode|idle-timeout) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo (sysname|ssh server acl) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo (snmp-agent group v3 \S+) .*"), r"undo \1 privacy"),
        Rewrite(re.compile(r"^undo (snmp-agent usm-user v3 \S+) .*"), r"undo \1 local"),
    ),
    order=(
        # What is global comes before the ports that need it, and goes after them.
        ((r"^(?!undo |interface |line |user-interface |sysname |hostname )",), -50),
        ((r"^undo ",), 60),
        ((r"^vlan \d+$",), -100),
        ((r"^acl ",), -90),
        ((r"^acl ", r"^undo rule "), 10),
        ((r"^interface ", r"^undo port-security "), -10),
        ((r"^(?:ssh server acl |line vty |snmp-agent .* acl )",), 50),
        ((r"^undo (?:vlan|acl) ",), 100),
    ),
    managed_whole=compiled(r"^acl "),
    sections={
        "vlan": ((r"^vlan (?!1$)\d+$",), (r"^interface ", r"^port trunk permit vlan (?!1$)")),
        "acl": ((r"^acl ",),),
    },
)
