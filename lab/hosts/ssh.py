"""SSH keys of the lab: the control nodes' own, and one for each host, known before it boots.

So Ansible checks host keys in the lab as it does in the field: the first connection is no leap of faith.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path


class Keys:
    """Keys in a folder that only root reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    @property
    def known_hosts(self) -> Path:
        """The file that OpenSSH checks hosts against."""
        return self.folder / "known_hosts"

    @property
    def identity(self) -> Path:
        """The control nodes' private key."""
        return self.folder / "control"

    def authorized(self) -> str:
        """Return the control nodes' public key; make the pair when it is missing."""
        return self._pair("control")[1]

    def of_host(self, host: str) -> tuple[str, str]:
        """Return a host's private and public key; make them when they are missing."""
        return self._pair(host)

    def write_known_hosts(self, addresses: Mapping[str, str]) -> None:
        """Store each host's key under its address; ``addresses`` by host name."""
        lines = [
            f"{host},{address} {' '.join(self.of_host(host)[1].split()[:2])}\n"
            for host, address in sorted(addresses.items())
        ]
        self.known_hosts.write_text("".join(lines), "utf-8")

    def options(self, patience_s: int = 5) -> tuple[str, ...]:
        """Return what ``ssh`` needs to come in as a control node, and to come in nowhere else.

        Args:
            patience_s: seconds until a host that does not answer counts as unreachable.
        """
        return (
            *("-i", str(self.identity), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes"),
            *("-o", f"UserKnownHostsFile={self.known_hosts}", "-o", "GlobalKnownHostsFile=/dev/null"),
            *("-o", "StrictHostKeyChecking=yes", "-o", f"ConnectTimeout={patience_s}"),
        )

    def _pair(self, name: str) -> tuple[str, str]:
        path = self.folder / name
        public = path.with_name(f"{name}.pub")
        if not public.exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.unlink(missing_ok=True)  # of a killed run
            command = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path))
            subprocess.run(command, check=True, capture_output=True)
        return path.read_text("ascii"), public.read_text("ascii")
