"""Huawei VRP: S-series (VRP5, V200: lines act at once) and CloudEngine (VRP8: two stages, ``commit trial``).

Which of the two a switch is shows in the prompt of its system view: ``[~HUAWEI]`` is two stages.
Sources: CloudEngine V200R002C50 and NE40E V800R010 command references (commit, abort trial), S5700 V200R019.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hier_config.platforms.huawei_vrp.driver import HConfigDriverHuaweiVrp

from nanxi.devices.switch.dialects.model import Arming, Dialect, How, Rewrite
from nanxi.devices.switch.dialects.shared import compiled, huawei_rule, in_one, in_tens, one_each, rebuilt
from nanxi.devices.switch.text import Tree
from nanxi.register.ports import port

_TRUNK = "port trunk allow-pass vlan "


def _change(path: tuple[str, ...], line: str) -> Iterable[str]:
    if not path and line.startswith("interface "):
        return [f"interface {port(line.removeprefix('interface '))}"]
    if not path and line.startswith("vlan batch "):
        return one_each("vlan ", line.removeprefix("vlan batch "))
    if not path and (acl := re.match(r"^acl (?:number )?(\d+)$", line)):
        return [f"acl number {acl[1]}"]
    if path and path[0].startswith("acl "):
        return [huawei_rule(line)]
    if path and line.startswith(_TRUNK):
        return one_each(_TRUNK, line.removeprefix(_TRUNK)) or [line]
    return [line]


def _spell(_: Tree, lines: list[str]) -> list[str]:
    return in_one(lines, _TRUNK, "undo ", in_tens)


def _normal(tree: Tree) -> Tree:
    return rebuilt(tree, _change)


HUAWEI_VRP = Dialect(
    name="huawei_vrp",
    device_type="huawei_vrp",
    driver=HConfigDriverHuaweiVrp,
    negation="undo ",
    prompt=re.compile(r"(?:^|[\r\n])(?:HRP_\w)?[<\[][~*]?[^<>\[\]\r\n]+[>\]] ?$"),
    config_prompt=re.compile(r"(?:^|[\r\n])(?:HRP_\w)?\[[~*]?[^<>\[\]\r\n]+\] ?$"),
    error=re.compile(
        r"^\s*\^\s*$|^\s*(?:Error|Failed|Failure|Unrecognized|Incomplete|Too many|Ambiguous|Wrong)\b.*",
        re.MULTILINE | re.IGNORECASE,
    ),
    # What is staged and not committed: never by accident.
    discard="clear configuration candidate",
    questions={
        re.compile(r"\[Y\(yes\)/N\(no\)/C\(cancel\)\]\s*:?\s*$", re.IGNORECASE): "N",
        re.compile(r"\[Y(?:\(yes\))?/N(?:\(no\))?\]\s*:?\s*$", re.IGNORECASE): "Y",
    },
    running="display current-configuration",
    startup="display saved-configuration",
    enter="system-view",
    leave="return",
    up="quit",
    save="save",
    saved=re.compile(r"saved successfully|Save the configuration successfully|successfully", re.IGNORECASE),
    normal=_normal,
    spell=_spell,
    volatile=compiled(r"^!", r"^return$", r"^<.*>$", r"^\s*ntp-service clock-period "),
    armings=(
        # With an identifier: a trial without one ends with the session that began it, and only that one confirms it.
        Arming(
            How.TRIAL,
            arm="commit trial {seconds} persist nanxi",
            armed=re.compile(r"trial|revert|rolled back", re.IGNORECASE),
            confirm="commit persist nanxi",
            abort="abort trial persist nanxi",
            inside=True,
            prompt=re.compile(r"\[[~*]"),
            longest_s=65535,
        ),
        Arming(
            How.REBOOT,
            arm="schedule reboot delay {minutes}",
            armed=re.compile(r"reboot.*(?:at|in|after)|scheduled", re.IGNORECASE),
            confirm="undo schedule reboot",
            longest_s=24 * 3600,
        ),
    ),
    single=(
        (r"^vlan \d+$", r"^(description|name) "),
        (r"^interface ", r"^description "),
        (r"^interface ", r"^port link-type "),
        (r"^interface ", r"^port default vlan "),
        (r"^interface ", r"^port trunk pvid vlan "),
        (r"^interface ", r"^port-isolate enable"),
        (r"^interface ", r"^port-security (max-mac-num|protect-action) "),
        (r"^interface ", r"^storm-control (broadcast|multicast|unicast|action|interval) "),
        (r"^interface ", r"^traffic-filter (inbound|outbound) acl "),
        (r"^acl ", r"^description "),
        (r"^acl ", r"^rule (\d+) "),
        (r"^user-interface vty ", r"^(protocol inbound|authentication-mode|idle-timeout) "),
        (r"^user-interface vty ", r"^acl \d+ (inbound|outbound)$"),
        (r"^sysname ",),
        (r"^snmp-agent group v3 (\S+) ",),
        (r"^snmp-agent usm-user v3 (\S+) (authentication-mode|privacy-mode) ",),
        (r"^snmp-agent usm-user v3 (\S+) group ",),
    ),
    lone=((r"^interface ", r"^port-security mac-address sticky \S"),),
    undo=(
        Rewrite(re.compile(r"^undo (description|name) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo (rule \d+) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo (port default vlan|port trunk pvid vlan) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo (port link-type) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo (port-isolate enable).*"), r"undo \1"),
        Rewrite(re.compile(r"^undo (port-security (?:max-mac-num|protect-action)) .*"), r"undo \1"),
        Rewrite(
            re.compile(r"^undo (storm-control (?:broadcast|multicast|unicast|action|interval)) .*"),
            r"undo \1",
        ),
        Rewrite(re.compile(r"^undo (traffic-filter (?:inbound|outbound)) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo acl (?!number)\d+ (inbound|outbound)$"), r"undo acl \1"),
        Rewrite(
            re.compile(r"^undo (protocol inbound|authentication-mode|idle-timeout|sysname) .*"), r"undo \1"
        ),
        Rewrite(re.compile(r"^undo (snmp-agent group v3 \S+) .*"), r"undo \1 privacy"),
        Rewrite(
            re.compile(r"^undo (snmp-agent usm-user v3 \S+) (authentication-mode|privacy-mode) .*"),
            r"undo \1 \2",
        ),
        Rewrite(re.compile(r"^undo (snmp-agent usm-user v3 \S+) group .*"), r"undo \1 group"),
    ),
    order=(
        # What is global comes before the ports that need it, and goes after them.
        ((r"^(?!undo |interface |line |user-interface |sysname |hostname )",), -50),
        ((r"^undo ",), 60),
        ((r"^vlan \d+$",), -100),
        ((r"^acl ",), -90),
        ((r"^acl ", r"^undo rule "), 10),
        ((r"^interface ", r"^undo port-security "), -10),
        ((r"^interface ", r"^undo port-security enable"), -5),
        ((r"^interface ", r"^undo port link-type"), 5),
        ((r"^user-interface vty ",), 50),
        ((r"^undo (?:vlan|acl) ",), 100),
    ),
    # What is on unless it is turned off, and so shows only then.
    shown_when_off=compiled(r"^undo http (?:secure-)?server enable$"),
    managed_whole=compiled(r"^acl "),
    sections={
        "vlan": ((r"^vlan (?!1$)\d+$",), (r"^interface ", r"^port trunk allow-pass vlan (?!1$)")),
        "acl": ((r"^acl ",),),
    },
)
