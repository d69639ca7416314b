"""``python -m nanxi.vehicle.door VEHICLE``: what sshd runs at a depot for a vehicle's key, whatever the vehicle asks for.

Two things pass: rsync into the vehicle's own folder of the spool (by way of rsync's own ``rrsync``, which refuses anything
else), and one question to the receiver. It imports little: it runs several times in each visit.
"""

from __future__ import annotations

import json
import os
import shlex
import socket
import stat
import sys
from pathlib import Path

RRSYNC = "/usr/bin/rrsync"
_MOST = 16 << 20
_PATIENCE_S = 600


def main() -> int:
    """Let in what may pass. 1: it may not, or the receiver does not answer."""
    config = Path(os.environ.get("NANXI_DEPOT") or "/etc/nanxi/depot.json")
    wanted = os.environ.get("SSH_ORIGINAL_COMMAND", "")
    if len(sys.argv) != 2:
        print("usage: python -m nanxi.vehicle.door VEHICLE", file=sys.stderr)
        return 1
    vehicle = sys.argv[1]
    try:
        known = json.loads(config.read_bytes())
        if vehicle not in known["vehicles"]:
            print(f"{vehicle} is no vehicle of this depot", file=sys.stderr)
            return 1
        folder = own_folder(Path(known.get("spool", "/var/lib/nanxi-depot/incoming")) / vehicle)
        if wanted == "nanxi-depot":
            return ask(vehicle, Path(known.get("control", "/run/nanxi-depot/control")))
        if wanted.startswith("rsync --server "):
            let_in(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"this depot is not ready: {error}", file=sys.stderr)
        return 1
    print("nothing but nanxi-depot and rsync passes here", file=sys.stderr)
    return 1


def own_folder(folder: Path) -> Path:
    """Return the vehicle's folder of the spool, made before anybody else could: one of the receiver's is closed to rrsync.

    Raises:
        OSError: it cannot be made.
    """
    os.umask(0o007)  # the receiver is of the folder's group
    folder.mkdir(exist_ok=True)
    if not folder.stat().st_mode & stat.S_ISGID:
        folder.chmod(0o2770)
    return folder


def let_in(folder: Path) -> None:
    """Become rrsync over the vehicle's folder.

    Raises:
        OSError: there is no rrsync.
    """
    # -wo: nothing can be read back. The lock that it takes keeps two sessions of one vehicle apart.
    os.execv(RRSYNC, [RRSYNC, "-wo", "-no-del", str(folder)])  # noqa: S606 - a list, no shell


def ask(vehicle: str, control: Path) -> int:
    """Pass a question on with the name of who asks, and the answer back."""
    line = sys.stdin.buffer.readline(_MOST)
    question = json.loads(line)
    question["vehicle"] = vehicle
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(_PATIENCE_S)
        asking.connect(str(control))
        asking.sendall(json.dumps(question, ensure_ascii=False).encode() + b"\n")
        with asking.makefile("rb") as stream:
            answer = stream.readline(_MOST)
    sys.stdout.buffer.write(answer)
    return 0 if answer.endswith(b"\n") else 1


def authorized(vehicle: str, key: str, python: str) -> str:
    """Return the line of authorized_keys for a vehicle's public key."""
    command = shlex.join([python, "-m", "nanxi.vehicle.door", vehicle])
    return f'restrict,command="{command}" {key} {vehicle}'


if __name__ == "__main__":
    sys.exit(main())
