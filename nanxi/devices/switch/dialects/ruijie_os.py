"""Ruijie RGOS 11 and 12 (RG-S2910, S5750 …): IOS-like, without a timed rollback that Ruijie documents for switches.

So a change is refused unless the operator allows it unarmed; then a scheduled reloading is the way back.
Sources: RG-S5750 RGOS 11.4 command reference.
"""

from __future__ import annotations

import re

from hier_config.platforms.cisco_ios.driver import HConfigDriverCiscoIOS

from nanxi.devices.switch.dialects.ios_like import LONE, ORDER, SECTIONS, SINGLE, UNDO, covers, normal, spell
from nanxi.devices.switch.dialects.model import Arming, Dialect, How
from nanxi.devices.switch.dialects.shared import PLAIN_REFUSAL, compiled

RUIJIE_OS = Dialect(
    name="ruijie_os",
    device_type="ruijie_os",
    driver=HConfigDriverCiscoIOS,
    negation="no ",
    # A user who may only look is greeted by `$` (N2).
    prompt=re.compile(r"(?:^|[\r\n])[\w.-]+(?:\(config[^)\r\n]*\))?[#>$] ?$"),
    config_prompt=re.compile(r"(?:^|[\r\n])[\w.-]+\(config[^)\r\n]*\)# ?$"),
    error=re.compile(
        r"^\s*%\s*(?!Warning|\w+-\d-).*|^\s*\^\s*$|^(?:Error|Failed).*"
        rf"|{PLAIN_REFUSAL}",
        re.MULTILINE | re.IGNORECASE,
    ),
    questions={re.compile(r"\[(?:y(?:es)?/n(?:o)?|confirm)\]\s*:?\s*$", re.IGNORECASE): "y"},
    running="show running-config",
    startup="show startup-config",
    enter="configure terminal",
    leave="end",
    up="exit",
    save="write",
    saved=re.compile(r"\[OK\]", re.IGNORECASE),
    normal=normal,
    spell=spell,
    covers=covers,
    volatile=compiled(r"^Building configuration", r"^Current configuration", r"^version ", r"^end$"),
    armings=(
        Arming(
            How.REBOOT,
            arm="reload in {minutes}",
            armed=re.compile(r"reload.*(?:scheduled|in )", re.IGNORECASE),
            confirm="reload cancel",
            longest_s=24 * 3600,
        ),
    ),
    single=SINGLE,
    lone=LONE,
    undo=UNDO,
    order=ORDER,
    shown_when_off=(),
    managed_whole=compiled(r"^ip access-list "),
    sections=SECTIONS,
)
