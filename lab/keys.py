"""The lab's own secrets: a vault password and passwords for every twin, made here and kept out of git.

The vault password lies beside what it opens, which only a lab may do.
"""

from __future__ import annotations

import os
import secrets
import shlex
import subprocess
import sys
from pathlib import Path

from lab.hosts.ssh import Keys
from nanxi.files import write_atomically

ROOT = Path(__file__).resolve().parents[1]


class KeysError(Exception):
    """The lab's passwords cannot be made."""


def vault_password(inventory: Path) -> Path:
    """Return the file with the vault password of a lab's inventory."""
    return inventory.resolve() / "credentials" / "vault-password"


def environment(inventory: Path, folder: Path) -> dict[str, str]:
    """Return what a command needs to work on a lab: its vault password, what it remembers, and the tools of .venv."""
    return {
        "ANSIBLE_VAULT_PASSWORD_FILE": str(vault_password(inventory)),
        "NANXI_STATE": str(folder.resolve() / "state"),
        "PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }


def ssh_environment(ssh: Keys, run: Path) -> dict[str, str]:
    """Return what Ansible needs to come into the lab's Linux hosts, with host keys checked.

    ``run`` is a folder of this lab alone, gone when it goes down. Ansible keeps its connections by address, and every lab
    has the same ones: with the folder in the user's home a run would go on in the hosts of another lab, or of none.
    """
    return {
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(run / "ssh"),
        "ANSIBLE_REMOTE_USER": "root",
        "ANSIBLE_PRIVATE_KEY_FILE": str(ssh.identity),
        "ANSIBLE_HOST_KEY_CHECKING": "True",
        "ANSIBLE_SSH_COMMON_ARGS": shlex.join(ssh.options()),
    }


def ensure(inventory: Path, folder: Path) -> None:
    """Make the vault password and the twins' passwords where they are missing; what exists stays.

    Raises:
        KeysError: the inventory is wrong; the text lists its mistakes.
    """
    password = vault_password(inventory)
    if not password.exists():
        password.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(password, secrets.token_urlsafe(32) + "\n", mode=0o600)
    made = subprocess.run(
        [sys.executable, ROOT / "scripts/credentials", "--inventory", inventory.resolve(), "new"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **environment(inventory, folder)},
    )
    if made.returncode:
        raise KeysError(f"no passwords for the twins of {inventory}:\n{made.stderr.strip()}")
