"""The way to a depot: questions over SSH, files by rsync over SSH.

rsync, because it resumes inside a file, holds a rate and has been through thirty years of bad lines; over SSH, because its own
daemon encrypts nothing. What its threads and manual teach, and what follows here:

* ``--append-verify`` appends first, checks the whole file's sum afterwards and sends it again when that is wrong. But a
  file of the same length is skipped unread, whatever is in it (RsyncProject/rsync#368): hence the depot hashes each file
  itself and throws away one that is wrong, so that the next time begins at its first byte.
* ``--partial-dir`` broke resuming in 3.2.7's security fixes (RsyncProject/rsync#715): it is not used. What lies in the
  spool is partial by definition.
* A link that dies without a word (a vehicle drives off) leaves TCP waiting for minutes: ``--timeout`` ends rsync on both
  sides, ``ServerAliveInterval`` ends ssh.
* No ``ControlMaster``: a master whose link is dead makes every later session hang as well.
* A password is never asked for, another host key never accepted, an agent never offered.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from nanxi.files import write_atomically
from nanxi.findings import NanxiError
from nanxi.vehicle.config import BoardConfig, Depot
from nanxi.vehicle.order import Item
from nanxi.vehicle.wire import MOST

SSH, RSYNC = "/usr/bin/ssh", "/usr/bin/rsync"
#: A depot hashes what it was sent before it answers: so many seconds beside the link's own silence.
_THINKING_S = 300
#: How an interpreter ends that a script did not catch: type of the exception, and what it says.
_RAISED = re.compile(r"[A-Za-z_.]+(Error|Exception): ")
_SENT = re.compile(r"^Total bytes sent: ([\d,]+)", re.MULTILINE)


class LinkError(NanxiError):
    """The depot is out of reach, or went out of reach; what was sent stays there, and the next visit goes on."""


class Link(Protocol):
    """The way to one depot."""

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer. Raises LinkError."""

    def send(self, items: Sequence[Item]) -> int:
        """Send files into the depot's spool; return the bytes that went over the line. Raises LinkError."""


@dataclass(frozen=True, slots=True)
class SshLink:
    """The way to ``depot``. ``enter`` is a command prefix for tests, such as one that enters a network namespace."""

    config: BoardConfig
    depot: Depot
    enter: tuple[str, ...] = field(default=())

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the depot's answer.

        Raises:
            LinkError: it cannot be reached, does not answer in time, or what answers is no depot.
        """
        target = f"{self.depot.user}@{self.depot.address}"
        command = [*self.enter, *self._ssh(), target, "nanxi-depot"]
        sent = json.dumps(question, ensure_ascii=False).encode() + b"\n"
        try:
            done = subprocess.run(  # noqa: S603 - names and addresses of the register
                command,
                input=sent,
                capture_output=True,
                timeout=self.config.timeout_s + _THINKING_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise LinkError(f"{self.depot.name}: no answer") from None
        if done.returncode:
            raise LinkError(f"{self.depot.name}: {_lines(done.stderr)[-1]}")
        try:
            answer = json.loads(done.stdout[:MOST])
        except ValueError:
            raise LinkError(f"{self.depot.name}: what answers there is no depot") from None
        if not isinstance(answer, dict) or "error" in answer:
            raise LinkError(
                f"{self.depot.name}: {answer.get('error') if isinstance(answer, dict) else answer}"
            )
        return answer

    def send(self, items: Sequence[Item]) -> int:
        """Send files into the spool.

        Raises:
            LinkError: it ended before all were there, or there is no room.
        """
        command = [
            *self.enter,
            RSYNC,
            "--append-verify",
            # A file that was cut is its writer's alone, and rsync leaves one that it finds as it is: the receiver is another.
            "--perms",
            "--no-relative",
            f"--timeout={self.config.timeout_s}",
            f"--bwlimit={self.config.bandwidth_kib}",
            "--stats",
            "--no-human-readable",
            f"--rsh={' '.join(self._ssh())}",
            "--",
            *(str(item.path) for item in items),
            f"{self.depot.user}@{self.depot.address}:.",
        ]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - as above
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace")
            if "No space left" in said:
                raise LinkError(f"{self.depot.name}: no room in its spool")
            # ssh or the far side say the cause first, a script of Python's (rrsync) last; what rsync adds is about itself.
            lines = _lines(done.stderr)
            cause = next((line for line in lines if _RAISED.match(line)), lines[0])
            why = cause if said.strip() else f"rsync ended with {done.returncode}"
            raise LinkError(f"{self.depot.name}: {why}")
        found = _SENT.search(done.stdout.decode("utf-8", "replace"))
        return int(found[1].replace(",", "")) if found else 0

    def _ssh(self) -> list[str]:
        known = self.config.run / f"known_hosts.{self.depot.name}"
        lines = "".join(f"{self.depot.name} {key}\n" for key in self.depot.host_keys)
        if not known.exists() or known.read_text("ascii") != lines:
            write_atomically(known, lines, 0o644)
        alive = max(1, self.config.timeout_s // 3)
        options = {
            "BatchMode": "yes",
            "StrictHostKeyChecking": "yes",
            "HostKeyAlias": self.depot.name,
            "UserKnownHostsFile": known,
            "GlobalKnownHostsFile": "/dev/null",
            "UpdateHostKeys": "no",
            "IdentitiesOnly": "yes",
            "IdentityAgent": "none",
            "PreferredAuthentications": "publickey",
            "ConnectTimeout": self.config.timeout_s,
            "ServerAliveInterval": alive,
            "ServerAliveCountMax": 3,
            "ForwardAgent": "no",
            "ClearAllForwardings": "yes",
        }
        words = [SSH, "-F", "none", "-T", "-p", str(self.depot.port), "-i", str(self.config.key)]
        for name, value in options.items():
            words += ["-o", f"{name}={value}"]
        return words


def _lines(said: bytes) -> list[str]:
    lines = [line.strip()[:300] for line in said.decode("utf-8", "replace").splitlines()]
    return [line for line in lines if line] or ["no reason was given"]


def in_reach(depot: Depot, timeout_s: float) -> bool:
    """Return whether anything listens at the depot's address."""
    try:
        with socket.create_connection((str(depot.address), depot.port), timeout_s):
            return True
    except OSError:
        return False
