"""The commands around a change: arm and see it confirmed, push, confirm, take back (D10). One function, one step."""

from __future__ import annotations

from collections.abc import Iterable

from nanxi.devices.errors import FaultError
from nanxi.devices.switch.course import arming_command
from nanxi.devices.switch.dialects.model import Arming, Dialect, How
from nanxi.devices.switch.diff import Command
from nanxi.devices.switch.reading import first_line
from nanxi.devices.switch.shell import LineRefusedError, Shell

_LINE_S = 30.0
_SAVE_S = 180.0


def config_prompt(shell: Shell, dialect: Dialect) -> str:
    """Enter configuration mode and leave it again; return its prompt, which tells what the system can.

    Raises:
        FaultError: configuration mode is closed to us: a user who may only look, or another user's lock.
    """
    enter(shell, dialect)
    prompt = shell.prompt
    leave(shell, dialect)
    return prompt


def enter(shell: Shell, dialect: Dialect) -> None:
    """Enter configuration mode.

    Raises:
        FaultError: the switch does not let us.
    """
    leave(shell, dialect)
    said = shell.send(dialect.enter, _LINE_S)
    if not dialect.config_prompt.search(shell.prompt):
        raise FaultError(
            f"no configuration mode: {first_line(said)} (the account needs the right to configure)"
        )


def leave(shell: Shell, dialect: Dialect) -> None:
    """Leave configuration mode."""
    if dialect.config_prompt.search(shell.prompt):
        shell.send(dialect.leave, _LINE_S)


def arm(shell: Shell, dialect: Dialect, arming: Arming, seconds: int) -> None:
    """Start the timer, and be in configuration mode after it.

    Raises:
        FaultError: the switch did not say that it is armed.
    """
    if arming.inside and not dialect.config_prompt.search(shell.prompt):
        enter(shell, dialect)
    said = shell.send(arming_command(arming, seconds), _LINE_S)
    refused = dialect.error.search(said)
    if refused or (arming.armed and not arming.armed.search(said)):
        leave(shell, dialect)
        raise FaultError(f"{arming_command(arming, seconds)!r} did not arm it: {first_line(said)}")
    if not dialect.config_prompt.search(shell.prompt):
        enter(shell, dialect)


def push(shell: Shell, dialect: Dialect, commands: Iterable[Command]) -> None:
    """Send the commands, in configuration mode, one by one.

    Raises:
        LineRefusedError: with the line that the switch refused; those before it are done.
        DroppedError: the session ended.
    """
    for command in commands:
        said = shell.send(command.line, _LINE_S)
        if refused := dialect.error.search(said):
            message = first_line(refused[0]) if refused[0].strip(" ^\r\n") else first_line(said)
            raise LineRefusedError(command.line, command.section, message)


def push_back(shell: Shell, commands: Iterable[Command]) -> None:
    """Send the commands that take a change back; a refused one does not stop the others, what counts is the result.

    Raises:
        DroppedError: the session ended.
    """
    for command in commands:
        shell.send(command.line, _LINE_S)


def confirm(shell: Shell, dialect: Dialect, arming: Arming) -> None:
    """Keep the change.

    Raises:
        FaultError: the switch refuses.
    """
    _order(shell, dialect, arming, arming.confirm)


def abort(shell: Shell, dialect: Dialect, arming: Arming) -> None:
    """Take the change back now, where the system has a command for it.

    Raises:
        FaultError: the switch refuses.
    """
    _order(shell, dialect, arming, arming.abort)


def save(shell: Shell, dialect: Dialect) -> None:
    """Write the startup configuration.

    Raises:
        FaultError: the switch did not say that it has.
    """
    said = shell.send(dialect.save, _SAVE_S)
    if dialect.error.search(said) or not dialect.saved.search(said):
        raise FaultError(f"{dialect.save!r} failed: {first_line(said)}")


def _order(shell: Shell, dialect: Dialect, arming: Arming, command: str) -> None:
    """Send one of the arming's own commands where it belongs."""
    leave(shell, dialect)
    if arming.inside:
        enter(shell, dialect)
    said = shell.send(command, 120.0)
    leave(shell, dialect)
    if dialect.error.search(said):
        raise FaultError(f"{command!r} was refused: {first_line(said)}")


#: What stands for a change that nothing takes back by itself.
UNARMED = Arming(How.NONE, arm="", confirm="")
