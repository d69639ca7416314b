"""WS-Discovery's answering side for every twin: Probe in, ProbeMatches out (WS-Discovery, April 2005, 5.2 and 5.3).

A unicast probe is answered by the twin that was asked. A probe to the multicast group is answered by every twin on the
prober's wire, which is the network of its own address: multicast does not pass a router.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise
from uuid import NAMESPACE_DNS, UUID, uuid4, uuid5

from lxml import etree

from lab.twin.markup import el
from lab.twin.services.device_identity import scopes
from lab.twin.twin import Twin
from nanxi.xml import XmlError, parse

PORT = 3702
GROUP = "239.255.255.250"

_SPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "d": "http://schemas.xmlsoap.org/ws/2005/04/discovery",
    "dn": "http://www.onvif.org/ver10/network/wsdl",
    "tds": "http://www.onvif.org/ver10/device/wsdl",
}
_DECLARATIONS = {f"xmlns:{prefix}": uri for prefix, uri in _SPACES.items()}
_TYPES = {f"{{{_SPACES['dn']}}}NetworkVideoTransmitter", f"{{{_SPACES['tds']}}}Device"}
_ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"

_IP_PKTINFO = 8  # linux/in.h; Python names it from 3.14 on
_IP_MULTICAST_ALL = 49
_PKTINFO = struct.Struct("=I4s4s")  # interface, address to answer from, destination of the packet
_LARGEST = 65_507


@dataclass(frozen=True, slots=True)
class Probe:
    """What somebody looks for. Types are in Clark's notation, scopes match by their beginning (RFC 3986)."""

    message: str
    types: frozenset[str]
    scopes: tuple[str, ...]

    def means(self, twin: Twin) -> bool:
        """Whether a device is of all types and in all scopes that are asked for."""
        own = [scope.item for scope in scopes(twin)]
        in_scope = all(
            any(item == one or item.startswith(f"{one.rstrip('/')}/") for item in own) for one in self.scopes
        )
        return self.types <= _TYPES and in_scope


def read_probe(datagram: bytes) -> Probe | None:
    """Return the Probe in a datagram, None for anything else: a device ignores what it does not know."""
    try:
        root = parse(datagram)
    except XmlError:
        return None
    asked = root.find("s:Body/d:Probe", _SPACES)
    if asked is None:
        return None
    types = asked.find("d:Types", _SPACES)
    return Probe(
        message=(root.findtext("s:Header/a:MessageID", "", _SPACES)).strip(),
        types=frozenset() if types is None else frozenset(_clark(types, word) for word in _words(types)),
        scopes=tuple(_words(asked.find("d:Scopes", _SPACES))),
    )


def probe_matches(twin: Twin, probe: Probe) -> bytes:
    """Return what an honest device answers."""
    services, installed = twin.traits.services, twin.installation
    port = "" if installed.http_port == 80 else f":{installed.http_port}"
    host = services.advertises or installed.address
    repeats = twin.traits.discovery.repeats_message_id
    match = el(
        "d:ProbeMatch",
        el("a:EndpointReference", el("a:Address", f"urn:uuid:{endpoint(twin)}")),
        el("d:Types", "dn:NetworkVideoTransmitter tds:Device"),
        el("d:Scopes", " ".join(scope.item for scope in scopes(twin))),
        el("d:XAddrs", f"http://{host}{port}{services.paths.tds}"),
        el("d:MetadataVersion", 1),
    )
    header = el(
        "s:Header",
        el("a:MessageID", probe.message if repeats else f"urn:uuid:{uuid4()}"),
        el("a:RelatesTo", probe.message),
        el("a:To", _ANONYMOUS),
        el("a:Action", f"{_SPACES['d']}/ProbeMatches"),
    )
    envelope = el("s:Envelope", header, el("s:Body", el("d:ProbeMatches", match)), **_DECLARATIONS)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{envelope}'.encode()


def endpoint(twin: Twin) -> UUID:
    """Return the device's stable identifier, the same over restarts."""
    return uuid5(NAMESPACE_DNS, twin.installation.host)


