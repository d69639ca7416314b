"""The driver's session and parsers against a command line that is not ours: FakeNOS as an IOS switch.

FakeNOS knows no configuration, so what is tried here is everything before it: signing in, the prompt, a refused line, a
wrong password, and tables as rows. As VRP or Comware it shows prompts that those systems do not have (no brackets).
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from nanxi.devices.driver import Credential, Secret, Target
from nanxi.devices.errors import RefusedError
from nanxi.devices.switch import tables
from nanxi.devices.switch.dialects import DIALECTS
from nanxi.devices.switch.netmiko_shell import NetmikoShell

pytestmark = pytest.mark.foreign

PLATFORM = "cisco_ios"
RIGHT = Credential("admin", Secret("Fake-nos-1"), "vault")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="module")
def switch() -> Iterator[int]:
    """FakeNOS in a process of its own: its threads outlive its end and would keep ours alive."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdin is not None
        process.stdin.write(f"{port} {RIGHT.user} {RIGHT.password.value}\n".encode())
        process.stdin.flush()
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.kill()
        process.wait()


_PROGRAM = """
import time
from fakenos import FakeNOS
port, user, password = input().split()
host = {"username": user, "password": password, "port": int(port), "platform": "cisco_ios"}
FakeNOS(inventory={"hosts": {"sw": host}}).start()
time.sleep(600)
"""


def target(port: int) -> Target:
    return Target(
        host="shangtang-sw01",
        address=IPv4Address("127.0.0.1"),
        http_port=port,
        rtsp_port=554,
        vendor="generic",
        model="",
        credentials=(RIGHT,),
        passwords={},
    )


def test_tables_come_as_rows(switch: int, tmp_path: Path) -> None:
    shell = NetmikoShell.open(target(switch), DIALECTS[PLATFORM], RIGHT, tmp_path)
    try:
        numbers = {row.number for row in tables.vlans(shell.send("show vlan"))}
        heard = tables.macs(shell.send("show mac-address-table"))
    finally:
        shell.close()
    assert {1, 10, 50, 60} <= numbers
    assert len(heard) == 8


def test_a_line_that_it_does_not_know_is_seen_as_refused(switch: int, tmp_path: Path) -> None:
    dialect = DIALECTS[PLATFORM]
    shell = NetmikoShell.open(target(switch), dialect, RIGHT, tmp_path)
    try:
        said = shell.send("make coffee")
        again = tables.vlans(shell.send("show vlan"))
    finally:
        shell.close()
    assert dialect.error.search(said)
    assert again, "the session goes on after a refused line"


def test_a_wrong_password_is_told_as_one(switch: int, tmp_path: Path) -> None:
    wrong = Credential("admin", Secret("Not-this-1"), "vault")
    with pytest.raises(RefusedError):
        NetmikoShell.open(target(switch), DIALECTS[PLATFORM], wrong, tmp_path)
