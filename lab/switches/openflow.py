"""A switch as OpenFlow: port states become flows (pure).

=====  ==================================================================================
table  decides
=====  ==================================================================================
0      which VLAN a frame is in, by port and tag; the tag comes off
1      whether the station may speak on that port (MAC binding)
2      the access list of the port it came in by
3      learns where the station is and looks up where the other one is (table 10)
4      floods what nobody was heard of
5      never back out where it came in, never between ports of one isolation group
6      the access list of the port it leaves by
7      leaves with a tag, without one, or not at all
=====  ==================================================================================

Register 1 has the VLAN, register 2 the port to leave by (0: all), register 3 the isolation group it came from.
NORMAL would forward too, but knows neither outbound lists nor more than one isolation group, and its VLANs stand in
the database, so that one change would be two steps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from lab.switches.dataplane import Binding, Filter, Match, PortState, Rule

_VLAN, _OUT, _GROUP = "NXM_NX_REG1[0..11]", "NXM_NX_REG2[0..15]", "NXM_NX_REG3[0..11]"
LEARNED = 10  # the table of stations
_AGEING_S = 300
_TCP, _UDP, _ICMP = 6, 17, 1


def flows(ports: Iterable[PortState], wires: Mapping[str, int]) -> list[str]:
    """Return the flows of a switch.

    Args:
        ports: the state of each port.
        wires: the OpenFlow number of each port that has a wire, by the port's name.
    """
    wired = [(wires[port.name], port) for port in ports if port.name in wires and port.up]
    lines = list(_fixed())
    for number, port in wired:
        lines += _enters(number, port)
        lines += _may_speak(number, port.stations)
        lines += _filtered(2, f"in_port={number}", port.inbound)
        lines += _filtered(6, f"reg2={number}", port.outbound)
        lines.append(f"table=5,priority=30,in_port={number},reg2={number},actions=drop")
        if port.isolation is not None:
            lines.append(f"table=5,priority=20,reg3={_group(port.isolation)},reg2={number},actions=drop")
        lines += _leaves(number, port)
    return [*lines, *_floods(wired)]


def _fixed() -> Iterator[str]:
    yield "table=0,priority=0,actions=drop"
    yield "table=1,priority=0,actions=resubmit(,2)"
    yield "table=2,priority=0,actions=resubmit(,3)"
    # A multicast source address would be learned as a station: such frames end here, as in a real switch.
    yield "table=3,priority=10,dl_src=01:00:00:00:00:00/01:00:00:00:00:00,actions=drop"
    yield (
        f"table=3,priority=0,actions=learn(table={LEARNED},idle_timeout={_AGEING_S},priority=10,{_VLAN},"
        f"NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],load:NXM_OF_IN_PORT[]->{_OUT}),resubmit(,{LEARNED}),resubmit(,4)"
    )
    yield f"table={LEARNED},priority=0,actions=load:0->{_OUT}"
    yield "table=4,priority=0,actions=resubmit(,5)"
    yield "table=5,priority=0,actions=resubmit(,6)"
    yield "table=6,priority=0,actions=resubmit(,7)"
    yield "table=7,priority=0,actions=drop"


def _enters(number: int, port: PortState) -> Iterator[str]:
    group = "" if port.isolation is None else f"load:{_group(port.isolation)}->{_GROUP},"
    if port.pvid is not None and port.pvid in port.untagged | port.tagged:
        inside = f"load:{port.pvid}->{_VLAN},{group}"
        yield f"table=0,priority=10,in_port={number},vlan_tci=0x0000/0x1fff,actions={inside}resubmit(,1)"
    for vlan in sorted(port.tagged):
        inside = f"strip_vlan,load:{vlan}->{_VLAN},{group}"
        yield f"table=0,priority=10,in_port={number},dl_vlan={vlan},actions={inside}resubmit(,1)"


def _may_speak(number: int, stations: tuple[Binding, ...] | None) -> Iterator[str]:
    if stations is None:
        return
    yield f"table=1,priority=10,in_port={number},actions=drop"
    for station in stations:
        vlan = "" if station.vlan is None else f",reg1={station.vlan}"
        match = f"table=1,priority=20,in_port={number},dl_src={station.mac}{vlan}"
        if station.address is None:
            yield f"{match},actions=resubmit(,2)"
        else:
            yield f"{match},ip,nw_src={station.address},actions=resubmit(,2)"
            yield f"{match},arp,arp_spa={station.address},actions=resubmit(,2)"


def _filtered(table: int, where: str, applied: Filter | None) -> Iterator[str]:
    """Access lists look at IPv4 alone: ARP passes, as it does on the switches."""
    if applied is None:
        return
    passes, priority = f"actions=resubmit(,{table + 1})", 60000
    for rule in applied.rules:
        for match in _matches(rule):
            yield f"table={table},priority={priority},{where},{match},{passes if rule.permit else 'actions=drop'}"
        priority -= 1
    yield f"table={table},priority=10,{where},ip,{passes if applied.permits_rest else 'actions=drop'}"


def _matches(rule: Rule) -> Iterator[str]:
    protocol = "ip" if rule.protocol is None else f"ip,nw_proto={rule.protocol}"
    addresses = _address("nw_src", rule.source) + _address("nw_dst", rule.destination)
    more = f",icmp_type={rule.icmp_type}" if rule.protocol == _ICMP and rule.icmp_type is not None else ""
    name = {_TCP: "tcp", _UDP: "udp"}.get(rule.protocol or 0)
    flags = ("+ack", "+rst") if rule.established and rule.protocol == _TCP else ("",)
    for source in _ports(f"{name}_src", rule.source_ports):
        for destination in _ports(f"{name}_dst", rule.destination_ports):
            for flag in flags:
                yield f"{protocol}{addresses}{more}{source}{destination}" + (
                    f",tcp_flags={flag}" if flag else ""
                )


def _address(field: str, match: Match) -> str:
    mask = ~match.wildcard & 0xFFFFFFFF
    return f",{field}={_dotted(match.address & mask)}/{_dotted(mask)}" if mask else ""


def _dotted(number: int) -> str:
    return ".".join(str(byte) for byte in number.to_bytes(4, "big"))


def _ports(field: str, ranges: tuple[tuple[int, int], ...]) -> Iterator[str]:
    """Yield matches for port ranges: OpenFlow has masks, so a range is a few aligned blocks."""
    if not ranges:
        yield ""
    for low, high in ranges:
        while low <= high:
            size = low & -low or 0x10000
            while low + size - 1 > high:
                size >>= 1
            yield f",{field}={low}/{~(size - 1) & 0xFFFF:#x}"
            low += size  # noqa: PLW2901 - walks through the range


def _leaves(number: int, port: PortState) -> Iterator[str]:
    for vlan in sorted(port.untagged):
        yield f"table=7,priority=10,reg1={vlan},reg2={number},actions=output:{number}"
    for vlan in sorted(port.tagged - port.untagged):
        # The tag comes off again: the same frame may be on its way to further ports.
        tagged = f"push_vlan:0x8100,set_field:{vlan | 0x1000}->vlan_vid,output:{number},pop_vlan"
        yield f"table=7,priority=10,reg1={vlan},reg2={number},actions={tagged}"


def _floods(wired: Iterable[tuple[int, PortState]]) -> Iterator[str]:
    members: defaultdict[int, list[int]] = defaultdict(list)
    for number, port in wired:
        for vlan in port.untagged | port.tagged:
            members[vlan].append(number)
    for vlan, numbers in sorted(members.items()):
        each = ",".join(f"load:{number}->{_OUT},resubmit(,5)" for number in sorted(numbers))
        yield f"table=4,priority=10,reg1={vlan},reg2=0,actions={each}"


def _group(isolation: int) -> int:
    """Register 3 is 0 for a frame that no group isolates."""
    return isolation + 1
