"""Ask with WS-Discovery and hear the answers, whoever sends them and however many.

The packet's source counts, never an address that it tells. Most of what a flood sends is dropped before it is parsed:
what comes from outside the zones, what does not name a question of ours, and what one device sends beyond a few.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Container
from ipaddress import IPv4Address, IPv4Network
from typing import cast
from uuid import uuid4

from nanxi.devices.values import plain
from nanxi.discovery.area import OutsideError
from nanxi.discovery.model import Remark, remark
from nanxi.discovery.probe import TYPES, Advert, AnswerError, probe, read_answer

PORT = 3702
GROUP = "239.255.255.250"

#: Answers that one address may send: one for each probe, by multicast and unicast, and as many repeated.
MOST_FROM_ONE = 8

_BUFFER = 4 << 20  # a busy zone answers within half a second (APP_MAX_DELAY)
_SHOWN = 5


class Listener(asyncio.DatagramProtocol):
    """What was heard so far. ``area`` holds the addresses whose answers count."""

    def __init__(self, area: Container[IPv4Address]) -> None:
        self._area = area
        self._probes = {str(message): probe(message, types) for types in TYPES for message in (uuid4(),)}
        self._asked = frozenset(self._probes)
        self._marks = tuple(mark.encode() for mark in self._asked)
        self._transport: asyncio.DatagramTransport | None = None
        self._outside: Counter[str] = Counter()
        self._unasked: Counter[str] = Counter()
        self._unread: dict[str, str] = {}
        self.sent: Counter[IPv4Address] = Counter()
        self.heard: dict[IPv4Address, Advert] = {}

    async def open(self) -> None:
        """Get a socket for unicast."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, sock=_socket(None))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the way out."""
        self._transport = cast("asyncio.DatagramTransport", transport)  # of uvloop's own class

    def ask(self, address: IPv4Address) -> None:
        """Send the probes to one address of the area.

        Raises:
            OutsideError: it lies outside.
        """
        if address not in self._area:
            raise OutsideError(f"{address} lies in no zone that is searched; nothing was sent")
        if self._transport is not None:
            for datagram in self._probes.values():
                self._transport.sendto(datagram, (str(address), PORT))

    async def ask_all(self, block: IPv4Network) -> asyncio.DatagramTransport | None:
        """Send the probes to everyone on the wire of ``block``, if this machine stands in it.

        Returns:
            The socket on which answers come; None where this machine is not in the block. A probe never leaves by
            another interface: that network is none of ours.
        """
        own = own_address(block)
        if own is None:
            return None
        loop = asyncio.get_running_loop()
        answers = _Answers(self)
        transport, _ = await loop.create_datagram_endpoint(lambda: answers, sock=_socket(own))
        for datagram in self._probes.values():
            transport.sendto(datagram, (GROUP, PORT))
        return transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Take one datagram, or drop it."""
        source = IPv4Address(addr[0])
        if source not in self._area:
            _count(self._outside, addr[0])
            return
        self.sent[source] += 1
        if self.sent[source] > MOST_FROM_ONE:
            return
        lower = data.lower()
        if not any(mark in lower for mark in self._marks):
            _count(self._unasked, addr[0])
            return
        try:
            advert = read_answer(data, self._asked)
        except AnswerError as error:
            if len(self._unread) < _SHOWN:
                self._unread.setdefault(addr[0], plain(str(error)))
        else:
            self.heard.setdefault(source, advert)

    def error_received(self, exc: Exception) -> None:
        """An address that no machine has; many of the zones' have none."""

    def close(self) -> None:
        """Release the socket."""
        if self._transport is not None:
            self._transport.close()

    def remarks(self) -> list[Remark]:
        """Return what was odd and belongs to no device that was found."""
        found = []
        for key, counter in (("outside", self._outside), ("unasked", self._unasked)):
            if counter:
                found.append(remark(key, count=counter.total(), senders=[name for name in counter if name]))
        found += [remark("unread", sender=sender, why=why) for sender, why in self._unread.items()]
        return found


class _Answers(asyncio.DatagramProtocol):
    """Hands what comes on another socket to the listener."""

    def __init__(self, listener: Listener) -> None:
        self.datagram_received = listener.datagram_received  # type: ignore[method-assign]
        self.error_received = listener.error_received  # type: ignore[method-assign]


def own_address(block: IPv4Network) -> IPv4Address | None:
    """Return the address of this machine in ``block``, None where packets to the block leave by a router."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((str(next(block.hosts())), PORT))  # of UDP: chooses a route, sends nothing
        except OSError:
            return None
        own = IPv4Address(asking.getsockname()[0])
    return own if own in block else None


def _socket(own: IPv4Address | None) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    if own is not None:
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, own.packed)
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
    made.bind((str(own) if own else "0.0.0.0", 0))  # noqa: S104 - answers come from every zone
    return made


def _count(counter: Counter[str], sender: str) -> None:
    """Count ``sender``; beyond a few, senders are counted without their names (a flood may have any number)."""
    counter[sender if sender in counter or len(counter) < _SHOWN else ""] += 1
