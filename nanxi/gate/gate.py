"""The gate as a whole: streams by path, readers, viewings, control; and its configuration, which may change while it runs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from functools import partial

from nanxi.devices.guard import LockoutGuard
from nanxi.gate import control
from nanxi.gate.access import Challenger
from nanxi.gate.config import GateConfig
from nanxi.gate.server import ReaderConnection
from nanxi.gate.status import codecs, snapshot
from nanxi.gate.stream import Stream
from nanxi.gate.viewings import Viewing

_LOG = logging.getLogger(__name__)

#: Seconds between the first sessions of two cameras: 300 at once would be a storm on the uplink of a station.
_STAGGER_S = 0.01


class Gate:
    """Runs while ``start`` and ``stop`` say so; the ``House`` of its readers' connections."""

    def __init__(self, config: GateConfig) -> None:
        self.connections: set[ReaderConnection] = set()
        self.started = time.time()
        self._config = config
        self._guard = LockoutGuard(config.file.guard)
        self._streams: dict[str, Stream] = {}
        self._viewings = config.log()
        self._servers: list[asyncio.Server] = []

    async def start(self) -> None:
        """Listen, and begin to hold sessions.

        Raises:
            OSError: the port or the control socket cannot be had.
        """
        listen = self._config.file.listen
        loop = asyncio.get_running_loop()
        make = partial(ReaderConnection, self)
        self._servers = [
            await loop.create_server(make, str(listen.address), listen.port, backlog=1024),
            await control.serve(self._config.file.control, self.status, self.wait),
        ]
        await self._become(self._config)

    async def stop(self) -> None:
        """End everything: readers get what waits, cameras are told."""
        for server in self._servers:
            server.close()
        await asyncio.gather(*(stream.stop() for stream in self._streams.values()))
        self._streams.clear()
        for connection in tuple(self.connections):
            connection.end("the gate stops")
        for _ in range(20):
            if not self.connections:
                break
            await asyncio.sleep(0.05)
        self._config.file.control.unlink(missing_ok=True)

    async def reload(self, config: GateConfig) -> None:
        """Serve another configuration; streams that did not change go on without a break.

        Where it listens, its control socket and its guard stay as they were at the start.
        """
        self._viewings = config.log()
        await self._become(config)

    async def _become(self, config: GateConfig) -> None:
        self._config = config
        gone = [path for path, stream in self._streams.items() if config.streams.get(path) != stream.spec]
        await asyncio.gather(*(self._streams.pop(path).stop() for path in gone))
        new = [spec for path, spec in config.streams.items() if path not in self._streams]
        for spec in new:
            stream = self._streams[spec.path] = Stream(spec, self._guard)
            stream.start()
            if spec.always:
                await asyncio.sleep(_STAGGER_S)
        _LOG.info("%d streams: %d began anew, %d ended", len(self._streams), len(new), len(gone))

    def status(self) -> dict[str, object]:
        """Return the snapshot of everything."""
        return snapshot(self._streams.values(), self.connections, self.started)

    async def wait(self, path: str, seconds: float) -> dict[str, object]:
        """Return what a stream is once pictures come in, or ``playing`` false when the time is over."""
        stream = self._streams.get(path)
        if stream is None:
            return {"error": f"there is no stream {path}"}
        playing = await stream.played(seconds)
        return {"playing": playing and stream.description is not None, **codecs(stream)}

    # -- House --------------------------------------------------------------------------------------------------------

    @property
    def backlog_bytes(self) -> int:
        """How far a reader may fall behind: a whole group of pictures is given to it at once."""
        return self._config.file.group_bytes + self._config.file.backlog_bytes

    def stream(self, path: str) -> Stream | None:
        """Return the stream ``host/main``."""
        return self._streams.get(path)

    def streams(self) -> Iterator[Stream]:
        """Return every stream."""
        return iter(self._streams.values())

    def reader_by_user(self, uid: int) -> str | None:
        """Return the reader that runs as a user."""
        return self._config.users.get(uid)

    def challenger(self) -> Challenger:
        """Return what asks a connection for its token."""
        return Challenger(self._config.tokens)

    def note(self, viewing: Viewing) -> None:
        """Log a viewing."""
        self._viewings.note(viewing)
