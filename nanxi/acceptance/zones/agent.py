"""A probe agent: sends what it is told, answers what carries a nonce, records everything that arrives.

It speaks JSON lines on standard input and output and needs nothing but Python 3.11 and root on Linux: this one file is
also run over ssh and on a laptop that has no Nanxi. Commands (``do``) and replies (``is``):

    hello   address               -> ready      interface, mac, records
    listen  tcp, udp              -> listening  occupied
    probe   probes, timeout_s, attempts, together -> tried (one a probe), done
    mac     address               -> changed    mac
    seen                          -> seen       heard, arrivals
    quit

A UDP, ICMP or raw packet carries ``MARK`` and a nonce. The SYN of a TCP session cannot, so it is recorded with its two
ends, and the sender tells its port. Outgoing packets are never recorded.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import re
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from typing import Any

Line = dict[str, Any]  # of the protocol

MARK = b"nanxi-probe:"
_MESSAGE = re.compile(re.escape(MARK) + rb"([0-9a-f]{16})")
_LONGEST = len(MARK) + 16
_MOST_ARRIVALS = 100_000  # what a noisy network may make us remember
_ETH_P_ALL = 0x0003
_OUTGOING = 4  # PACKET_OUTGOING, linux/if_packet.h


class Recorder:
    """Everything that arrives at one interface: frames are counted, probes and TCP SYNs remembered."""

    def __init__(self, interface: str) -> None:
        self.heard = 0
        self.arrivals: dict[tuple[object, ...], Line] = {}
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._socket.setblocking(False)
        self._socket.bind((interface, 0))
        asyncio.get_running_loop().add_reader(self._socket, self._readable)

    def _readable(self) -> None:
        for _ in range(256):
            try:
                frame, address = self._socket.recvfrom(2048)
            except OSError:  # nothing more, or the link went down for a moment
                return
            if address[2] != _OUTGOING:
                self.heard += 1
                self._remember(frame)

    def drain(self) -> None:
        """Read what the kernel still holds."""
        self._readable()

    def _remember(self, frame: bytes) -> None:
        message = _MESSAGE.search(frame)
        found = ends(frame)
        if (message is None and (found is None or not found["syn"])) or len(self.arrivals) >= _MOST_ARRIVALS:
            return
        found = found or {
            "protocol": "",
            "source": "",
            "source_port": 0,
            "target": "",
            "port": 0,
            "syn": False,
        }
        found.pop("syn")
        arrival = {"nonce": message.group(1).decode() if message else "", **found}
        self.arrivals[tuple(arrival.values())] = arrival


def ends(frame: bytes) -> Line | None:
    """Return protocol and ends of an IPv4 packet in an Ethernet frame, tags skipped; None for anything else."""
    at = 12
    while frame[at : at + 2] in (b"\x81\x00", b"\x88\xa8"):
        at += 4
    if frame[at : at + 2] != b"\x08\x00" or len(frame) < at + 22:
        return None
    ip = frame[at + 2 :]
    length = (ip[0] & 15) * 4
    protocol = {1: "icmp", 6: "tcp", 17: "udp"}.get(ip[9], str(ip[9]))
    inner = ip[length:]
    ports = struct.unpack("!HH", inner[:4]) if protocol in ("tcp", "udp") and len(inner) >= 4 else (0, 0)
    syn = protocol == "tcp" and len(inner) > 13 and inner[13] & 0x12 == 0x02  # SYN without ACK
    source, target = socket.inet_ntoa(ip[12:16]), socket.inet_ntoa(ip[16:20])
    return {
        "protocol": protocol, "source": source, "source_port": ports[0], "target": target, "port": ports[1], "syn": syn,
    }  # fmt: skip


class Echo(asyncio.DatagramProtocol):
    """Answers a datagram that carries a nonce with the same bytes; anything else is left alone."""

    def connection_made(self, transport: Any) -> None:
        """Keep the way back."""
        self.transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        """Answer."""
        if len(data) == _LONGEST and _MESSAGE.fullmatch(data):
            self.transport.sendto(data, address)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one TCP session like :class:`Echo`."""
    try:
        data = await asyncio.wait_for(reader.readexactly(_LONGEST), 5)
        if _MESSAGE.fullmatch(data):
            writer.write(data)
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError, TimeoutError):
        pass
    finally:
        writer.close()


