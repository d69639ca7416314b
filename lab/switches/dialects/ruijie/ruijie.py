"""RGOS: its types and words, how its configuration is laid out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lab.switches.config import Config, Section
from lab.switches.dialect import SYSTEM, commands_of
from lab.switches.dialects.cisco_rules import CiscoRule
from lab.switches.dialects.ios import views as shared_views
from lab.switches.dialects.ios.family import IosFamily, ordered
from lab.switches.dialects.ios.lines import EXT, LINE, PORT, SHARED, STD, SVI, VLAN
from lab.switches.dialects.ruijie import show, views
from lab.switches.dialects.ruijie.lines import LINES
from lab.switches.grammar import Number, Type
from lab.switches.management import Management
from lab.switches.types import COMMON, Level, Mac, Mask, PortName, PortRange, Secret, VlanInterface, VlanList

if TYPE_CHECKING:
    from lab.switches.session import Session

_GROUPS = (
    ("hostname",),
    ("enable", "user", "encryption"),
    ("timezone",),
    ("ssh", "telnet", "telnet-off", "http-off", "snmp"),
    ("lldp", "stp", "stp-mode", "snooping"),
)
_BELOW = (
    ("static-mac",),
    ("snmp-view", "snmp-user", "snmp-group", "snmp-location", "snmp-contact", "trap-enable", "trap-host"),
    ("gateway", "route", "ssh-version"),
    ("loghost", "ntp-server", "banner"),
)


class Ruijie(IosFamily):
    """One piece of hardware."""

    name = "ruijie_os"
    lines = ordered((*SHARED, *LINES))
    default_name = "Ruijie"
    more = " --More-- "
    more_wipe = f"\r{' ' * 10}\r"

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
            "svi": VlanInterface("VLAN", spaced=True),
            "secret": Secret("$1$"),
            "key": Secret("0x$"),
            "level": Level(),
            "extended": CiscoRule(basic=False),
            "standard": CiscoRule(basic=True),
        }
        super().__init__(types, commands_of(shared_views, views, show))

    def blank(self) -> Config:
        """Return the ports, VLAN 1 and the terminal lines."""
        sections: list[Section] = [SYSTEM, (VLAN, 1), (LINE, "con 0"), (LINE, "vty 0 4")]
        sections += [(PORT, name) for name in self.port_names]
        return Config({section: {} for section in sections})

    def management(self, config: Config) -> Management:
        """Return what it means to the switch itself; SSH is a service that must be switched on."""
        meaning = super().management(config)
        on = meaning.ssh and config.get(SYSTEM, "ssh")
        return Management(meaning.interfaces, meaning.routes, ssh=on, lines=meaning.lines)

    async def greet(self, session: Session) -> None:
        """Say the banner; ask about a weak password where the profile wants that (N2)."""
        traits = session.switch.traits
        levels = {item["name"]: item.get("level", 1) for item in session.switch.running.all(SYSTEM, "user")}
        session.privileged = levels.get(session.user, 1) == 15 and not traits.read_only
        banner = session.switch.running.get(SYSTEM, "banner", "text", traits.banner)
        await session.say(f"\n{banner}\n" if banner else "\n")
        if traits.login_question == "weak-password":
            await session.say("The password is too weak and may cause a security risk.\n")
            answer = await session.ask("Do you want to change the password? [Y/N]: ")
            if answer.lower().startswith("y"):
                await views.change_password(session)

    def render(self, config: Config) -> list[str]:
        """Return ``show running-config`` without the lines above it that change by themselves."""
        return ["version S29_RGOS 12.5(4)B0701", *self._body(config), "end"]

    def _body(self, config: Config) -> Iterator[str]:
        for names in _GROUPS:
            if lines := self.section_lines(config, SYSTEM, names):
                yield from (*lines, "!")
        for ident, _ in config.of(VLAN):
            yield from self.block(config, (VLAN, ident), f"vlan {ident}")
        for view, kind, rule in ((STD, "standard", "standard"), (EXT, "extended", "extended")):
            for ident, _ in config.of(view):
                yield f"ip access-list {kind} {ident}"
                yield from (f" {line}" for line in self.section_lines(config, (view, ident), ("remark",)))
                rules = config.all((view, ident), "rule")
                yield from (f" {item['id']} {self.types[rule].text(item['rule'])}" for item in rules)
                yield "!"
        for name in self.port_names:
            yield from self.block(config, (PORT, name), f"interface {name}")
        for ident, _ in config.of(SVI):
            yield from self.block(config, (SVI, ident), f"interface VLAN {ident}")
        for names in _BELOW:
            if lines := self.section_lines(config, SYSTEM, names):
                yield from (*lines, "!")
        for ident, _ in config.of(LINE):
            yield from self.block(config, (LINE, ident), f"line {ident}", end="")
        yield "!"
