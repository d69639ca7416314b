"""SSH in front of a switch: who gets through to its command line, and when packets stop coming."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from ipaddress import IPv4Address
from pathlib import Path

import asyncssh

from lab.switches.config import RefusedError
from lab.switches.device import Switch
from lab.switches.session import Session
from lab.switches.terminal import HungUpError, Terminal
from lab.switches.types import opens
from nanxi.files import write_atomically

_GOODBYE_S = 0.5


class _Face(asyncssh.SSHServer):
    """One connection."""

    def __init__(self, switch: Switch, source: IPv4Address) -> None:
        self._switch = switch
        self.source = source
        self.session: Session | None = None
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Remember the connection, so that it can be cut."""
        self._connection = conn
        self._switch.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Free the virtual terminal."""
        del exc
        self._switch.connections.discard(self)
        if self.session is not None:
            self._switch.close(self.session)

    def cut(self) -> None:
        """End the connection without a word."""
        if self._connection is not None:
            self._connection.abort()

    def begin_auth(self, username: str) -> bool:
        """Ask everybody."""
        del username
        return True

    def password_auth_supported(self) -> bool:
        """Passwords it is."""
        return True

    def kbdint_auth_supported(self) -> bool:
        """Keyboard-interactive is off: every client of the lab knows the other way."""
        return False

    def validate_password(self, username: str, password: str) -> bool:
        """Check against the users of the running configuration."""
        kept = self._switch.dialect.passwords(self._switch.running).get(username)
        return kept is not None and opens(kept, password)

    async def serve(self, process: asyncssh.SSHServerProcess[str]) -> None:
        """Talk on a channel: a terminal, or one command."""
        switch = self._switch
        try:
            self.session = session = switch.open(process.get_extra_info("username"), self.source)
        except RefusedError as error:
            process.stderr.write(f"{error}\r\n")
            process.exit(1)
            return
        try:
            if process.command is not None:
                lines = await session.single(process.command)
                await self._write(process, "".join(f"{line}\r\n" for line in lines))
            else:
                await session.converse(self._terminal(process))
        except (HungUpError, asyncssh.Error, ConnectionError):
            pass
        finally:
            switch.close(session)
            process.exit(0)
            await self._hang_up(process)

    async def _hang_up(self, process: asyncssh.SSHServerProcess[str]) -> None:
        """End the connection too, as a switch does; the other side gets a moment to see how the session ended."""
        with suppress(TimeoutError, asyncssh.Error, OSError):
            await asyncio.wait_for(process.wait_closed(), _GOODBYE_S)
        if self._connection is not None:
            self._connection.close()

    def _terminal(self, process: asyncssh.SSHServerProcess[str]) -> Terminal:
        async def read() -> str:
            while True:
                try:
                    typed = await process.stdin.read(4096)
                except asyncssh.TerminalSizeChanged:
                    continue
                except (asyncssh.BreakReceived, asyncssh.SignalReceived):
                    typed = ""
                await self._switch.reachable(self.source)
                return typed

        async def write(text: str) -> None:
            await self._write(process, text)

        return Terminal(read, write, self._switch.traits.height)

    async def _write(self, process: asyncssh.SSHServerProcess[str], text: str) -> None:
        await self._switch.reachable(self.source)
        with suppress(ConnectionError, asyncssh.Error):
            process.stdout.write(text)
            await process.stdout.drain()


class SshServer:
    """Listens at one address for one switch."""

    def __init__(self, switch: Switch, bind: str, port: int = 22) -> None:
        self._switch = switch
        self._bind = bind
        self.port = port
        self._listener: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._key = host_key(switch)

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is taken, or needs more rights.
        """
        self._listener = socket.create_server((self._bind, self.port), backlog=64)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self._spawn(self._accept(self._listener))

    async def stop(self) -> None:
        """Stop listening, cut what is open."""
        self._switch.drop_all()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._listener is not None:
            self._listener.close()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            accepted, (address, _) = await loop.sock_accept(listener)
            self._spawn(self._meet(accepted, IPv4Address(address)))

    async def _meet(self, accepted: socket.socket, source: IPv4Address) -> None:
        """Let a connection in, turn it away, or say nothing for as long as packets do not get through.

        The kernel has shaken hands already; a real switch that is cut off would not even do that. Clients wait for
        the other side's version either way.
        """
        try:
            await self._switch.reachable(source)
            if self._switch.answer(source) == "refuses":
                accepted.close()
                return
            face = _Face(self._switch, source)
            connection = await asyncssh.run_server(
                accepted,
                server_factory=lambda: face,
                server_host_keys=[self._key],
                process_factory=face.serve,
                line_editor=False,
                encoding="utf-8",
                errors="replace",
                allow_scp=False,
                login_timeout=60,
                keepalive_interval=0,
            )
            await connection.wait_closed()
        except (OSError, asyncssh.Error):
            accepted.close()

    def _spawn(self, work: object) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def host_key(switch: Switch) -> asyncssh.SSHKey:
    """Return the switch's key: kept in its flash memory, so that it is the same after a restart."""
    if switch.folder is None:
        return asyncssh.generate_private_key(switch.traits.host_key)
    file: Path = switch.folder / switch.installation.host / "host_key"
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = asyncssh.generate_private_key(switch.traits.host_key)
        write_atomically(file, made.export_private_key(), mode=0o600)
    return asyncssh.read_private_key(str(file))
