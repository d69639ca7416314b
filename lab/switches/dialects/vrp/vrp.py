"""VRP: its words, its prompts, how its configuration is laid out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from lab.switches.config import Config, Section
from lab.switches.dataplane import Learned, PortState
from lab.switches.dialect import SYSTEM, commands_of
from lab.switches.dialects.access_lists import HuaweiRule
from lab.switches.dialects.huawei_family import HuaweiFamily
from lab.switches.dialects.vrp import meaning, show, trial, views
from lab.switches.dialects.vrp.checks import AAA, ACL, BASIC, PORT, SVI, VLAN, VTY
from lab.switches.dialects.vrp.lines import LINES
from lab.switches.grammar import Number, Type, Values
from lab.switches.management import Management
from lab.switches.types import COMMON, Mac, Mask, PortName, Secret, VlanInterface, VlanWords, ranges

if TYPE_CHECKING:
    from lab.switches.session import Session

#: Groups of system lines as ``display current-configuration`` has them, before and after the sections.
_ABOVE = (
    ("sysname", "header"),
    ("timezone",),
    ("vlan batch",),
    ("stp-mode", "stp-off"),
    ("lldp",),
    ("telnet", "telnet-off", "http-off", "https-off"),
    ("dhcp",),
    ("snooping",),
    ("user-bind",),
    ("isolate-mode",),
)
_BELOW = (
    ("static-mac",),
    ("route",),
    ("loghost",),
    (
        "snmp",
        "snmp-version",
        "snmp-contact",
        "snmp-location",
        "community",
        "mib-view",
        "snmp-group",
        "usm-group",
        "usm-auth",
        "usm-priv",
        "trap-host",
        "trap-enable",
    ),
    ("ssh-source", "ssh-source-port", "stelnet", "ssh-user", "ssh-auth", "ssh-service", "ssh-acl"),
    ("ntp-off", "ntp-server"),
)


class Vrp(HuaweiFamily):
    """One piece of hardware."""

    name = "huawei_vrp"
    views = (PORT, SVI, VLAN, AAA, VTY, ACL, BASIC, "port-group")
    lines = LINES
    several = "port-group"
    more = "  ---- More ----"
    more_wipe = f"\x1b[16D{' ' * 16}\x1b[16D"
    words: ClassVar = {
        "unrecognized": "Error: Unrecognized command found at '^' position.",
        "wrong": "Error: Wrong parameter found at '^' position.",
        "incomplete": "Error:Incomplete command found at '^' position.",
        "ambiguous": "Error:Ambiguous command found at '^' position.",
        "too-many": "Error: Too many parameters found at '^' position.",
    }

    def __init__(self, ports: tuple[str, ...]) -> None:
        self.port_names = ports
        self.port = PortName(
            ports,
            (
                ("GigabitEthernet", "GE"),
                ("XGigabitEthernet", "XGE"),
                ("40GigabitEthernet", "40GE"),
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
            "mac": Mac("-"),
            "port": self.port,
            "svi": VlanInterface("Vlanif"),
            "secret": Secret("$1a$"),
            "cipher": Secret("%^%#"),
            "advanced": HuaweiRule(basic=False),
            "basic": HuaweiRule(basic=True),
        }
        super().__init__(types, commands_of(views, show, trial))

    def place(self, section: Section) -> str:
        """Return how a section stands in the prompt."""
        view, ident = section
        if view == VTY:
            first, last = str(ident).split()
            return f"ui-vty{first}-{last}" if first != last else f"ui-vty{first}"
        if view in (ACL, BASIC):
            return f"{'acl-adv' if view == ACL else 'acl-basic'}-{ident}"
        return {AAA: "aaa", SVI: f"Vlanif{ident}", VLAN: f"vlan{ident}", "port-group": "port-group"}.get(
            view, str(ident)
        )

    def hostname(self, config: Config) -> str:
        """Return the sysname."""
        return str(config.get(SYSTEM, "sysname", "name", "HUAWEI"))

    def blank(self) -> Config:
        """Return the ports, VLAN 1 and the terminal lines."""
        sections: list[Section] = [
            SYSTEM,
            (VLAN, 1),
            (AAA, ""),
            (VTY, "0 4"),
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
        return "sticky-mac", {"mac": station.mac, "vlan": station.vlan}

    def management(self, config: Config) -> Management:
        """Return what it means to the switch itself."""
        return meaning.management(config)

    def passwords(self, config: Config) -> dict[str, str]:
        """Return the local users whose service types name SSH."""
        services = {item["name"]: item["services"].split() for item in config.all((AAA, ""), "user-service")}
        return {
            item["name"]: item["password"]
            for item in config.all((AAA, ""), "user-password")
            if "ssh" in services.get(item["name"], ())
        }

    def is_remark(self, said: list[str]) -> bool:
        """Return whether a reply only informs."""
        return all(line.startswith(("Info:", "Warning:")) for line in said)

    async def greet(self, session: Session) -> None:
        """Say what VRP says at sign-in; ask for a new password where the profile wants that (N1)."""
        traits = session.switch.traits
        banner = session.switch.running.get(SYSTEM, "header", "text", traits.banner)
        if banner:
            await session.say(f"{banner.strip().strip(chr(34))}\n")
        if traits.login_question == "change-password":
            await session.say("\nWarning: The initial password poses security risks.\n")
            answer = await session.ask("The password needs to be changed. Change now? [Y/N]: ")
            if answer.lower().startswith("y"):
                await views.change_password(session)
        if traits.login_delay_s:
            await asyncio.sleep(traits.login_delay_s)
        at = datetime.fromtimestamp(session.switch.clock.wall(), UTC)
        await session.say(
            f"\nInfo: The max number of VTY users is {traits.sessions}, and the number\n"
            f"      of current VTY users on line is {len(session.switch.sessions)}.\n"
            f"      The current login time is {at:%Y-%m-%d %H:%M:%S}+00:00.\n"
        )

    def render(self, config: Config) -> list[str]:
        """Return ``display current-configuration``."""
        return ["!Software Version V200R019C10SPC500", "#", *self._body(config), "return"]

    def _body(self, config: Config) -> Iterator[str]:
        for names in _ABOVE:
            yield from self._group(config, names)
        yield from self._sections(config, VLAN, lambda ident: f"vlan {ident}", empty=False)
        for view in (BASIC, ACL):
            yield from self._sections(
                config,
                view,
                lambda ident: f"acl number {ident}" if str(ident).isdecimal() else f"acl name {ident}",
            )
        yield from self._sections(config, AAA, lambda _: "aaa")
        yield from self._sections(config, SVI, lambda ident: f"interface Vlanif{ident}")
        for name in self.port_names:
            yield from self._section(config, (PORT, name), f"interface {name}")
        yield from ("interface NULL0", "#")
        for names in _BELOW:
            yield from self._group(config, names)
        yield "user-interface con 0"
        for ident, _ in config.of(VTY):
            yield f"user-interface vty {ident}"
            yield from (f" {line}" for line in self.section_lines(config, (VTY, ident)))
        yield "#"

    def _group(self, config: Config, names: tuple[str, ...]) -> Iterator[str]:
        if names == ("vlan batch",):
            lines = batch(ident for ident, _ in config.of(VLAN) if ident != 1)
        else:
            lines = self.section_lines(config, SYSTEM, names)
        if lines:
            yield from (*lines, "#")

    def _sections(self, config: Config, view: str, head: object, *, empty: bool = True) -> Iterator[str]:
        for ident, entries in config.of(view):
            if entries or empty:
                yield from self._section(config, (view, ident), head(ident))  # type: ignore[operator]

    def _section(self, config: Config, section: Section, head: str) -> Iterator[str]:
        yield head
        yield from (f" {line}" for line in self.section_lines(config, section))
        yield "#"


def batch(vlans: Iterator[int]) -> list[str]:
    """Return ``vlan batch`` lines, ten runs each."""
    runs = ranges(vlans)
    return [
        "vlan batch "
        + " ".join(str(low) if low == high else f"{low} to {high}" for low, high in runs[at : at + 10])
        for at in range(0, len(runs), 10)
    ]
