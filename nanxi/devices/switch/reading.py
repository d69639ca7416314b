"""What a switch runs and what it would start with, and whether two configurations say the same."""

from __future__ import annotations

from dataclasses import dataclass

from nanxi.devices.errors import HostileError
from nanxi.devices.switch.dialects.model import Dialect
from nanxi.devices.switch.diff import missing, revealed
from nanxi.devices.switch.shell import Shell
from nanxi.devices.switch.text import Tree, parse, paths

_READ_S = 90.0
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """Both configurations of a switch. ``text`` is the running one as printed, secrets and all."""

    running: Tree
    startup: Tree
    text: str

    @property
    def saved(self) -> bool:
        """Return whether a reboot would change nothing."""
        return self.running == self.startup


def read(shell: Shell, dialect: Dialect) -> Reading:
    """Read running and startup configuration.

    Raises:
        HostileError: the switch prints no configuration.
        DroppedError: the session ended.
    """
    text = shell.send(dialect.running, _READ_S)
    running = tree_of(text, dialect)
    if dialect.error.search(text[:400]) or not running:
        raise HostileError(f"{dialect.running!r} gives no configuration: {first_line(text)}")
    printed = shell.send(dialect.startup, _READ_S)
    # A switch that was never saved answers with an error here: it would start with nothing.
    startup = {} if dialect.error.search(printed[:400]) else tree_of(printed, dialect)
    for command, lines_of in dialect.supplements:
        hidden: Tree = {line: {} for line in lines_of(shell.send(command, _READ_S))}
        running |= hidden
        startup |= hidden if startup else {}
    return Reading(running, startup, text)


def tree_of(text: str, dialect: Dialect) -> Tree:
    """Return a printed configuration in normal form."""
    return dialect.normal(parse(text, dialect.volatile))


def disagreement(actual: Tree, wanted: Tree, dialect: Dialect, intended: Tree | None = None) -> str:
    """Return what differs between what a switch runs and what was planned, empty when nothing does.

    A line with a secret is printed as a cipher: that it is there is all that can be known. Where ``intended`` wants
    something off, some releases print that it is off and others print nothing: both are right.
    """
    off = {
        path
        for path in paths(intended or {})
        if path[-1].startswith(dialect.negation)
        and not any(pattern.search(path[-1]) for pattern in dialect.shown_when_off)
    }
    lacking, extra = missing(actual, revealed(wanted, actual, dialect))
    not_there = [path for path in lacking if path not in off]
    unexpected = [path for path in extra if path not in off]
    told = [f"{' / '.join(path)!r} is missing" for path in not_there[:_TOLD]]
    told += [f"{' / '.join(path)!r} is there" for path in unexpected[:_TOLD]]
    more = len(not_there) + len(unexpected) - len(told)
    return ", ".join([*told, f"and {more} more"] if more > 0 else told)


def first_line(text: str) -> str:
    """Return the first line that says something."""
    return next((line.strip() for line in text.splitlines() if line.strip(" ^\t")), "nothing")
