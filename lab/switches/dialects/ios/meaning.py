"""What an IOS-like configuration means: to packets, to the switch itself (pure)."""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv4Network
from typing import Any

from lab.switches.config import Config, Section
from lab.switches.dataplane import Binding, Filter, PortState, Rule
from lab.switches.dialect import SYSTEM
from lab.switches.dialects.ios.lines import ALL_VLANS, EXT, LINE, PORT, STD, SVI, VLAN
from lab.switches.management import Interface, Management


def ports(config: Config) -> list[PortState]:
    """Return the state of each port. A VLAN that does not exist is carried nowhere."""
    vlans = frozenset(ident for ident, _ in config.of(VLAN))
    return [_port(config, (PORT, name), vlans) for name, _ in config.of(PORT)]


def _port(config: Config, section: Section, vlans: frozenset[int]) -> PortState:
    def value(name: str, parameter: str, default: Any) -> Any:
        return config.get(section, name, parameter, default)

    if value("mode", "mode", "access") == "trunk":
        pvid = value("native", "vlan", 1)
        allowed = value("trunk", "vlans", ALL_VLANS)
        untagged, tagged = allowed & {pvid}, allowed - {pvid}
    else:
        pvid = value("access-vlan", "vlan", 1)
        untagged, tagged = frozenset({pvid}), frozenset()
    return PortState(
        name=str(section[1]),
        up=not config.get(section, "shutdown"),
        pvid=pvid if pvid in vlans else None,
        untagged=untagged & vlans,
        tagged=tagged & vlans,
        isolation=0 if config.get(section, "protected") else None,
        stations=_stations(config, section),
        inbound=_applied(config, section, "in"),
        outbound=_applied(config, section, "out"),
    )


def _stations(config: Config, section: Section) -> tuple[Binding, ...] | None:
    if config.get(section, "source-guard"):
        return tuple(
            Binding(item["mac"], item["vlan"], item["ip"])
            for item in config.all(SYSTEM, "source-binding")
            if item["port"] == section[1]
        )
    if not config.get(section, "security"):
        return None
    bound = tuple(
        Binding(item["mac"], item.get("vlan"), item["ip"]) for item in config.all(section, "binding")
    )
    macs = (*config.all(section, "security-mac"), *config.all(section, "sticky-mac"))
    known = (*bound, *(Binding(item["mac"], item.get("vlan")) for item in macs))
    # Below its maximum a secured port takes in whoever comes first; a bound one (Ruijie) never does.
    full = len(known) >= config.get(section, "security-max", "number", 1)
    return known if full or bound else None


def admits(config: Config) -> dict[str, int]:
    """Return how many stations sticky ports still take in."""
    room = {}
    for name, _ in config.of(PORT):
        section = (PORT, name)
        if config.get(section, "security") and config.get(section, "sticky"):
            known = len(config.all(section, "security-mac")) + len(config.all(section, "sticky-mac"))
            room[name] = config.get(section, "security-max", "number", 1) - known
    return room


def access_list(config: Config, name: str) -> Filter | None:
    """Return an access list; one without rules hinders nobody, one with rules denies what they do not name."""
    for view in (EXT, STD):
        rules: list[Rule] = [item["rule"].meaning() for item in config.all((view, name), "rule")]
        if rules:
            return Filter(tuple(rules), permits_rest=False)
    return None


def _applied(config: Config, section: Section, way: str, line: str = "filter") -> Filter | None:
    found = [
        access_list(config, str(item["acl"])) for item in config.all(section, line) if item["way"] == way
    ]
    return found[0] if found else None


def management(config: Config) -> Management:
    """Return what concerns the switch itself."""
    interfaces = [
        Interface(
            vlan,
            IPv4Interface(
                (config.get((SVI, vlan), "address", "ip"), config.get((SVI, vlan), "address", "mask"))
            ),
            up=not config.get((SVI, vlan), "shutdown") and config.has((VLAN, vlan)),
            inbound=_applied(config, (SVI, vlan), "in"),
        )
        for vlan, _ in config.of(SVI)
        if config.get((SVI, vlan), "address")
    ]
    routes = [
        IPv4Network((item["network"], item["mask"]), strict=False) for item in config.all(SYSTEM, "route")
    ]
    if config.get(SYSTEM, "gateway"):
        routes.append(IPv4Network("0.0.0.0/0"))
    lines = [ident for ident, _ in config.of(LINE) if str(ident).startswith("vty")]
    open_lines = [ident for ident in lines if _takes_ssh(config, ident)]
    return Management(
        tuple(interfaces), tuple(routes), ssh=bool(open_lines), lines=_class(config, open_lines)
    )


def _takes_ssh(config: Config, ident: Any) -> bool:
    return config.get((LINE, ident), "transport", "protocol", "all") in ("ssh", "all")


def _class(config: Config, lines: list[Any]) -> Filter | None:
    """Return the list of the first terminal lines: a caller gets the first free one."""
    return _applied(config, (LINE, lines[0]), "in", "access-class") if lines else None
