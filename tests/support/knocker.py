"""Run inside a network namespace: answers on every address and port given, or knocks and says what opened.

As a script, because a namespace belongs to a process: ``knocker.py answer`` and ``knocker.py knock``, JSON on stdin.
"""

import json
import secrets
import socket
import struct
import sys
import time
from concurrent.futures import ThreadPoolExecutor

IP_TRANSPARENT = 19  # bind to an address that is not ours: how a spoofed source is sent
PATIENCE_S = 0.4  # on a wire inside one kernel an answer takes less than a millisecond, or never comes


def answer(addresses: list[str], ports: dict[str, list[int]]) -> None:
    """Accept TCP connections and echo datagrams, on each address, until killed."""
    pool = ThreadPoolExecutor(len(addresses) * sum(map(len, ports.values())) or 1)
    for address in addresses:
        for port in ports["tcp"]:
            listener = socket.create_server((address, port), backlog=64)
            pool.submit(_accept, listener)
        for port in ports["udp"]:
            datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            datagrams.bind((address, port))
            pool.submit(_echo, datagrams)
    print("ready", flush=True)


def _accept(listener: socket.socket) -> None:
    while True:
        listener.accept()[0].close()


def _echo(datagrams: socket.socket) -> None:
    while True:
        data, sender = datagrams.recvfrom(2000)
        try:
            datagrams.sendto(data, sender)
        except OSError:
            continue  # the answer is filtered; the next question may be answered


def knock(probes: list[list]) -> list[bool]:
    """Return for each probe (source, target, protocol, port, own port if not any) whether it was answered."""
    with ThreadPoolExecutor(500) as pool:
        return list(pool.map(lambda probe: _knock(*probe), probes))


def _knock(source: str, target: str, protocol: str, port: int, own_port: int = 0) -> bool:
    kinds = {"tcp": (socket.SOCK_STREAM, 0), "udp": (socket.SOCK_DGRAM, 0), "icmp": (socket.SOCK_RAW, 1)}
    with socket.socket(socket.AF_INET, *kinds[protocol]) as knocking:
        knocking.settimeout(PATIENCE_S)
        knocking.setsockopt(socket.IPPROTO_IP, IP_TRANSPARENT, 1)
        try:
            knocking.bind((source, own_port))
            knocking.connect((target, port))
            if protocol == "udp":
                knocking.send(b"who is there?")
                knocking.recv(100)
            elif protocol == "icmp":
                identifier = secrets.randbelow(1 << 16)
                knocking.send(_echo_request(identifier))
                return _is_answered(knocking, identifier)
        except OSError:
            return False
        return True


def _is_answered(knocking: socket.socket, identifier: int) -> bool:
    """Wait for the reply to our request: a raw socket sees every ICMP packet of its peer."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        packet = knocking.recv(200)
        icmp = packet[(packet[0] & 15) * 4 :]
        if icmp[0] == 0 and int.from_bytes(icmp[4:6], "big") == identifier:
            return True
    return False


def _echo_request(identifier: int) -> bytes:
    total = 0x0800 + identifier
    checksum = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
    return struct.pack("!BBHHH", 8, 0, checksum, identifier, 0)


if __name__ == "__main__":
    order = json.loads(sys.stdin.readline())
    if sys.argv[1] == "answer":
        answer(order["addresses"], order["ports"])
    else:
        json.dump(knock(order), sys.stdout)
