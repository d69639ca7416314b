"""What a machine is made of, as the file that its supervisor reads at every boot."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Cable:
    """A veth pair from a machine into the fabric.

    ``inside`` is the interface's name in the machine, ``outside`` that of the other end, ``mac`` as
    ``aa:bb:cc:dd:ee:ff``.
    """

    inside: str
    outside: str
    mac: str

    @property
    def parked(self) -> str:
        """Its name while the machine is off and this end lies in the fabric as well."""
        return f"{self.outside}p"


@dataclass(frozen=True, slots=True)
class Spec:
    """One machine. ``name`` is that of its namespace, its control group and its nspawn machine."""

    name: str
    image: str
    folder: str  # of this machine: upper, work, root
    fabric: str  # namespace in which the cables' other ends are
    cables: tuple[Cable, ...]
    disks: tuple[str, ...] = ()  # beside the system's, by name

    @property
    def bay(self) -> Path:
        """Where its disks are; they outlive it."""
        return Path(self.folder) / "disks"

    @property
    def upper(self) -> Path:
        """Where its own files are; they outlive it."""
        return Path(self.folder) / "upper"

    @property
    def work(self) -> Path:
        """The overlay's scratch space."""
        return Path(self.folder) / "work"

    @property
    def root(self) -> Path:
        """Where it is mounted while it runs."""
        return Path(self.folder) / "root"

    def write(self, path: Path) -> None:
        """Store it."""
        path.write_text(json.dumps(asdict(self), indent=1), "utf-8")


def read(path: Path) -> Spec:
    """Return what :meth:`Spec.write` stored."""
    fields: dict[str, Any] = json.loads(path.read_text("utf-8"))
    cables = tuple(Cable(**cable) for cable in fields["cables"])
    return Spec(**fields | {"cables": cables, "disks": tuple(fields["disks"])})