class Pings:
    """Echo requests from one address, and the replies that bring their nonces back."""

    def __init__(self, address: str) -> None:
        self._waiting: dict[bytes, asyncio.Future[bool]] = {}
        self._sequence = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self._socket.setblocking(False)
        self._socket.bind((address, 0))
        asyncio.get_running_loop().add_reader(self._socket, self._readable)

    def _readable(self) -> None:
        for _ in range(256):
            try:
                packet = self._socket.recv(2048)
            except OSError:
                return
            inner = packet[(packet[0] & 15) * 4 :] if packet else b""
            message = _MESSAGE.search(inner)
            future = self._waiting.get(message.group(1)) if message and inner[0] == 0 else None
            if future and not future.done():
                future.set_result(True)

    async def ask(self, target: str, nonce: bytes, timeout_s: float, attempts: int) -> bool:
        """Return whether the reply came."""
        future = self._waiting[nonce] = asyncio.get_running_loop().create_future()
        try:
            for _ in range(attempts):
                self._sequence = (self._sequence + 1) & 0xFFFF
                head = struct.pack("!BBHHH", 8, 0, 0, 0x4E58, self._sequence)
                data = MARK + nonce
                packet = head[:2] + struct.pack("!H", checksum(head + data)) + head[4:] + data
                self._socket.sendto(packet, (target, 0))
                done, _ = await asyncio.wait([future], timeout=timeout_s / attempts)
                if done:
                    return True
            return False
        finally:
            del self._waiting[nonce]


