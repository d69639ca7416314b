"""Comware: its words, its prompts, how its configuration is laid out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from lab.switches.config import Config, Section
from lab.switches.dataplane import Learned, PortState
from lab.switches.dialect import SYSTEM, Context, commands_of
from lab.switches.dialects.access_lists import HuaweiRule
from lab.switches.dialects.comware import meaning, show, views
from lab.switches.dialects.comware.checks import ACL, BASIC, PORT, SVI, USERS, VLAN, VTY
from lab.switches.dialects.comware.lines import LINES
from lab.switches.dialects.huawei_family import HuaweiFamily
from lab.switches.grammar import Number, Type, Values
from lab.switches.management import Management
from lab.switches.types import (
    COMMON,
    Mac,
    Mask,
    MaskLength,
    PortName,
    Secret,
    VlanInterface,
    VlanWords,
    ranges,
)

if TYPE_CHECKING:
    from lab.switches.session import Session

_ABOVE = (
    ("sysname",),
    ("timezone",),
    ("telnet",),
    ("lldp",),
    ("snooping",),
    ("security",),
    ("isolate-group",),
    ("source-binding-global",),
    ("filter-default",),
)
_MIDDLE = (("stp",),)
_BELOW = (
    ("static-mac",),
    ("route",),
    ("loghost",),
    (
        "snmp",
        "snmp-contact",
        "snmp-location",
        "snmp-version",
        "community",
        "mib-view",
        "snmp-group",
        "usm",
        "trap-host",
        "trap-off",
    ),
    ("ssh", "ssh-acl", "ssh-user"),
    ("ntp", "ntp-server"),
)
_TAIL = (("archive",), ("header",), ("http", "https"))


class Comware(HuaweiFamily):
    """One piece of hardware."""

    name = "hp_comware"
    views = (PORT, SVI, VLAN, USERS, VTY, ACL, BASIC, "elsewhere")
    lines = LINES
    several = "if-range"
    more = "---- More ----"
    more_wipe = f"\r{' ' * 20}\r"
    words: ClassVar = {
        "unrecognized": " % Unrecognized command found at '^' position.",
        "wrong": " % Wrong parameter found at '^' position.",
        "incomplete": " % Incomplete command found at '^' position.",
        "ambiguous": " % Ambiguous command found at '^' position.",
        "too-many": " % Too many parameters found at '^' position.",
    }

    def __init__(self, ports: tuple[str, ...]) -> None:
        self.port_names = ports
        self.port = PortName(
            ports,
            (
                ("GigabitEthernet", "GE"),
                ("Ten-GigabitEthernet", "XGE"),
                ("FortyGigE", "FGE"),
                ("Ethernet", "Eth"),
            ),
        )
        types: dict[str, Type] = {
            **COMMON,
            "vlan": Number(1, 4094),
            "int": Number(0, 4294967295),
            "aclref": Number(2000, 3999),
            "vlans": VlanWords(),
            "mask": Mask(takes_length=True),
            "length": MaskLength(),
            "mac": Mac("-"),
            "port": self.port,
            "svi": VlanInterface("Vlan-interface"),
            "secret": Secret("$h$6$"),
            "cipher": Secret("$c$3$"),
            "advanced": HuaweiRule(basic=False, established=("established",), extras=("logging", "counting")),
            "basic": HuaweiRule(basic=True, extras=("logging", "counting")),
        }
        super().__init__(types, commands_of(views, show))

    def place(self, section: Section) -> str:
        """Return how a section stands in the prompt."""
        view, ident = section
        if view in (ACL, BASIC):
            return f"acl-ipv4-{'adv' if view == ACL else 'basic'}-{ident}"
        if view == VTY:
            return f"line-vty{str(ident).replace(' ', '-')}"
        return {SVI: f"Vlan-interface{ident}", VLAN: f"vlan{ident}", USERS: f"luser-manage-{ident}"}.get(
            view, str(ident)
        )

    def hostname(self, config: Config) -> str:
        """Return the sysname."""
        return str(config.get(SYSTEM, "sysname", "name", "H3C"))

    def blank(self) -> Config:
        """Return the ports, VLAN 1 and the terminal lines."""
        sections: list[Section] = [
            SYSTEM,
            (VLAN, 1),
            (VTY, "0 63"),
            *((PORT, name) for name in self.port_names),
        ]
        return Config({section: {} for section in sections})

    def ports(self, config: Config) -> list[PortState]:
        """Return what it means to the ports."""
        return meaning.ports(config)

    def admits(self, config: Config) -> dict[str, int]:
        """Return how many stations secured ports still take in."""
        return meaning.admits(config)

    def admitted(self, station: Learned) -> tuple[str, Values]:
        """Return the line that such a station becomes."""
        return "secure-mac", {"sticky": "sticky", "mac": station.mac, "vlan": station.vlan}

    def management(self, config: Config) -> Management:
        """Return what it means to the switch itself."""
        return meaning.management(config)

    def passwords(self, config: Config) -> dict[str, str]:
        """Return the local users whose service types name SSH."""
        return {
            str(name): config.get((USERS, name), "password", "password")
            for name, _ in config.of(USERS)
            if config.get((USERS, name), "password")
            and "ssh" in config.get((USERS, name), "service", "services", "").split()
        }

    def from_file(self, context: Context, line: str) -> str:
        """Return a line of a configuration file as it would be typed; "#" ends a section."""
        if line.startswith("#"):
            context.sections = [SYSTEM]
        return "" if line.strip().split(" ")[0] in ("return", "version") else line

    def is_remark(self, said: list[str]) -> bool:
        """Return whether a reply only informs."""
        return not said

    async def greet(self, session: Session) -> None:
        """Say what Comware says at sign-in."""
        rule = "*" * 78
        await session.say(
            f"\n{rule}\n* Copyright (c) 2004-2019 New H3C Technologies Co., Ltd. All rights reserved.*\n"
            "* Without the owner's prior written consent,                                 *\n"
            f"* no decompiling or reverse-engineering shall be allowed.                    *\n{rule}\n\n"
        )
        banner = session.switch.running.get(SYSTEM, "header", "text", session.switch.traits.banner)
        if banner:
            await session.say(f"{banner.strip('%')}\n")

    def render(self, config: Config) -> list[str]:
        """Return ``display current-configuration``."""
        return ["#", " version 7.1.070, Release 6126P20", "#", *self._body(config), "return"]

    def _body(self, config: Config) -> Iterator[str]:
        for names in _ABOVE:
            yield from self._group(config, names)
        yield from self._vlans(config)
        for names in _MIDDLE:
            yield from self._group(config, names)
        yield from ("interface NULL0", "#")
        for ident, _ in config.of(SVI):
            yield from self._section(config, (SVI, ident), f"interface Vlan-interface{ident}")
        for name in self.port_names:
            yield from self._section(config, (PORT, name), f"interface {name}")
        for ident, _ in config.of(VTY):
            yield from self._section(config, (VTY, ident), f"line vty {ident}")
        for names in _BELOW:
            yield from self._group(config, names)
        for view, kind in ((BASIC, "basic"), (ACL, "advanced")):
            for ident, _ in config.of(view):
                named = "" if str(ident).isdecimal() else "name "
                yield from self._section(config, (view, ident), f"acl {kind} {named}{ident}")
        for ident, _ in config.of(USERS):
            yield from self._section(config, (USERS, ident), f"local-user {ident} class manage")
        for names in _TAIL:
            yield from self._group(config, names)

    def _vlans(self, config: Config) -> Iterator[str]:
        """Yield VLANs; neighbours that have nothing but their number are shown as one."""
        plain = [ident for ident, entries in config.of(VLAN) if not entries and ident != 1]
        heads = {
            low: f"vlan {low}" if low == high else f"vlan {low} to {high}" for low, high in ranges(plain)
        }
        for ident, entries in config.of(VLAN):
            if entries or ident == 1 or ident in heads:
                yield from self._section(config, (VLAN, ident), heads.get(ident, f"vlan {ident}"))

    def _group(self, config: Config, names: tuple[str, ...]) -> Iterator[str]:
        if lines := self.section_lines(config, SYSTEM, names):
            yield from (*(f" {line}" for line in lines), "#")

    def _section(self, config: Config, section: Section, head: str) -> Iterator[str]:
        yield head
        yield from (f" {line}" for line in self.port_lines(config, section))
        yield "#"

    def port_lines(self, config: Config, section: Section) -> list[str]:
        """Return the lines of a section; a port shows its mode, a trunk also the VLAN that it has by itself."""
        lines = self.section_lines(config, section)
        if section[0] != PORT:
            return lines
        kind = config.get(section, "link-type", "type", "access")
        shown = []
        permitted = config.get(section, "trunk", "vlans", frozenset({1}))
        for line in lines:
            shown.append(line)
            if line == "port link-type trunk":
                shown += [] if 1 in permitted else ["undo port trunk permit vlan 1"]
                shown += [f"port trunk permit vlan {VlanWords().text(permitted)}"] if permitted else []
        mode = [] if "port link-mode bridge" in lines else ["port link-mode bridge"]
        return [*mode, *(line for line in shown if line != "port link-type access" or kind != "access")]
