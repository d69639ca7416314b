"""``python -m tests.hostile.ssh PORT FOLDER``: sign in to what stands at 127.0.0.1 and tell error, seconds and memory.

A process of its own, so that its memory can be told.
"""

import json
import sys
import time
from ipaddress import IPv4Address
from pathlib import Path

from nanxi.devices.driver import Credential, Secret, Target
from nanxi.devices.errors import DeviceError
from nanxi.devices.switch import hostkeys, netmiko_shell
from nanxi.devices.switch.dialects import DIALECTS
from nanxi.devices.switch.netmiko_shell import NetmikoShell

PORT, FOLDER = int(sys.argv[1]), Path(sys.argv[2])
#: In the field 10 s; nobody waits for it here.
netmiko_shell._CONNECT_S = 1.5


def status(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) * 1024


def tried() -> str:
    login = Credential("admin", Secret("Kx7-ssh-qZ9w"))
    target = Target("sw1", IPv4Address("127.0.0.1"), PORT, 0, "h3c", "", (login,), {})
    try:
        NetmikoShell.open(target, DIALECTS["hp_comware"], login, FOLDER)
    except DeviceError as error:
        return f"{type(error).__name__}: {error}"
    return "signed in"


Path("/proc/self/clear_refs").write_text("5")
before, began = status("VmRSS"), time.monotonic()
first = tried()
# As if it had shown its key before: then netmiko meets it.
with (FOLDER / hostkeys.FILE).open("a") as known:
    key = "AAAAC3NzaC1lZDI1NTE5AAAAIE8i0Kp0h1o2vS8sYl5i3R0o9H8f1o2l3k4j5h6g7f8d"
    known.write(f"{hostkeys.entry('127.0.0.1', PORT)} ssh-ed25519 {key}\n")
second = tried()
print(
    json.dumps(
        {"errors": [first, second], "seconds": time.monotonic() - began, "bytes": status("VmHWM") - before}
    )
)
