"""Services behind and beside a switch that work before a change and must work after it (N3)."""

from __future__ import annotations

import socket
import subprocess
from ipaddress import IPv4Address

from nanxi.devices.switch.job import Proof

_PATIENCE_S = 2.0


def tcp(name: str, address: IPv4Address, port: int) -> Proof:
    """Return the proof that a TCP port opens."""

    def check() -> str:
        try:
            socket.create_connection((str(address), port), timeout=_PATIENCE_S).close()
        except OSError as error:
            return f"{address} port {port}: {error.strerror or error}"
        return ""

    return Proof(name, check)


def ping(name: str, address: IPv4Address) -> Proof:
    """Return the proof that one of two echo requests is answered."""

    def check() -> str:
        command = ["ping", "-n", "-q", "-c", "2", "-i", "0.2", "-W", "2", str(address)]
        try:
            # The address is one of the register's, as a typed value.
            done = subprocess.run(command, capture_output=True, timeout=10, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{address}: {error}"
        return "" if done.returncode == 0 else f"{address} does not answer to ping"

    return Proof(name, check)
