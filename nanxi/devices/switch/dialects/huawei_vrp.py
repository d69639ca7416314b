"""Huawei VRP: S-series (VRP5, V200: lines act at once) and CloudEngine (VRP8: two stages, ``commit trial``).

Which of the two a switch is shows in the prompt of its system view: ``[~HUAWEI]`` is two stages.
Sources: CloudEngine V200R002C50 and NE40E V800R010 command references (commit, abort trial), S5700 V200R019.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hier_config.platforms.huawei_vrp.driver import HConfigDriverHuaweiVrp

from nanxi.devices.switch.dialects.huawei_like import NEGATION, ORDER, SINGLE, UNDO, normal, sections, spell
from nanxi.devices.switch.dialects.model import Arming, Dialect, How, Rewrite
from nanxi.devices.switch.dialects.shared import compiled, one_each

_TRUNK = "port trunk allow-pass vlan "


def _own(line: str) -> Iterable[str]:
    if line.startswith("vlan batch "):
        return one_each("vlan ", line.removeprefix("vlan batch "))
    if acl := re.match(r"^acl (?:number )?(\d+)$", line):
        return [f"acl number {acl[1]}"]
    # VRP8 gives each host that is told of something a name, and prints it.
    return [re.sub(r"^(snmp-agent target-host) host-name \S+", r"\1", line)]


HUAWEI_VRP = Dialect(
    name="huawei_vrp",
    device_type="huawei_vrp",
    driver=HConfigDriverHuaweiVrp,
    negation=NEGATION,
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
    normal=normal(_TRUNK, _own),
    spell=spell(_TRUNK),
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
        *SINGLE,
        (r"^vlan \d+$", r"^(description|name) "),
        (r"^interface ", r"^port default vlan "),
        (r"^interface ", r"^port-security (max-mac-num|protect-action) "),
        (r"^interface ", r"^storm-control (broadcast|multicast|unicast|action|interval) "),
        (r"^interface ", r"^traffic-filter (inbound|outbound) acl "),
        (r"^user-interface vty ", r"^(protocol inbound|authentication-mode|idle-timeout) "),
        (r"^user-interface vty ", r"^acl \d+ (inbound|outbound)$"),
        (r"^snmp-agent usm-user v3 (\S+) (authentication-mode|privacy-mode) ",),
        (r"^snmp-agent usm-user v3 (\S+) group ",),
    ),
    lone=((r"^interface ", r"^port-security mac-address sticky \S"),),
    undo=(
        *UNDO,
        Rewrite(re.compile(r"^undo (port default vlan|port trunk pvid vlan) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo (port-security (?:max-mac-num|protect-action)) .*"), r"undo \1"),
        Rewrite(
            re.compile(r"^undo (storm-control (?:broadcast|multicast|unicast|action|interval)) .*"),
            r"undo \1",
        ),
        Rewrite(re.compile(r"^undo (traffic-filter (?:inbound|outbound)) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo acl (?!number)\d+ (inbound|outbound)$"), r"undo acl \1"),
        Rewrite(
            re.compile(r"^undo (snmp-agent usm-user v3 \S+) (authentication-mode|privacy-mode) .*"),
            r"undo \1 \2",
        ),
        Rewrite(re.compile(r"^undo (snmp-agent usm-user v3 \S+) group .*"), r"undo \1 group"),
    ),
    order=(
        *ORDER,
        ((r"^interface ", r"^undo port-security enable"), -5),
        ((r"^interface ", r"^undo port link-type"), 5),
        ((r"^user-interface vty ",), 50),
    ),
    # What is on unless it is turned off, and so shows only then.
    shown_when_off=compiled(r"^undo http (?:secure-)?server enable$"),
    managed_whole=compiled(r"^acl "),
    sections=sections(_TRUNK),
)
