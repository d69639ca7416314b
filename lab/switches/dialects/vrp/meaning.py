"""What a VRP configuration means: to packets, to the switch itself (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Interface, IPv4Network
from typing import Any

from lab.switches.config import Config, Entries, Section
from lab.switches.dataplane import Binding, Filter, PortState
from lab.switches.dialect import SYSTEM
from lab.switches.dialects.vrp.checks import ACL, BASIC, PORT, SVI, VLAN, VTY
from lab.switches.management import Interface, Management


def ports(config: Config) -> list[PortState]:
    """Return the state of each port. A VLAN that does not exist is carried nowhere."""
    vlans = frozenset(ident for ident, _ in config.of(VLAN))
    return [_port(config, (PORT, name), vlans) for name, _ in config.of(PORT)]


def _port(config: Config, section: Section, vlans: frozenset[int]) -> PortState:
    def value(name: str, parameter: str, default: Any) -> Any:
        return config.get(section, name, parameter, default)

    kind = value("link-type", "type", "hybrid")
    if kind == "access":
        pvid = value("default-vlan", "vlan", 1)
        untagged, tagged = frozenset({pvid}), frozenset[int]()
    elif kind == "trunk":
        pvid = value("pvid", "vlan", 1)
        allowed = value("trunk", "vlans", frozenset({1}))
        untagged, tagged = allowed & {pvid}, allowed - {pvid}
    else:
        pvid = value("hybrid-pvid", "vlan", 1)
        untagged = value("hybrid-untagged", "vlans", frozenset({1}))
        tagged = value("hybrid-tagged", "vlans", frozenset()) - untagged
    return PortState(
        name=str(section[1]),
        up=not config.get(section, "shutdown"),
        pvid=pvid if pvid in vlans else None,
        untagged=untagged & vlans,
        tagged=tagged & vlans,
        isolation=value("isolate", "group", None),
        stations=_stations(config, section),
        inbound=_applied(config, section, "filter", "inbound"),
        outbound=_applied(config, section, "filter", "outbound"),
    )


def _stations(config: Config, section: Section) -> tuple[Binding, ...] | None:
    if config.get(section, "source-check"):
        return tuple(
            Binding(bound["mac"], bound["vlan"], bound["ip"])
            for bound in config.all(SYSTEM, "user-bind")
            if bound["port"] == section[1]
        )
    if not config.get(section, "port-security"):
        return None
    known = tuple(Binding(item["mac"], item["vlan"]) for item in config.all(section, "sticky-mac"))
    # Below its maximum a secured port takes in whoever comes first.
    return known if len(known) >= config.get(section, "max-mac", "number", 1) else None


def admits(config: Config) -> dict[str, int]:
    """Return how many stations sticky ports still take in."""
    sticky = [name for name, _ in config.of(PORT) if config.get((PORT, name), "sticky")]
    return {
        name: config.get((PORT, name), "max-mac", "number", 1) - len(config.all((PORT, name), "sticky-mac"))
        for name in sticky
        if config.get((PORT, name), "port-security")
    }


def access_list(config: Config, name: str) -> Filter | None:
    """Return an access list; one that is not there hinders nobody. VRP lets pass what no rule names."""
    for view in (ACL, BASIC):
        if config.has((view, name)):
            rules = config.all((view, name), "rule")
            return Filter(tuple(item["rule"].meaning() for item in rules), permits_rest=True)
    return None


def _applied(config: Config, section: Section, line: str, way: str) -> Filter | None:
    for item in config.all(section, line):
        if item["way"] == way:
            return access_list(config, str(item["acl"]))
    return None


def management(config: Config) -> Management:
    """Return what concerns the switch itself."""
    interfaces = [
        Interface(
            vlan,
            IPv4Interface(
                (config.get(section, "svi-address", "ip"), config.get(section, "svi-address", "mask"))
            ),
            up=not config.get(section, "svi-shutdown") and config.has((VLAN, vlan)),
            inbound=_applied(config, section, "svi-filter", "inbound"),
        )
        for vlan, section in _svis(config)
    ]
    routes = tuple(
        IPv4Network((item["network"], item["mask"]), strict=False) for item in config.all(SYSTEM, "route")
    )
    return Management(tuple(interfaces), routes, ssh=_ssh(config), lines=_lines(config))


def _svis(config: Config) -> Iterable[tuple[int, Section]]:
    return [(vlan, (SVI, vlan)) for vlan, _ in config.of(SVI) if config.get((SVI, vlan), "svi-address")]


def _ssh(config: Config) -> bool:
    """Return whether SSH is let in: the server runs, and a terminal line takes it (telnet alone is the default)."""
    lines = [entries for _, entries in config.of(VTY)]
    return config.get(SYSTEM, "stelnet") and any(_takes_ssh(entries) for entries in lines)


def _takes_ssh(entries: Entries) -> bool:
    return entries.get(("vty-protocol", ()), {"protocol": "telnet"})["protocol"] in ("ssh", "all")


def _lines(config: Config) -> Filter | None:
    server = config.get(SYSTEM, "ssh-acl", "acl")
    applied = [str(server)] if server else []
    for ident, _ in config.of(VTY):
        applied += [
            str(item["acl"]) for item in config.all((VTY, ident), "vty-acl") if item["way"] == "inbound"
        ]
    found = [access_list(config, name) for name in applied]
    # A list on the terminal lines denies what no rule permits, unlike one on a port.
    rules = [rule for item in found if item is not None for rule in item.rules]
    return Filter(tuple(rules), permits_rest=not rules) if applied else None
