"""Run a command and keep every command line and environment that it or its children ever showed in /proc.

``python -m tests.secrets.watch SEEN COMMAND...``: SEEN gets the bytes, SEEN.json how often was looked. Exit code and
output are the command's.
"""

import ctypes
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_PAUSE_S = 0.002


def main(seen: str, *command: str) -> int:
    """Run ``command`` and look at its processes, about 300 times a second, until it ends."""
    # What loses its parent becomes ours: Ansible's workers start sessions of their own.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    found: set[bytes] = set()
    started, looks = time.monotonic(), 0
    process = subprocess.Popen(command)
    while process.poll() is None:
        for pid in _descendants(os.getpid()):
            found.update(_shown(pid))
        looks += 1
        time.sleep(_PAUSE_S)
    Path(seen).write_bytes(b"\n".join(sorted(found)))
    Path(f"{seen}.json").write_text(json.dumps({"looks": looks, "seconds": time.monotonic() - started}))
    return process.returncode


def _descendants(root: int) -> list[int]:
    """Return the processes below ``root``."""
    children: dict[int, list[int]] = {}
    with os.scandir("/proc") as folders:
        pids = [folder.name for folder in folders if folder.name.isdigit()]
    for pid in pids:
        with suppress(OSError):  # it has just ended
            parent = int(_read(f"/proc/{pid}/stat").rpartition(b")")[2].split()[1])
            children.setdefault(parent, []).append(int(pid))
    found, waiting = [], [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _shown(pid: int) -> list[bytes]:
    shown = []
    for name in ("cmdline", "environ"):
        with suppress(OSError):
            shown.append(_read(f"/proc/{pid}/{name}"))
    return shown


def _read(name: str) -> bytes:
    with open(name, "rb") as file:  # noqa: PTH123 - pathlib takes as long again, for every process each time
        return file.read()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
