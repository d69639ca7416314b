"""One Linux host of the lab: power on, power off, power cut, and commands inside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from lab.daemon import Daemon
from lab.hosts import supervise
from lab.hosts.cgroups import ControlGroup
from lab.hosts.spec import Spec
from lab.netns import Namespace


class Machine:
    """A host. ``lab`` is the lab's folder, where process id and console log are kept."""

    def __init__(self, host: str, spec: Spec, lab: Path) -> None:
        self.host = host
        self.spec = spec
        self._file = Path(spec.folder) / "spec.json"
        self._daemon = Daemon(
            name=host,
            command=(sys.executable, "-m", "lab.hosts.supervise", str(self._file)),
            ready=supervise.READY,
            folder=lab,
        )

    @property
    def pid(self) -> int | None:
        """Process id of its supervisor while it is powered on."""
        return self._daemon.pid

    @property
    def log(self) -> Path:
        """Its console since power on."""
        return self._daemon.log

    @property
    def network(self) -> Namespace:
        """Its network namespace, a new one after each boot."""
        return Namespace(self.spec.name)

    def start(self, patience_s: float = 60) -> None:
        """Power on and wait until it has booted. Does nothing while it runs.

        Raises:
            DaemonError: it does not boot; the text ends with its console.
        """
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self.spec.write(self._file)
        self._daemon.start(patience_s=patience_s)

    def stop(self, patience_s: float = 8) -> None:
        """Shut down as ``poweroff`` does, by force when it takes too long; what a killed run left goes too."""
        self._daemon.stop(patience_s)
        self._clean()

    def kill(self) -> None:
        """Cut the power: no process of it gets a chance to write anything."""
        for pid in ControlGroup(self.spec.name).processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._daemon.stop(0)
        self._clean()

    def run(self, *command: str, timeout_s: float = 30) -> subprocess.CompletedProcess[str]:
        """Run a command in its network alone: the tools are this machine's, the addresses the host's."""
        return subprocess.run(
            [*self.network.enter, *command], capture_output=True, text=True, check=False, timeout=timeout_s
        )

    def boots(self) -> int:
        """Return how often it has come up since power on."""
        return self.log.read_text("utf-8", "replace").count(supervise.READY)

    def wait_for_boot(self, number: int, patience_s: float = 60) -> None:
        """Wait until it has come up ``number`` times.

        Raises:
            TimeoutError: it has not.
        """
        deadline = time.monotonic() + patience_s
        while self.boots() < number:
            if time.monotonic() > deadline or self.pid is None:
                tail = self.log.read_text("utf-8", "replace").splitlines()[-10:]
                raise TimeoutError("\n".join([f"{self.host} is not up again; its console ends with:", *tail]))
            time.sleep(0.05)

    def leftovers(self) -> list[str]:
        """Return what is still there of a machine that should be gone."""
        found = [f"process {pid}" for pid in ControlGroup(self.spec.name).processes()]
        found += ["control group"] if ControlGroup(self.spec.name).exists() else []
        mounts = (self.spec.root, *(self.spec.bay / disk for disk in self.spec.disks))
        found += [f"mount {point}" for point in mounts if point.is_mount()]
        return found + ([f"namespace {self.spec.name}"] if self.network.exists() else [])

    def _clean(self) -> None:
        ControlGroup(self.spec.name).remove()
        supervise.unplug(self.spec)
        supervise.unmount(self.spec)