def answers(twin: Twin, probe: Probe) -> Iterable[bytes]:
    """Return the datagrams with which a twin answers, as its traits say."""
    traits = twin.traits.discovery
    if traits.replies == "nothing" or twin.settings.discovery.mode != "Discoverable" or not probe.means(twin):
        return ()
    return (_REPLIES[traits.replies](twin, probe),) * traits.copies


def _garbage(_: Twin, probe: Probe) -> bytes:
    return b"\x00\xff<ProbeMatches " + probe.message.encode()


def _fault(_: Twin, probe: Probe) -> bytes:
    fault = el("s:Fault", el("s:Code", el("s:Value", "s:Sender")))
    header = el("s:Header", el("a:RelatesTo", probe.message))
    return el("s:Envelope", header, el("s:Body", fault), **_DECLARATIONS).encode()


def _doctype(twin: Twin, probe: Probe) -> bytes:
    layers = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghij"))
    head, _, body = probe_matches(twin, probe).partition(b"\n")
    return head + f'<!DOCTYPE x [<!ENTITY a "x">{layers}]>'.encode() + body.replace(b"tds:Device", b"&j;")


#: What ``traits.discovery.replies`` may be, but for nothing.
_REPLIES = {"matches": probe_matches, "garbage": _garbage, "fault": _fault, "doctype": _doctype}


class Responder:
    """Answers on the discovery port of every address.

    Args:
        twins: the twin at an address that has power, None where there is none.
        networks: the addresses of all twins, with the network that each stands in.
    """

    def __init__(
        self, twins: Callable[[str], Twin | None], networks: Mapping[IPv4Address, IPv4Network]
    ) -> None:
        self._twins = twins
        self._networks = networks
        self._sockets: list[socket.socket] = []

    def start(self, hosts: Iterable[str]) -> None:
        """Listen on the discovery port of ``hosts`` and on the multicast group of the loopback interface.

        Raises:
            OSError: the port is taken.
        """
        for host in hosts:
            self._listen(host)
        group = self._listen(GROUP)
        member = struct.pack("=4s4si", socket.inet_aton(GROUP), bytes(4), socket.if_nametoindex("lo"))
        group.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)

    def stop(self) -> None:
        """Close the ports."""
        loop = asyncio.get_running_loop()
        for listener in self._sockets:
            loop.remove_reader(listener)
            listener.close()
        self._sockets.clear()

    def _listen(self, host: str) -> socket.socket:
        listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sockets.append(listener)
        listener.setblocking(False)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
        listener.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)  # the group has a socket of its own
        listener.bind((host, PORT))
        asyncio.get_running_loop().add_reader(listener, self._read, listener)
        return listener

    def _read(self, listener: socket.socket) -> None:
        try:
            datagram, ancillary, _, sender = listener.recvmsg(_LARGEST, socket.CMSG_SPACE(_PKTINFO.size))
        except BlockingIOError:
            return
        probe = read_probe(datagram)
        if probe is None or not ancillary:
            return
        _, _, destination = _PKTINFO.unpack(ancillary[0][2])
        for address in self._asked(IPv4Address(destination), IPv4Address(sender[0])):
            twin = self._twins(str(address))
            if twin is not None:
                twin.count("Probe")
                for answer in answers(twin, probe):
                    _send(listener, answer, address, sender)

    def _asked(self, destination: IPv4Address, prober: IPv4Address) -> Iterable[IPv4Address]:
        if not destination.is_multicast:
            return (destination,)
        return (address for address, network in self._networks.items() if prober in network)


def _send(listener: socket.socket, answer: bytes, source: IPv4Address, receiver: tuple[str, int]) -> None:
    """Send from a twin's own address; a full buffer loses the answer, as on a real wire."""
    info = _PKTINFO.pack(0, source.packed, bytes(4))
    try:
        listener.sendmsg([answer], [(socket.IPPROTO_IP, _IP_PKTINFO, info)], 0, receiver)
    except BlockingIOError:
        return


def _words(element: etree._Element | None) -> list[str]:
    return [] if element is None else (element.text or "").split()


def _clark(element: etree._Element, word: str) -> str:
    prefix, _, name = word.rpartition(":")
    return f"{{{element.nsmap.get(prefix or None)}}}{name}"
