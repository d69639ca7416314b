"""The lab's own secrets: a vault password, and passwords for every twin, all made here and kept out of git."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

from nanxi.files import write_atomically

ROOT = Path(__file__).resolve().parents[1]


def environment(folder: Path) -> dict[str, str]:
    """Return what a command needs to work on the lab: where the vault password and the remembered state lie."""
    return {
        "ANSIBLE_VAULT_PASSWORD_FILE": str(folder.resolve() / "vault-password"),
        "NANXI_STATE": str(folder.resolve() / "state"),
    }


def ensure(folder: Path, inventory: Path) -> None:
    """Make the vault password and the twins' new passwords where they are missing; what exists stays."""
    password = folder / "vault-password"
    if not password.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(password, secrets.token_urlsafe(32) + "\n", mode=0o600)
    subprocess.run(
        [sys.executable, ROOT / "scripts/credentials", "--inventory", inventory.resolve(), "new"],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, **environment(folder)},
    )
