"""Who reads: the kernel says which user's process stands at the other end of a loopback connection.

A token in a URL would stand in ``ps`` and in ffmpeg's log, so that a recorder has none: it is known by the user that
systemd runs it as. ``/proc/net/tcp`` holds the owner of every socket of this network namespace; it is what identd
reads, needs no privilege and exists in containers too, where the modules of sock_diag are often not loaded.
"""

from __future__ import annotations

import struct
from ipaddress import IPv4Address
from pathlib import Path

_TABLE = Path("/proc/net/tcp")


def owner_of(peer: tuple[str, int], own: tuple[str, int]) -> int | None:
    """Return the user id that owns the socket ``peer`` of a connection to ``own``.

    None when nobody holds it any more: an orphaned socket has no inode, and would count as root's.
    """
    wanted = f" {_hex(peer)} {_hex(own)} "
    try:
        lines = _TABLE.read_text("ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        if wanted in line:
            fields = line.split()
            return int(fields[7]) if fields[9] != "0" else None
    return None


def _hex(end: tuple[str, int]) -> str:
    """Return an address as the table writes it: four bytes in the machine's order, and the port."""
    (number,) = struct.unpack("=I", IPv4Address(end[0]).packed)
    return f"{number:08X}:{end[1]:04X}"
