"""The flat lab: all devices in one network namespace, where everything reaches everything; see :mod:`lab.zoned`."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from lab import keys
from lab.daemon import Daemon, DaemonError
from lab.netns import Namespace
from lab.network import plan_networks


class LabError(Exception):
    """The lab cannot do what was asked; the text says what a person can do about it."""


@dataclass(frozen=True, slots=True)
class Status:
    """What is up. ``processes`` has the id of each process, None for one that does not run."""

    name: str
    networks: tuple[str, ...] | None  # None: no namespace
    processes: dict[str, int | None]

    @property
    def is_up(self) -> bool:
        """Whether everything is there."""
        return bool(self.networks) and all(self.processes.values())

    def __str__(self) -> str:
        lines = [f"namespace {self.name}: {' '.join(self.networks) if self.networks else 'down'}"]
        lines += [f"{name}: {f'process {pid}' if pid else 'down'}" for name, pid in self.processes.items()]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Lab:
    """One lab: the namespace ``name``, whose state, process ids and logs are under ``folder``."""

    name: str
    folder: Path
    inventory: Path

    @property
    def _namespace(self) -> Namespace:
        return Namespace(self.name)

    @property
    def _daemons(self) -> tuple[Daemon, ...]:
        folder = self.folder.resolve()
        twin = Daemon(
            name="twin",
            command=(
                *(sys.executable, "-m", "lab.twin", "--inventory", str(self.inventory)),
                *("--state", str(folder / "twins"), "--control", str(folder / "run" / "twin.sock")),
            ),
            ready="ready",
            folder=folder,
        )
        return (twin,)

    def up(self) -> None:
        """Make the secrets, the network and start what is missing in it. Idempotent, also after a kill at any moment.

        Raises:
            LabError: not root, or the inventory is wrong, or a process did not get ready.
        """
        need_root()
        try:
            keys.ensure(self.inventory, self.folder)
        except keys.KeysError as error:
            raise LabError(str(error)) from None
        self._namespace.create(plan_networks())
        for daemon in self._daemons:
            try:
                daemon.start(self._namespace.enter)
            except DaemonError as error:
                raise LabError(str(error)) from None

    def down(self) -> None:
        """End every process in the namespace and remove it. State and logs stay.

        Raises:
            LabError: not root.
        """
        need_root()
        for daemon in self._daemons:
            daemon.stop()
        self._namespace.delete()

    def status(self) -> Status:
        """Return what is up.

        Raises:
            LabError: not root.
        """
        need_root()
        there = self._namespace.exists()
        return Status(
            name=self.name,
            networks=self._namespace.networks() if there else None,
            processes={daemon.name: daemon.pid for daemon in self._daemons},
        )

    def exec(self, command: list[str]) -> NoReturn:
        """Replace this process by ``command`` in the lab's network, with the lab's vault password at hand.

        Raises:
            LabError: not root, or the lab is down.
        """
        need_root()
        if not self._namespace.exists():
            raise LabError("the lab is down; bring it up with: make lab-up")
        argv = [*self._namespace.enter, *command]
        environment = {**os.environ, **keys.environment(self.inventory, self.folder)}
        os.execvpe(argv[0], argv, environment)  # noqa: S606 - becoming the given command is the purpose


def need_root() -> None:
    """Say so where network namespaces cannot be made.

    Raises:
        LabError: not root.
    """
    if os.geteuid() != 0:
        raise LabError("network namespaces need root: run it with sudo")
