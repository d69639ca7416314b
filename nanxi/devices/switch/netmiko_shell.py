"""A conversation over SSH, opened and prepared by netmiko."""

from __future__ import annotations

import logging
import re
import select
import time
from pathlib import Path

import paramiko
from netmiko import ConnectHandler
from netmiko.base_connection import BaseConnection
from netmiko.exceptions import NetmikoAuthenticationException, NetmikoBaseException, NetmikoTimeoutException

from nanxi.devices.driver import Credential, Target
from nanxi.devices.errors import DeviceError, HostileError, RefusedError, UnreachableError
from nanxi.devices.switch import bounded, hostkeys
from nanxi.devices.switch.dialects.model import Dialect
from nanxi.devices.switch.secrets import filled
from nanxi.devices.switch.shell import DroppedError

# Both log what they write at level DEBUG, secrets included.
for _name in ("netmiko", "paramiko"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

#: The longest answer that a switch may give, bytes: a configuration of 48 ports has 50 kB.
_LIMIT = 4_000_000
_MORE = re.compile(r"-{2,} ?more ?-{2,}\s*$", re.IGNORECASE)
_QUIET_S = 0.3
#: What follows a switch's name in a prompt: IOS names the mode in brackets.
_NAME = re.compile(r"\(")
_CONNECT_S = 10.0


class NetmikoShell:
    """A session on a switch. Use :meth:`open`."""

    def __init__(self, connection: BaseConnection, dialect: Dialect, target: Target) -> None:
        self._connection = connection
        self._dialect = dialect
        self._target = target
        self.prompt = ""
        self._name = ""

    @classmethod
    def open(cls, target: Target, dialect: Dialect, credential: Credential, state: Path) -> NetmikoShell:
        """Sign in.

        Raises:
            RefusedError: the password is wrong.
            HostKeyError: the host key is not the pinned one.
            UnreachableError: no SSH server, or no answer in time.
            HostileError: no prompt that this system has.
        """
        address, port = str(target.address), target.http_port
        known = hostkeys.pinned(state, target.host, address, port, _CONNECT_S)
        enable = target.passwords.get("enable")
        try:
            wire = bounded.connect(address, port, _CONNECT_S)
        except OSError as error:
            raise _translated(error, target, known) from None
        try:
            connection = ConnectHandler(
                sock=wire,
                device_type=dialect.device_type,
                host=address,
                port=port,
                username=credential.user,
                password=credential.password.value,
                secret=enable.value if enable else "",
                conn_timeout=_CONNECT_S,
                banner_timeout=_CONNECT_S,
                auth_timeout=_CONNECT_S,
                ssh_strict=True,
                alt_host_keys=True,
                alt_key_file=str(known),
            )
        except (NetmikoBaseException, paramiko.SSHException, OSError, EOFError, ValueError) as error:
            wire.close()
            if wire.exceeded:
                raise HostileError(
                    f"{target.host} at {address} port {port}: pours instead of signing in"
                ) from None
            raise _translated(error, target, known) from None
        wire.bound = bounded.SESSION
        shell = cls(connection, dialect, target)
        try:
            if enable and not connection.check_enable_mode():
                connection.enable()
            shell.send("")
        except (NetmikoBaseException, OSError, EOFError, ValueError) as error:
            shell.close()
            raise HostileError(
                f"signed in, but there is no prompt of {dialect.name} ({_short(error)})"
            ) from None
        except DeviceError:
            shell.close()
            raise
        return shell

    def send(self, command: str, timeout_s: float = 30.0) -> str:
        """Send a command; placeholders become secrets here and nowhere else."""
        deadline = time.monotonic() + timeout_s
        said = ""
        try:
            self._connection.write_channel(filled(command, self._target.passwords) + self._connection.RETURN)
            while True:
                said += self._received(deadline, command)
                if len(said) > _LIMIT:
                    raise HostileError(f"endless answer to {command!r}")
                tail = said[-400:]
                if _MORE.search(tail):
                    said = _MORE.sub("", said)
                    self._connection.write_channel(" ")
                elif (answer := self._answer(tail)) is not None:
                    self._connection.write_channel(answer + self._connection.RETURN)
                    said += "\n"
                elif self._is_done(tail):
                    break
        except (NetmikoBaseException, paramiko.SSHException, OSError, EOFError) as error:
            raise DroppedError(f"the session ended at {command!r} ({_short(error)})") from None
        return self._without_frame(said, command)

    def close(self) -> None:
        """Hang up: `quit` would ask about what is not committed."""
        try:
            self._connection.paramiko_cleanup()
        except Exception:  # noqa: BLE001 - a dead peer has many ways to make this fail, and nothing follows
            return

    @property
    def _channel(self) -> paramiko.Channel:
        channel = self._connection.remote_conn
        assert isinstance(channel, paramiko.Channel)
        return channel

    def _received(self, deadline: float, command: str) -> str:
        channel = self._channel
        while (left := deadline - time.monotonic()) > 0:
            select.select([channel], [], [], min(left, 1.0))
            chunk: str = self._connection.read_channel()
            if chunk:
                return chunk
            if channel.closed or channel.eof_received:
                raise EOFError("closed by the switch")
        raise DroppedError(f"no answer to {command!r} in time")

    def _answer(self, tail: str) -> str | None:
        for question, answer in self._dialect.questions.items():
            if question.search(tail):
                return answer
        return None

    def _is_done(self, tail: str) -> bool:
        """Return whether the command is done: a prompt with the switch's name, or another one and silence after it."""
        found = self._dialect.prompt.search(tail)
        if found is None:
            return False
        prompt = found[0].strip()
        channel = self._channel
        known = bool(self._name) and self._name in prompt
        if not known and select.select([channel], [], [], _QUIET_S)[0]:
            return False
        self.prompt = prompt
        if not known:
            self._name = _NAME.split(prompt.strip("<>[]~*#$ "))[0]
        return True

    def _without_frame(self, said: str, command: str) -> str:
        """Return an answer without the command's echo before it and the prompt behind it."""
        text = said.replace("\r\n", "\n").replace("\r", "")
        text = text[: text.rfind(self.prompt)] if self.prompt in text else text
        first, _, rest = text.partition("\n")
        echoed = command.strip() and (first.strip().endswith(command.strip()) or "<secret:" in command)
        return rest if echoed else text


def _translated(error: BaseException, target: Target, known: Path) -> DeviceError:
    """Return our error for what netmiko or paramiko raised at the beginning."""
    seen: BaseException | None = error
    where = f"{target.host} at {target.address} port {target.http_port}"
    while seen is not None:
        if isinstance(seen, paramiko.BadHostKeyException):
            return hostkeys.changed(target.host, str(target.address), target.http_port, known)
        seen = seen.__cause__ or seen.__context__
    if isinstance(error, NetmikoAuthenticationException):
        return RefusedError("the switch refuses the password")
    if isinstance(error, NetmikoTimeoutException | OSError | EOFError | paramiko.SSHException):
        return UnreachableError(f"{where}: {_short(error)}")
    # N1: signed in, and then a question or a prompt that netmiko does not know.
    return HostileError(f"{where}: signed in, but no prompt came ({_short(error)})")


def _short(error: BaseException) -> str:
    """Return the first line of what went wrong, or its name."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = " ".join(lines[:2]) if lines and lines[0].endswith(":") else "".join(lines[:1])
    return text or type(error).__name__
