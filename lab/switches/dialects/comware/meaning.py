"""What a Comware configuration means: to packets, to the switch itself (pure)."""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv4Network

from lab.switches.config import Config, Section
from lab.switches.dataplane import Binding, Filter, PortState
from lab.switches.dialect import SYSTEM
from lab.switches.dialects.comware.checks import ACL, BASIC, PORT, SVI, VLAN, VTY
from lab.switches.management import Interface, Management


def ports(config: Config) -> list[PortState]:
    """Return the state of each port. A VLAN that does not exist is carried nowhere."""
    vlans = frozenset(ident for ident, _ in config.of(VLAN))
    return [_port(config, (PORT, name), vlans) for name, _ in config.of(PORT)]


def carried(config: Config, section: Section) -> tuple[int, frozenset[int], frozenset[int]]:
    """Return PVID, untagged and tagged VLANs of a port as configured."""
    kind = config.get(section, "link-type", "type", "access")
    if kind == "access":
        pvid = config.get(section, "access", "vlan", 1)
        return pvid, frozenset({pvid}), frozenset()
    if kind == "trunk":
        pvid = config.get(section, "pvid", "vlan", 1)
        permitted = config.get(section, "trunk", "vlans", frozenset({1}))
        return pvid, permitted & {pvid}, permitted - {pvid}
    untagged = config.get(section, "hybrid-untagged", "vlans", frozenset({1}))
    tagged = config.get(section, "hybrid-tagged", "vlans", frozenset())
    return config.get(section, "hybrid-pvid", "vlan", 1), untagged - tagged, tagged


def _port(config: Config, section: Section, vlans: frozenset[int]) -> PortState:
    pvid, untagged, tagged = carried(config, section)
    return PortState(
        name=str(section[1]),
        up=not config.get(section, "shutdown"),
        pvid=pvid if pvid in vlans else None,
        untagged=untagged & vlans,
        tagged=tagged & vlans,
        isolation=config.get(section, "isolate", "group"),
        stations=_stations(config, section),
        inbound=_applied(config, section, "filter", "inbound"),
        outbound=_applied(config, section, "filter", "outbound"),
    )


def _stations(config: Config, section: Section) -> tuple[Binding, ...] | None:
    if config.get(section, "verify"):
        return tuple(
            Binding(item["mac"], item.get("vlan"), item["ip"])
            for item in (*config.all(section, "source-binding"), *config.all(SYSTEM, "source-binding-global"))
        )
    mode = config.get(section, "port-mode", "mode")
    if mode is None or not config.get(SYSTEM, "security"):
        return None
    known = tuple(Binding(item["mac"], item["vlan"]) for item in config.all(section, "secure-mac"))
    full = len(known) >= config.get(section, "max-mac", "number", 0)
    # In autolearn a port takes in whoever comes first until it is full.
    return known if mode == "secure" or full else None


def admits(config: Config) -> dict[str, int]:
    """Return how many stations ports in autolearn still take in."""
    if not config.get(SYSTEM, "security"):
        return {}
    return {
        name: config.get((PORT, name), "max-mac", "number", 0) - len(config.all((PORT, name), "secure-mac"))
        for name, _ in config.of(PORT)
        if config.get((PORT, name), "port-mode", "mode") == "autolearn"
    }


def access_list(config: Config, name: str) -> Filter | None:
    """Return an access list; what no rule names passes unless the default says otherwise."""
    for view in (ACL, BASIC):
        if config.has((view, name)):
            rules = tuple(item["rule"].meaning() for item in config.all((view, name), "rule"))
            return Filter(rules, permits_rest=not config.get(SYSTEM, "filter-default"))
    return None


def _applied(config: Config, section: Section, line: str, way: str) -> Filter | None:
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
                (config.get((SVI, vlan), "svi-address", "ip"), config.get((SVI, vlan), "svi-address", "mask"))
            ),
            up=not config.get((SVI, vlan), "svi-shutdown") and config.has((VLAN, vlan)),
            inbound=_applied(config, (SVI, vlan), "svi-filter", "inbound"),
        )
        for vlan, _ in config.of(SVI)
        if config.get((SVI, vlan), "svi-address")
    ]
    routes = tuple(
        IPv4Network((item["network"], item["mask"]), strict=False) for item in config.all(SYSTEM, "route")
    )
    return Management(tuple(interfaces), routes, ssh=_ssh(config), lines=_lines(config))


def _ssh(config: Config) -> bool:
    protocols = [config.get((VTY, ident), "vty-protocol", "protocol", "all") for ident, _ in config.of(VTY)]
    return config.get(SYSTEM, "ssh") and any(protocol != "telnet" for protocol in protocols)


def _lines(config: Config) -> Filter | None:
    name = config.get(SYSTEM, "ssh-acl", "acl")
    found = None if name is None else access_list(config, str(name))
    # The list of the SSH server denies what no rule permits.
    return None if found is None or not found.rules else Filter(found.rules, permits_rest=False)
