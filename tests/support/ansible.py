"""Ansible as people type it, on an inventory folder of a test's own."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent

#: A camera of the lab's plan that is right; a case names only what it is about.
CAMERA = {
    "serial": "1",
    "code": "33032402001320000001",
    "name": "瓯北路口",
    "state": "installed",
    "vendor": "generic",
    "model": "M1",
    "mac": "02-00-00-00-00-01",
    "ipv4": "10.98.0.194",
    "network": "police",
    "point_class": "2",
    "place": "瓯北路口",
    "installed_on": "2024-01-05",
}

#: What `scripts/credentials new` made of an inventory, by the inventory's content: each run of it costs a second or two.
_ISSUED: dict[bytes, dict[str, bytes]] = {}


class Inventory:
    """A copy of the lab's inventory with a register, credentials and a guard of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.register = folder / "register"
        shutil.copytree(ROOT / "inventory/lab/plan", folder / "plan")
        shutil.copy(ROOT / "inventory/lab/nanxi.yml", folder)
        (folder / "credentials").mkdir(mode=0o700)
        shutil.copy(ROOT / "inventory/lab/credentials/factory.json", folder / "credentials")
        self.register.mkdir()
        self.vault_password = folder.parent / "vault-password"
        self.vault_password.write_text("the vault's password\n")

    def lab_register(self) -> None:
        """Take the lab's 26 cameras."""
        shutil.copytree(ROOT / "inventory/lab/register", self.register, dirs_exist_ok=True)

    def cameras(self, rows: Iterable[Mapping[str, str]], unit: str = "oubei") -> None:
        """Write cameras of a unit; each row says what differs from the right one."""
        self.rows("cameras", [CAMERA | row for row in rows], unit)

    def rows(self, kind: str, rows: list[Mapping[str, str]], unit: str = "oubei") -> None:
        """Write the devices of one kind of a unit, just as they are."""
        (self.register / unit).mkdir(exist_ok=True)
        with (self.register / unit / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(dict.fromkeys(key for row in rows for key in row)))
            writer.writeheader()
            writer.writerows(rows)

    def run(
        self, *command: str | Path, typed: str | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the virtual environment, or a script, from the checkout; ``typed`` is piped in."""
        program = ROOT / command[0] if str(command[0]).startswith("scripts/") else BIN / command[0]
        settings = {
            "ANSIBLE_VAULT_PASSWORD_FILE": str(self.vault_password),
            "NANXI_STATE": str(self.folder.parent / "state"),
            "ANSIBLE_NOCOLOR": "1",
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder.parent),
            "LC_ALL": "C.UTF-8",
        } | environment
        return subprocess.run(
            [program, *command[1:]],
            cwd=ROOT,
            env={name: value for name, value in settings.items() if value},
            input=typed,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )

    def listed(self, **environment: str) -> dict[str, dict]:
        """Return what ``ansible-inventory --list`` says; fails the test when it fails."""
        shown = self.run("ansible-inventory", "-i", self.folder, "--list", **environment)
        assert shown.returncode == 0, shown.stderr
        return json.loads(shown.stdout)

    def play(self, playbook: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a playbook of the project, or one that the test wrote."""
        return self.run("ansible-playbook", "-i", self.folder, playbook, *options, **environment)

    def new_passwords(self) -> None:
        """Issue the passwords that are missing; the same inventory gets the same ones all through a session."""
        vaults, key = self.folder / "credentials", self._content()
        if key not in _ISSUED:
            issued = self.run("scripts/credentials", "--inventory", self.folder, "new")
            assert issued.returncode == 0, issued.stderr
            _ISSUED[key] = {path.name: path.read_bytes() for path in vaults.iterdir()}
        for name, content in _ISSUED[key].items():
            (vaults / name).write_bytes(content)
            (vaults / name).chmod(0o600)

    def vault(self, unit: str) -> dict[str, dict[str, str]]:
        """Return the passwords of a unit's devices, as whoever has the vault's password reads them."""
        shown = self.run("ansible-vault", "view", self.folder / f"credentials/{unit}.json")
        assert shown.returncode == 0, shown.stderr
        return json.loads(shown.stdout)

    def _content(self) -> bytes:
        digest = hashlib.sha256(self.vault_password.read_bytes())
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            digest.update(f"{path.relative_to(self.folder)}\0".encode() + path.read_bytes())
        return digest.digest()
