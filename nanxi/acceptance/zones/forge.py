"""Packets and frames that no socket sends: claimed sources, foreign VLAN tags (pure; scapy writes the bytes)."""

from __future__ import annotations

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Packet, Raw

from nanxi.acceptance.zones.agent import MARK
from nanxi.acceptance.zones.model import Probe, Trick

#: Source port of forged packets; answers to it find nobody.
SOURCE_PORT = 40_017
BROADCAST = "ff:ff:ff:ff:ff:ff"


def packet(probe: Probe) -> bytes:
    """Return the IPv4 packet of a probe with the source that it claims; a TCP SYN carries the nonce as data."""
    return bytes(_packet(probe))


def frame(probe: Probe, source_mac: str, target_mac: str) -> bytes:
    """Return the tagged Ethernet frame of a probe.

    Tagged: as if the sender's port were a trunk. Double tagged: the outer tag is the sender's own VLAN, which a
    switch strips on a trunk whose native VLAN that is, and the next one then obeys the inner tag.
    """
    head = Ether(src=source_mac, dst=target_mac or BROADCAST)
    if probe.trick is Trick.DOUBLE_TAGGED:
        head /= Dot1Q(vlan=probe.origin.place.zone.vlan)
    return bytes(head / Dot1Q(vlan=probe.goal.place.zone.vlan) / _packet(probe))


def _packet(probe: Probe) -> Packet:
    head = IP(src=str(probe.claims), dst=str(probe.goal.address))
    if probe.protocol == "tcp":
        head /= TCP(sport=SOURCE_PORT, dport=probe.port, flags="S", seq=probe.id)
    elif probe.protocol == "udp":
        head /= UDP(sport=SOURCE_PORT, dport=probe.port)
    else:
        head /= ICMP(id=probe.id & 0xFFFF)
    return head / Raw(MARK + probe.nonce.encode())
