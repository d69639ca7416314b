"""What register and plan want of one switch, as plain data (pure). Templates only spell it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from zlib import crc32

from nanxi.county.model import Flow, Plan, Reach, Scope, Service, Zone
from nanxi.devices.declare import UndeclaredError
from nanxi.estate import Estate
from nanxi.register.codes import COUNTY_UNIT
from nanxi.register.model import Camera, Device, Encoder, Host, State, Switch
from nanxi.register.ports import port

#: Permitting rules are numbered by what they say, so that one rule more or less moves no other; the rest comes last.
LAST_RULE = 60000

#: ACLs of the switch's own services, and the first number of the ACLs of VLANs (110 has 3110).
_SERVICE_ACLS = {"ssh": 2010, "snmp": 2011}
_VLAN_ACL = 3000


@dataclass(frozen=True, slots=True)
class Vlan:
    """A zone on the switch."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One permitting line of an ACL; None means any."""

    protocol: str  # tcp, udp, icmp; ip where only the source counts
    source: IPv4Network | None
    target: IPv4Network | None = None
    source_port: int | None = None
    target_port: int | None = None
    established: bool = False

    @property
    def number(self) -> int:
        """Return the rule's number: a hash of what it says."""
        return 10 + crc32(repr(self).encode()) % (LAST_RULE - 20)


@dataclass(frozen=True, slots=True)
class Acl:
    """A list of what may pass; all else may not. Systems name it by ``number`` or by ``name``."""

    name: str
    number: int
    rules: tuple[tuple[int, Rule], ...]  # in the order of their numbers


@dataclass(frozen=True, slots=True)
class AccessPort:
    """A port with one device. ``acl`` filters what it sends; ``isolated`` ports do not speak to each other."""

    name: str
    device: str
    vlan: int
    mac: str
    isolated: bool
    acl: Acl | None


@dataclass(frozen=True, slots=True)
class TrunkPort:
    """A port with a switch or a gateway behind it."""

    name: str
    device: str
    vlans: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Intent:
    """Everything that is rendered for one switch."""

    host: str
    vlans: tuple[Vlan, ...]
    acls: tuple[Acl, ...]
    access: tuple[AccessPort, ...]
    trunks: tuple[TrunkPort, ...]
    ntp: tuple[IPv4Address, ...]
    traps: tuple[IPv4Address, ...]  # who is told of links, where the flow table lets that through
    ssh: Acl
    snmp: Acl


def intend(estate: Estate, host: str) -> Intent:
    """Return what register and plan want of the switch ``host``.

    Raises:
        UndeclaredError: the register has no such switch, or its address lies in no zone of its unit.
    """
    switch = estate.devices.get(host)
    if not isinstance(switch, Switch):
        raise UndeclaredError(f"{host}: the register has no switch of this name")
    plan, holder = estate.plan, _holder(estate.plan, switch)
    zones = {
        zone.key: zone for zone in plan.addresses.zones if zone.key in plan.addresses.blocks.get(holder, {})
    }
    home = _zone(plan, switch)
    if home is None:
        raise UndeclaredError(f"{host}: its address lies in no zone of {switch.unit}")
    vlans = tuple(sorted(zone.vlan for zone in zones.values()))
    filters = {key: _filter(plan, holder, zone) for key, zone in zones.items() if key.startswith("cameras-")}
    access, trunks = _ports(estate, switch, filters, vlans)
    used = {port.acl.name: port.acl for port in access if port.acl}
    return Intent(
        host=host,
        vlans=tuple(Vlan(zone.vlan, key) for key, zone in sorted(zones.items(), key=lambda one: one[1].vlan)),
        acls=tuple(used[name] for name in sorted(used)),
        access=access,
        trunks=trunks,
        ntp=plan.policies.services[switch.network].ntp,
        traps=_told(estate, switch, home),
        ssh=_service_acl(plan, holder, home, "ssh"),
        snmp=_service_acl(plan, holder, home, "snmp"),
    )


