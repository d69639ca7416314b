"""Cisco IOS and IOS-XE (Catalyst 2960X, 3560, 9200 …).

Sources: Configuration Rollback Confirmed Change (IOS 15, XE 3E to 17), NAPALM's IOS driver, command references.
"""

from __future__ import annotations

import re

from hier_config.platforms.cisco_ios.driver import HConfigDriverCiscoIOS

from nanxi.devices.switch.dialects.ios_like import LONE, ORDER, SECTIONS, SINGLE, UNDO, covers, normal, spell
from nanxi.devices.switch.dialects.model import Arming, Dialect, How
from nanxi.devices.switch.dialects.shared import PLAIN_REFUSAL, compiled


def _snmp_users(text: str) -> list[str]:
    """Return the SNMPv3 users, which IOS keeps out of its configuration (RFC 3414 wants them unreadable)."""
    users = re.findall(r"^User name: (\S+).*?^Group-name: (\S+)", text, re.MULTILINE | re.DOTALL)
    return [f"snmp-server user {user} {group} v3" for user, group in users]


CISCO_IOS = Dialect(
    name="cisco_ios",
    device_type="cisco_ios",
    driver=HConfigDriverCiscoIOS,
    negation="no ",
    prompt=re.compile(r"(?:^|[\r\n])[\w.-]+(?:\(config[^)\r\n]*\))?[#>] ?$"),
    config_prompt=re.compile(r"(?:^|[\r\n])[\w.-]+\(config[^)\r\n]*\)# ?$"),
    error=re.compile(
        r"^\s*%\s*(?!Warning|Generating|Portfast|\w+-\d-).*|^Command rejected.*|^ERROR:.*"
        rf"|{PLAIN_REFUSAL}",
        re.MULTILINE,
    ),
    questions={
        re.compile(r"\[confirm\]\s*$", re.IGNORECASE): "",
        re.compile(r"Destination filename \[[^\]]*\]\??\s*$"): "",
        re.compile(r"\[(?:yes/no|y/n)\]:?\s*$", re.IGNORECASE): "yes",
    },
    running="show running-config",
    startup="show startup-config",
    enter="configure terminal",
    leave="end",
    up="exit",
    save="write memory",
    saved=re.compile(r"\[OK\]"),
    normal=normal,
    spell=spell,
    covers=covers,
    volatile=compiled(
        r"^Building configuration",
        r"^Current configuration",
        r"^Using \d+",
        r"^ntp clock-period ",
        r"^version ",
        r"^end$",
        r"^boot-(?:start|end)-marker$",
    ),
    armings=(
        Arming(
            How.TIMER,
            arm="configure terminal revert timer {minutes}",
            armed=re.compile(r"Rollback Confirmed Change|Backing up current running config", re.IGNORECASE),
            confirm="configure confirm",
            abort="configure revert now",
            configures=True,
            longest_s=120 * 60,
        ),
        Arming(
            How.REBOOT,
            arm="reload in {minutes}",
            armed=re.compile(r"Reload scheduled", re.IGNORECASE),
            confirm="reload cancel",
            longest_s=24 * 3600,
        ),
    ),
    # The confirmed change keeps the old configuration in the archive, which is not set up at delivery.
    prepares=("archive",),
    supplements=(("show snmp user", _snmp_users),),
    single=SINGLE,
    lone=LONE,
    undo=UNDO,
    order=ORDER,
    managed_whole=compiled(r"^ip access-list "),
    sections=SECTIONS,
)
