"""Prober ``reach``: does anything at a device's address still take a connection? Nothing is said, nothing is asked.

It costs so little that every device's turn comes each ten seconds: a dead camera is noticed long before ``onvif`` or
``rtsp`` would look at it (H1). It signs in nowhere, so it needs no account and can lock none.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct

from aiohappyeyeballs import start_connection

from exporters.probe import Task, Verdict
from nanxi.devices.declare import UndeclaredError
from nanxi.devices.errors import UnreachableError

#: Linux sends a lost SYN again after one second and after three.
CONNECT_S = 3.5
#: A device that serves one of its ports is no dead one; the second is tried when the first is silent for so long.
HEAD_START_S = 0.7
#: Close with a reset: no socket lingers on either side, and a camera has few.
_AT_ONCE = struct.pack("ii", 1, 0)


async def probe_reach(task: Task) -> Verdict:
    """Open and drop a connection to the port of the web service, else to that of RTSP.

    Raises:
        UndeclaredError: the register has no address.
        UnreachableError: neither port takes a connection.
    """
    device = task.device
    if device.ipv4 is None:
        raise UndeclaredError(f"{device.host}: the register has no address")
    ports = dict.fromkeys((device.http_port, device.rtsp_port))
    places = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (str(device.ipv4), port)) for port in ports]
    try:
        async with asyncio.timeout(CONNECT_S):
            opened = await start_connection(places, happy_eyeballs_delay=HEAD_START_S)
    except TimeoutError:
        raise UnreachableError("no connection in time") from None
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise UnreachableError(f"no connection: {reason}") from None
    with opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    return Verdict.OK
