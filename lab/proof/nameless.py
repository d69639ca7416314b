"""Network namespaces without names: each ends with the process that holds it, so a killed run leaves nothing."""

from __future__ import annotations

import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

from lab.netns import NamespaceError

_HOLDER = ("setpriv", "--pdeathsig", "KILL", "unshare", "--net", "sleep", "infinity")


class Nameless:
    """A network namespace, held open by a process that sleeps and dies with ``stack``. Needs root, or a sandbox."""

    def __init__(self, stack: ExitStack) -> None:
        self._holder = subprocess.Popen(_HOLDER)
        stack.callback(self._end)
        self.pid = self._holder.pid
        ours, theirs = Path("/proc/self/ns/net"), Path(f"/proc/{self.pid}/ns/net")
        deadline = time.monotonic() + 10
        while ours.readlink() == theirs.readlink():
            if time.monotonic() > deadline or self._holder.poll() is not None:
                raise NamespaceError("unshare --net made no namespace")
            time.sleep(0.005)
        self.enter = ("nsenter", f"--net={theirs}", "--")

    def ip(self, *lines: str) -> None:
        """Run lines of iproute2's ``ip`` inside, all in one process."""
        self.run("ip", "-batch", "-", typed="\n".join(lines) + "\n")

    def run(self, *command: str, typed: str = "") -> None:
        """Run a command inside.

        Raises:
            NamespaceError: it fails; the text is its own.
        """
        done = subprocess.run(
            [*self.enter, *command], input=typed, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NamespaceError(f"{' '.join(command)}: {done.stderr.strip()}")

    def _end(self) -> None:
        self._holder.kill()
        self._holder.wait()
