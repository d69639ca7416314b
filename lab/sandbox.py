"""Run a command in a network namespace of its own: the plan's addresses are local, and nothing else is reachable.

As root, and without root where the kernel lets users make namespaces. The namespace has no name and ends with the
last process in it, so there is nothing to clean up.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import NoReturn

from lab.netns import furnish
from lab.network import plan_networks

_AS_ROOT = ("unshare", "--net")
_AS_USER = ("unshare", "--user", "--map-root-user", "--net")


def run(command: Sequence[str]) -> NoReturn:
    """Replace this process by ``command`` in a sandbox; where none can be made, run it plainly and say so."""
    wall = _wall()
    if wall is not None:
        command = [*wall, sys.executable, "-m", "lab", "sandbox", "--furnish", "--", *command]
    else:
        print(
            "lab sandbox: neither root nor user namespaces here: the command runs in the machine's own network, "
            "and tests that need the lab are skipped.",
            file=sys.stderr,
        )
    _exec(command)


def run_furnished(command: Sequence[str]) -> NoReturn:
    """Second half of :func:`run`, inside the new namespace: make the addresses local and become ``command``."""
    furnish(plan_networks())
    _exec(command)


def _wall() -> tuple[str, ...] | None:
    """Return the ``unshare`` command that works here. Root may lack CAP_SYS_ADMIN in a container: so try it."""
    for wall in (_AS_ROOT, _AS_USER):
        try:
            if subprocess.run([*wall, "true"], capture_output=True, check=False).returncode == 0:
                return wall
        except FileNotFoundError:
            return None
    return None


def _exec(command: Sequence[str]) -> NoReturn:
    os.execvp(command[0], list(command))  # noqa: S606 - becoming the given command is the purpose