def _ports(
    estate: Estate, switch: Switch, filters: dict[str, Acl], vlans: tuple[int, ...]
) -> tuple[tuple[AccessPort, ...], tuple[TrunkPort, ...]]:
    access: list[AccessPort] = []
    trunks: list[TrunkPort] = []
    if switch.uplink:
        trunks.append(TrunkPort(port(switch.uplink), f"uplink of {switch.unit}", vlans))
    for device in estate.devices.values():
        if device.switch != switch.host or not device.switch_port or device.state is State.RETIRED:
            continue
        name = port(device.switch_port)
        zone = _zone(estate.plan, device)
        if isinstance(device, Switch) or (isinstance(device, Host) and device.role == "gateway"):
            trunks.append(TrunkPort(name, device.host, vlans))
        elif zone is not None:
            films = isinstance(device, Camera | Encoder)
            acl = filters.get(zone.key) if films else None
            access.append(AccessPort(name, device.host, zone.vlan, device.mac, isolated=films, acl=acl))
    return tuple(sorted(access, key=_place)), tuple(sorted(trunks, key=_place))


def _place(one: AccessPort | TrunkPort) -> tuple[str, tuple[int, ...]]:
    kind = one.name.rstrip("0123456789/")
    return kind, tuple(int(part) for part in one.name.removeprefix(kind).split("/") if part)


def _holder(plan: Plan, device: Device) -> str:
    return plan.county.key if device.unit == COUNTY_UNIT else device.unit


def _zone(plan: Plan, device: Device) -> Zone | None:
    """Return the zone in which a device's address lies."""
    if device.ipv4 is None:
        return None
    for key, block in plan.addresses.blocks.get(_holder(plan, device), {}).items():
        if device.ipv4 in block:
            return next(zone for zone in plan.addresses.zones if zone.key == key)
    return None


def _filter(plan: Plan, holder: str, zone: Zone) -> Acl:
    """Return what devices of a zone may send: what they begin, and answers to what others begin."""
    own = plan.addresses.blocks[holder][zone.key]
    rules: set[Rule] = set()
    for flow, service in _flows(plan):
        ports = service.ports or (None,)
        if flow.source == zone.key:
            rules |= {
                Rule(service.protocol, own, block, target_port=number)
                for block in _blocks(plan, holder, flow, flow.target)
                for number in ports
            }
        if flow.target == zone.key:
            rules |= {
                Rule(service.protocol, own, block, source_port=number, established=service.protocol == "tcp")
                for block in _blocks(plan, holder, flow, flow.source)
                for number in ports
            }
    return Acl(f"NX-{zone.key.upper()}", _VLAN_ACL + zone.vlan, numbered(rules))


def _told(estate: Estate, switch: Switch, home: Zone) -> tuple[IPv4Address, ...]:
    flows = estate.plan.flows.flows
    if not any(flow.source == home.key and "traps" in flow.services for flow in flows):
        return ()
    return tuple(host.ipv4 for host in estate.monitors(switch.network) if host.ipv4)


def _service_acl(plan: Plan, holder: str, home: Zone, service: str) -> Acl:
    """Return who may reach a service of the switch itself."""
    blocks = {
        block
        for flow in plan.flows.flows
        if flow.target == home.key and service in flow.services
        for block in _blocks(plan, holder, flow, flow.source)
    }
    return Acl(
        f"NX-{service.upper()}", _SERVICE_ACLS[service], numbered({Rule("ip", block) for block in blocks})
    )


def _flows(plan: Plan) -> Iterator[tuple[Flow, Service]]:
    for flow in plan.flows.flows:
        for key in flow.services:
            yield flow, plan.flows.services[key]


def _blocks(plan: Plan, holder: str, flow: Flow, key: str) -> list[IPv4Network]:
    """Return the blocks of the zone ``key`` at the other end of a flow that begins or ends at ``holder``."""
    zone = next(one for one in plan.addresses.zones if one.key == key)
    blocks = plan.addresses.blocks
    if zone.scope is Scope.COUNTY:
        holders = [plan.county.key]
    else:
        holders = [holder] if flow.reach is Reach.UNIT else list(blocks)
    return [blocks[one][key] for one in holders if key in blocks.get(one, {})]


def numbered(rules: set[Rule]) -> tuple[tuple[int, Rule], ...]:
    """Return the rules with their numbers, in order; two that hash to one number get the next free ones."""
    taken: dict[int, Rule] = {}
    for rule in sorted(rules, key=repr):
        number = rule.number
        while number in taken:
            number += 1
        taken[number] = rule
    return tuple(sorted(taken.items()))