def checksum(data: bytes) -> int:
    """Return the Internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


class Agent:
    """One spot on the network: an address, the interface that has it, and who talks to us."""

    def __init__(self) -> None:
        self.address = self.interface = ""
        self.recorder: Recorder | None = None
        self.pings: Pings | None = None
        self._kept: list[object] = []

    async def hello(self, order: Line) -> Line:
        """Find the interface of our address and begin to record."""
        self.address = order["address"]
        self.interface, mac = interface_of(self.address)
        with contextlib.suppress(PermissionError):
            # Without CAP_NET_RAW the agent still sends by TCP and UDP; the verdicts say what that leaves open.
            self.recorder, self.pings = Recorder(self.interface), Pings(self.address)
        return {"is": "ready", "interface": self.interface, "mac": mac, "records": self.recorder is not None}

    async def listen(self, order: Line) -> Line:
        """Answer on the ports that will be knocked at; name those that somebody else has."""
        loop, occupied = asyncio.get_running_loop(), []
        for port in order["tcp"]:
            try:
                self._kept.append(await asyncio.start_server(echo, self.address, port))
            except OSError:
                occupied.append(["tcp", port])
        for port in order["udp"]:
            try:
                self._kept.append(await loop.create_datagram_endpoint(Echo, (self.address, port)))
            except OSError:
                occupied.append(["udp", port])
        return {"is": "listening", "occupied": occupied}

    async def probe(self, order: Line) -> Line:
        """Make the probes, ``together`` at a time."""
        gate = asyncio.Semaphore(order["together"])

        async def one(job: Line) -> None:
            async with gate:
                tried = {
                    "is": "tried",
                    "id": job["id"],
                    "sent": True,
                    "answered": False,
                    "detail": "",
                    "source_port": 0,
                }
                try:
                    await getattr(self, "_" + job["by"])(order | job, tried)
                except TimeoutError:
                    tried["detail"] = "timeout"
                except ConnectionError as error:  # a reset or an ICMP error from somebody on the way
                    tried["detail"] = type(error).__name__
                except OSError as error:
                    # No route, no permission: the packet never left. No neighbour (EHOSTUNREACH): ARP was not answered.
                    tried["detail"], tried["sent"] = str(error), error.errno == errno.EHOSTUNREACH
                say(tried)

        await asyncio.gather(*map(one, order["probes"]))
        return {"is": "done"}

    async def _tcp(self, job: Line, tried: Line) -> None:
        loop = asyncio.get_running_loop()
        with socket.socket() as link:
            link.setblocking(False)
            # Reset on close: a port that is used again at once needs no TIME-WAIT.
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            link.bind((self.address, 0))
            tried["source_port"] = link.getsockname()[1]
            await asyncio.wait_for(loop.sock_connect(link, (job["target"], job["port"])), job["timeout_s"])
            tried["detail"] = "connected"
            message, back = MARK + job["nonce"].encode(), b""
            try:
                await loop.sock_sendall(link, message)
                while len(back) < len(message):
                    more = await asyncio.wait_for(loop.sock_recv(link, 64), job["timeout_s"])
                    if not more:
                        break
                    back += more
            except OSError:
                pass
            tried["answered"] = back == message

    async def _udp(self, job: Line, tried: Line) -> None:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
            link.setblocking(False)
            link.bind((self.address, 0))
            link.connect((job["target"], job["port"]))
            tried["source_port"] = link.getsockname()[1]
            message = MARK + job["nonce"].encode()
            for attempt in range(job["attempts"]):
                await loop.sock_sendall(link, message)
                try:
                    back = await asyncio.wait_for(
                        loop.sock_recv(link, 64), job["timeout_s"] / job["attempts"]
                    )
                except TimeoutError:
                    if attempt == job["attempts"] - 1:
                        raise
                else:
                    tried["answered"] = back == message
                    return

    async def _icmp(self, job: Line, tried: Line) -> None:
        if self.pings is None:
            raise PermissionError(1, "ICMP needs root")
        tried["answered"] = await self.pings.ask(
            job["target"], job["nonce"].encode(), job["timeout_s"], job["attempts"]
        )

    async def _packet(self, job: Line, _tried: Line) -> None:
        """Send an IPv4 packet as it is, whatever source it claims; the kernel finds the way."""
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as link:
            await self._repeat(
                job["attempts"], lambda: link.sendto(bytes.fromhex(job["bytes"]), (job["target"], 0))
            )

    async def _frame(self, job: Line, _tried: Line) -> None:
        """Send an Ethernet frame as it is, tags and all."""
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as link:
            link.bind((self.interface, 0))
            await self._repeat(job["attempts"], lambda: link.send(bytes.fromhex(job["bytes"])))

    async def _repeat(self, attempts: int, send: Callable[[], object]) -> None:
        for attempt in range(attempts):
            if attempt:
                await asyncio.sleep(0.1)
            send()

    async def mac(self, order: Line) -> Line:
        """Take another MAC address, and ask for the neighbours anew, so that they learn it at once."""
        ip("link", "set", "dev", self.interface, "address", order["address"])
        ip("neigh", "flush", "dev", self.interface)
        return {"is": "changed", "mac": interface_of(self.address)[1]}

    async def seen(self, _order: Line) -> Line:
        """Tell what arrived."""
        if self.recorder is None:
            return {"is": "seen", "heard": 0, "arrivals": []}
        self.recorder.drain()
        return {"is": "seen", "heard": self.recorder.heard, "arrivals": list(self.recorder.arrivals.values())}


def interface_of(address: str) -> tuple[str, str]:
    """Return the interface that has ``address``, and its MAC address."""
    for link in json.loads(ip("-json", "address", "show")):
        if any(own.get("local") == address for own in link.get("addr_info", ())):
            return link["ifname"], link.get("address", "")
    raise OSError(f"no interface of this machine has the address {address}")


def ip(*words: str) -> str:
    """Run iproute2's ``ip``."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)  # noqa: S603, S607 - ours
    if done.returncode:
        raise OSError(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def say(message: Line) -> None:
    """Write one line to whoever runs us."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def main() -> None:
    """Do what the lines on standard input say until it ends."""
    agent, reader = Agent(), asyncio.StreamReader(limit=1 << 26)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        order = json.loads(line)
        if order["do"] == "quit":
            break
        try:
            say(await getattr(agent, order["do"])(order))
        except OSError as error:
            say({"is": "error", "error": str(error)})


if __name__ == "__main__":
    asyncio.run(main())
