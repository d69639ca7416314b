"""The RTSP server of all twins: it listens, and finds the camera by the address that a client connected to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from pathlib import Path

from lab.network import ROOT
from lab.twin.clips import ClipStore
from lab.twin.rtsp.camera import RtspCamera
from lab.twin.rtsp.connection import Connection
from lab.twin.rtsp.player import Pacers
from lab.twin.rtsp.session import Sessions

#: Clips are the same for every lab and test on this checkout.
CLIPS = ROOT / ".lab" / "clips"
BACKLOG = 4096


class RtspServer:
    """Serves every camera that ``lookup`` finds by its address; to other addresses nobody answers.

    Args:
        lookup: returns the camera at an IPv4 address, None when there is none or it is switched off.
        clips: folder of the clips.
    """

    def __init__(self, lookup: Callable[[str], RtspCamera | None], clips: Path = CLIPS) -> None:
        self._lookup = lookup
        self._clips = ClipStore(clips)
        self._pacers = Pacers()
        self._sessions = Sessions()
        self.listeners: list[socket.socket] = []
        self._servers: list[asyncio.Server] = []
        self._connections: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    async def start(self, endpoints: Iterable[tuple[str, int]]) -> None:
        """Listen on ``endpoints``, pairs of address and port; ``("0.0.0.0", 554)`` takes every camera.

        Raises:
            OSError: an address is not this machine's, or a port is taken.
        """
        for endpoint in endpoints:
            listener = socket.create_server(endpoint, backlog=BACKLOG)
            self.listeners.append(listener)
            self._servers.append(await asyncio.start_server(self._serve, sock=listener, backlog=BACKLOG))

    async def stop(self) -> None:
        """Stop listening and end every connection."""
        for server in self._servers:
            server.close()
        tasks = tuple(self._connections.values())
        for writer in tuple(self._connections):
            writer.transport.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._clips.close()
        for server in self._servers:
            await server.wait_closed()
        self._servers.clear()
        self.listeners.clear()

    @property
    def endpoints(self) -> list[tuple[str, int]]:
        """Addresses and ports that are listened on."""
        return [listener.getsockname() for listener in self.listeners]

    def sessions(self, address: str) -> int:
        """Return how many sessions the camera at ``address`` holds."""
        return len(self._sessions.of(address))

    def drop(self, address: str) -> None:
        """Cut every connection and session of the camera at ``address``: it was switched off, or restarts."""
        for writer in tuple(self._connections):
            if writer.get_extra_info("sockname")[0] == address:
                writer.transport.abort()
        for session in self._sessions.of(address):
            session.end()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        camera = self._lookup(writer.get_extra_info("sockname")[0])
        if camera is None:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._connections[writer] = task
        try:
            await Connection(camera, writer, self._clips, self._pacers, self._sessions).serve(reader)
        finally:
            del self._connections[writer]
