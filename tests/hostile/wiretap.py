"""Listen to what clients say to port 80, and tell which words of a list were said in clear."""

import ctypes
import socket
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread

_ALL_PROTOCOLS = 0x0003  # ETH_P_ALL
_SO_ATTACH_FILTER, _SO_RCVBUFFORCE = 26, 33
# Classic BPF for Ethernet: accept IPv4 TCP packets to port 80 (tcpdump -dd "ip and tcp dst port 80").
_TO_PORT_80 = [
    (0x28, 0, 0, 12), (0x15, 0, 8, 0x0800), (0x30, 0, 0, 23), (0x15, 0, 6, 6), (0x28, 0, 0, 20),
    (0x45, 4, 0, 0x1FFF), (0xB1, 0, 0, 14), (0x48, 0, 0, 16), (0x15, 0, 1, 80), (0x06, 0, 0, 0x40000),
    (0x06, 0, 0, 0),
]  # fmt: skip


@contextmanager
def listening(words: Iterable[bytes]) -> Iterator[set[bytes]]:
    """Yield the set of words that were heard so far, filled while the block runs."""
    heard: set[bytes] = set()
    wanted = tuple(words)
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL_PROTOCOLS))
    with suppress(PermissionError):  # older kernels let only the machine's own root exceed the limit
        tap.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 64 << 20)
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in _TO_PORT_80)
    program = ctypes.create_string_buffer(code)
    fprog = struct.pack("@HP", len(_TO_PORT_80), ctypes.addressof(program))  # struct sock_fprog
    tap.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, fprog)
    tap.bind(("lo", _ALL_PROTOCOLS))
    tap.settimeout(0.2)
    stop: list[bool] = []

    def listen() -> None:
        while True:
            try:
                packet = tap.recv(1 << 18)
            except TimeoutError:
                if stop:
                    return
                continue
            heard.update(word for word in wanted if word in packet)

    thread = Thread(target=listen)
    thread.start()
    try:
        yield heard
    finally:
        stop.append(True)
        thread.join()
        tap.close()
