"""A synthetic county for the benchmarks: an inventory of any size with its own vault, outside the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab import keys

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv/bin"


@dataclass(frozen=True, slots=True)
class BenchCounty:
    """``folder`` holds the inventory, the vault password and what the lock-out guard remembers."""

    folder: Path

    @property
    def inventory(self) -> Path:
        """The inventory folder, of the same shape as ``inventory/yongjia``."""
        return self.folder / "inventory"

    @property
    def environment(self) -> dict[str, str]:
        """What a measured command needs in its environment."""
        return keys.environment(self.inventory, self.folder)

    def sized(self, size: int) -> BenchCounty:
        """Fill the folder with Yongjia's plan, a synthetic register of ``size`` cameras, and their passwords."""
        shutil.copytree(ROOT / "inventory/yongjia/plan", self.inventory / "plan")
        shutil.copy(ROOT / "inventory/yongjia/nanxi.yml", self.inventory)
        (self.inventory / "credentials").mkdir()
        shutil.copy(ROOT / "inventory/lab/credentials/factory.json", self.inventory / "credentials")
        subprocess.run(
            [
                ROOT / "scripts/register",
                "--register",
                self.inventory / "register",
                "sample",
                "--size",
                str(size),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "NANXI_REGISTER": ""},
        )
        keys.ensure(self.inventory, self.folder)
        return self
