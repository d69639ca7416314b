"""The control node of the lab's police network, and Ansible on it as people type it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass

from nanxi.county.model import Network
from tests.support.ansible import BIN, ROOT, Inventory
from tests.support.hosts import RunningHosts


@dataclass
class ControlNode:
    """Runs playbooks from inside core, on an inventory of the test's own."""

    running: RunningHosts
    inventory: Inventory
    network: Network = Network.POLICE
    patience_s: int = 240

    def play(self, playbook: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run a playbook."""
        return self.run("ansible-playbook", "-i", str(self.inventory.folder), playbook, *options)

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the virtual environment, or a script of the checkout."""
        path = ROOT / program if program.startswith("scripts/") else BIN / program
        base = self.inventory.folder.parent
        shared = f"-o ControlMaster=auto -o ControlPersist=60s -o ControlPath=/tmp/nx{os.getpid()}-%C"  # 108 bytes at most
        environment = {
            "ANSIBLE_VAULT_PASSWORD_FILE": str(self.inventory.vault_password),
            "ANSIBLE_SSH_ARGS": " ".join([shared, *self.running.hosts.keys.options()]),
            "ANSIBLE_REMOTE_USER": "root",
            "ANSIBLE_NOCOLOR": "1",
            "NANXI_STATE": str(base / "state"),
            "HOME": str(base),
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
        }
        return subprocess.run(
            [*self.running.control(self.network).enter, str(path), *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=self.patience_s,
            check=False,
        )
