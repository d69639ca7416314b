"""H3C and HPE Comware 7 (S5130, S5560, 5510HI …); Comware 5 has no timed rollback.

Sources: H3C Fundamentals Command Reference (configuration file management), Security and ACL references.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hier_config.platforms.hp_comware5.driver import HConfigDriverHPComware5

from nanxi.devices.switch.dialects.huawei_like import NEGATION, ORDER, SINGLE, UNDO, normal, sections, spell
from nanxi.devices.switch.dialects.model import Arming, Dialect, How, Rewrite
from nanxi.devices.switch.dialects.shared import PLAIN_REFUSAL, compiled, one_each

_TRUNK = "port trunk permit vlan "


def _own(line: str) -> Iterable[str]:
    if acl := re.match(r"^acl (?:number|advanced|basic) (\d+)", line):
        # Comware 7 prints `acl advanced 3000`, Comware 5 `acl number 3000`.
        return [f"acl {'advanced' if int(acl[1]) >= 3000 else 'basic'} {acl[1]}"]
    if re.match(r"^vlan \d+ to \d+$", line):
        return one_each("vlan ", line.removeprefix("vlan "))
    if line_of := re.match(r"^(?:user-interface|line) (vty \d+ \d+)$", line):
        return [f"line {line_of[1]}"]
    return [line]


HP_COMWARE = Dialect(
    name="hp_comware",
    device_type="hp_comware",
    driver=HConfigDriverHPComware5,
    negation=NEGATION,
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
    normal=normal(_TRUNK, _own),
    spell=spell(_TRUNK),
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
        *SINGLE,
        (r"^vlan \d+$", r"^(?:undo )?(name|description) "),
        (r"^interface ", r"^port access vlan "),
        (r"^interface ", r"^port-security (max-mac-count|port-mode|intrusion-mode) "),
        (r"^interface ", r"^(broadcast|multicast|unicast)-suppression "),
        (r"^interface ", r"^packet-filter (?:\S+ )?\d+ (inbound|outbound)"),
        (r"^line vty ", r"^(protocol inbound|authentication-mode|idle-timeout) "),
        (r"^ssh server acl ",),
        (r"^snmp-agent usm-user v3 (\S+) ",),
    ),
    lone=((r"^interface ", r"^port-security mac-address security (?:sticky )?\S"),),
    undo=(
        *UNDO,
        Rewrite(re.compile(r"^undo (port access vlan) .*"), r"undo \1"),
        Rewrite(
            re.compile(r"^undo (port-security (?:max-mac-count|port-mode|intrusion-mode)) .*"), r"undo \1"
        ),
        Rewrite(re.compile(r"^undo ((?:broadcast|multicast|unicast)-suppression) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo (ssh server acl) .*"), r"undo \1"),
        Rewrite(re.compile(r"^undo (snmp-agent usm-user v3 \S+) .*"), r"undo \1 local"),
    ),
    order=(
        *ORDER,
        ((r"^(?:ssh server acl |line vty |snmp-agent .* acl )",), 50),
    ),
    managed_whole=compiled(r"^acl "),
    sections=sections(_TRUNK),
)
