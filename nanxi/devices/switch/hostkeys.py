"""Host keys: pinned when a switch is first spoken to, and never changed by itself after that.

One OpenSSH ``known_hosts`` file in the state folder, so that `ssh -o UserKnownHostsFile=…` and `ssh-keygen -R` work.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import paramiko

from nanxi.devices.errors import HostileError, UnreachableError
from nanxi.devices.switch import bounded
from nanxi.devices.switch.shell import HostKeyError

FILE = "known_hosts"


def pinned(folder: Path, host: str, address: str, port: int, timeout_s: float) -> Path:
    """Return the file of known keys, with the key of this switch in it.

    Raises:
        UnreachableError: the key is not known yet and the switch does not show one.
        HostileError: the key is not known yet and what answers sends without end.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / FILE
    if entry(address, port) in _names(file):
        return file
    key = _shown(host, address, port, timeout_s)
    with os.fdopen(
        os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "a+", encoding="ascii"
    ) as known:
        fcntl.flock(known, fcntl.LOCK_EX)
        if entry(address, port) not in _names(file):  # another run may have been first
            known.write(f"{entry(address, port)} {key.get_name()} {key.get_base64()}\n")
            known.flush()
            os.fsync(known.fileno())
    return file


def changed(host: str, address: str, port: int, file: Path) -> HostKeyError:
    """Return the error for a switch that shows another key than the pinned one."""
    return HostKeyError(
        f"{host} at {address} port {port} shows another SSH host key than the one pinned in {file}; nothing was sent."
        f" If the switch was replaced: ssh-keygen -f {file} -R '{entry(address, port)}'"
    )


def entry(address: str, port: int) -> str:
    """Return the name under which known_hosts has a server."""
    return address if port == 22 else f"[{address}]:{port}"


def _names(file: Path) -> set[str]:
    try:
        lines = file.read_text("ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return set()
    return {line.split(maxsplit=1)[0] for line in lines if line.strip()}


def _shown(host: str, address: str, port: int, timeout_s: float) -> paramiko.PKey:
    where = f"{host} at {address} port {port}"
    try:
        connection = bounded.connect(address, port, timeout_s)
    except OSError as error:
        raise UnreachableError(f"{where}: no SSH server answers ({error})") from None
    with connection:
        try:
            transport = paramiko.Transport(connection)
            try:
                transport.start_client(timeout=timeout_s)
                return transport.get_remote_server_key()
            finally:
                transport.close()
        except (OSError, EOFError, ValueError, paramiko.SSHException) as error:
            if connection.exceeded:
                raise HostileError(f"{where}: pours instead of signing in") from None
            raise UnreachableError(f"{where}: no SSH server answers ({error})") from None
