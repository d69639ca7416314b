"""Cisco IOS: its types, how its configuration is laid out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lab.switches.config import Config, Section
from lab.switches.dialect import SYSTEM, commands_of
from lab.switches.dialects.cisco_rules import CiscoRule
from lab.switches.dialects.ios import cisco_views, rollback, show, views
from lab.switches.dialects.ios.family import IosFamily, ordered
from lab.switches.dialects.ios.lines import ARCHIVE, CISCO, EXT, LINE, PORT, SHARED, STD, SVI, VLAN
from lab.switches.dialects.ios.notifications import Kinds
from lab.switches.grammar import Number, Type
from lab.switches.types import COMMON, Level, Mac, Mask, PortName, PortRange, Secret, VlanInterface, VlanList

if TYPE_CHECKING:
    from lab.switches.session import Session

_GROUPS = (
    ("encryption",),
    ("hostname",),
    ("enable",),
    ("user", "aaa", "timezone"),
    ("snooping", "no-lookup", "domain"),
    ("vtp",),
    ("lldp", "stp-mode"),
    ("source-binding",),
)
#: A view that IOS makes by itself: one bit a kind of notification.
_MADE_VIEW = "*tv.FFFFFFFF.FFFFFFFF.FFFFFFFF.F"
_SNMP = (
    "snmp-view",
    "snmp-community",
    "snmp-location",
    "snmp-contact",
    "trap-enable",
    "trap-host",
)


class Cisco(IosFamily):
    """One piece of hardware."""

    name = "cisco_ios"
    lines = ordered((*SHARED, *CISCO))
    default_name = "Switch"
    more = " --More-- "
    more_wipe = "\b" * 9 + " " * 8 + "\b" * 9

    def __init__(self, ports: tuple[str, ...]) -> None:
        self.port_names = ports
        self.port = PortName(
            ports, (("GigabitEthernet", "Gi"), ("TenGigabitEthernet", "Te"), ("FastEthernet", "Fa"))
        )
        types: dict[str, Type] = {
            **COMMON,
            "vlan": Number(1, 4094),
            "vlans": VlanList(),
            "mask": Mask(takes_length=False),
            "mac": Mac("."),
            "port": self.port,
            "ports": PortRange(self.port),
            "svi": VlanInterface("Vlan"),
            "secret": Secret("$1$"),
            "notifications": Kinds(),
            "level": Level(),
            "extended": CiscoRule(basic=False),
            "standard": CiscoRule(basic=True),
        }
        super().__init__(types, commands_of(views, show, rollback, cisco_views))

    def blank(self) -> Config:
        """Return the ports, VLAN 1 and the terminal lines."""
        lines = ("con 0", "vty 0 4", "vty 5 15")
        sections: list[Section] = [SYSTEM, (VLAN, 1), (SVI, 1)]
        sections += [*((PORT, name) for name in self.port_names), *((LINE, ident) for ident in lines)]
        return Config({section: {} for section in sections})

    async def greet(self, session: Session) -> None:
        """Say the banner; the first prompt is the user mode's where the account's level is below 15."""
        levels = {item["name"]: item.get("level", 1) for item in session.switch.running.all(SYSTEM, "user")}
        session.privileged = levels.get(session.user, 1) == 15 and not session.switch.traits.read_only
        banner = session.switch.running.get(SYSTEM, "banner", "text", session.switch.traits.banner)
        await session.say(f"\n{banner.strip('^C')}\n" if banner else "\n")

    def private(self, config: Config) -> list[str]:
        """Return what is saved and never shown: SNMPv3 users; VLANs, which VTP keeps in a file of its own."""
        vlans = [] if _shows_vlans(config) else list(self._vlans(config))
        users = [
            f"snmp-server user {item['user']} {item['group']} v3 auth {item['auth']} {item['authkey']}"
            + (f" priv {item['priv']} {item['bits']} {item['privkey']}" if "priv" in item else "")
            for item in config.all(SYSTEM, "snmp-user")
        ]
        return [*users, *vlans]

    def render(self, config: Config) -> list[str]:
        """Return ``show running-config`` without the lines above it that change by themselves."""
        return ["!", "version 15.2", "no service pad", "!", *self._body(config), "end"]

    def _body(self, config: Config) -> Iterator[str]:
        for names in _GROUPS:
            yield from (*self.section_lines(config, SYSTEM, names), "!")
        if config.sections.get((ARCHIVE, "")):
            yield from self.block(config, (ARCHIVE, ""), "archive")
        if _shows_vlans(config):
            yield from self._vlans(config)
        for name in self.port_names:
            yield from self.block(config, (PORT, name), f"interface {name}")
        for ident, _ in config.of(SVI):
            yield f"interface Vlan{ident}"
            yield from ([] if config.get((SVI, ident), "address") else [" no ip address"])
            yield from (f" {line}" for line in self.section_lines(config, (SVI, ident)))
            yield "!"
        yield from self.section_lines(config, SYSTEM, ("gateway", "http", "https", "route", "ssh-version"))
        yield "!"
        yield from self._access_lists(config)
        yield from (
            *self.section_lines(config, SYSTEM, ("loghost",)),
            *self._groups(config),
            *self.section_lines(config, SYSTEM, _SNMP),
            "!",
        )
        yield from self.section_lines(config, SYSTEM, ("banner",))
        for ident, _ in config.of(LINE):
            yield from self.block(config, (LINE, ident), f"line {ident}", end="")
        yield from ("!", *self.section_lines(config, SYSTEM, ("ntp-server",)))

    def _groups(self, config: Config) -> Iterator[str]:
        """Yield groups of SNMPv3; one of whose users is told of something shows a view that IOS made for that."""
        told = {item["user"] for item in config.all(SYSTEM, "trap-host")}
        groups = {item["group"] for item in config.all(SYSTEM, "snmp-user") if item["user"] in told}
        for line in self.section_lines(config, SYSTEM, ("snmp-group",)):
            before, access, after = line.partition(" access ")
            view = f" notify {_MADE_VIEW}" if line.split()[2] in groups else ""
            yield f"{before}{view}{access}{after}"

    def _vlans(self, config: Config) -> Iterator[str]:
        """Yield VLANs; those without a name in one line."""
        plain = [ident for ident, entries in config.of(VLAN) if ident != 1 and not entries]
        if plain:
            yield from (f"vlan {VlanList().text(plain)} ", "!")
        for ident, entries in config.of(VLAN):
            if entries:
                yield from self.block(config, (VLAN, ident), f"vlan {ident}")

    def _access_lists(self, config: Config) -> Iterator[str]:
        for view, kind in ((STD, "standard"), (EXT, "extended")):
            for ident, _ in config.of(view):
                lines = self.section_lines(config, (view, ident))
                if str(ident).isdecimal():
                    yield from (f"access-list {ident} {line}" for line in lines)
                else:
                    yield from (f"ip access-list {kind} {ident}", *(f" {line}" for line in lines))
        yield "!"


def _shows_vlans(config: Config) -> bool:
    """Return whether VLANs are part of the configuration: not where VTP spreads them."""
    return config.get(SYSTEM, "vtp", "mode", "server") in ("transparent", "off")
