"""What the kernel grants to all machines together, because in all of them root is the same user."""

from __future__ import annotations

from pathlib import Path

INOTIFY = Path("/proc/sys/fs/inotify/max_user_instances")
#: systemd, its journal, logind and a recorder's keeper each take some; Debian's default for one user is 128.
_EACH, _ELSE = 32, 128


def make_room(machines: int, path: Path = INOTIFY) -> None:
    """Raise how many inotify instances a user may have, where ``machines`` would run into it. Never lowers it.

    Beyond the limit systemd starts no service, and a machine "does not get ready" without a reason in its journal.
    """
    needed = _ELSE + _EACH * machines
    if int(path.read_text("ascii")) < needed:
        path.write_text(str(needed), "ascii")
