"""Where a track's packets go: into the RTSP connection, or to the reader's UDP ports."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from lab.twin.rtsp.track import Frame

#: A reader that has not taken this many bytes is served no more pictures until it has caught up.
LAG_BYTES = 1 << 20


class Sink(Protocol):
    """The way to one reader for one track."""

    channel: int

    @property
    def lags(self) -> bool:
        """Whether the reader does not take what it was sent."""
        ...

    def media(self, frame: Frame, stamped: bytearray) -> None:
        """Send one frame."""
        ...

    def report(self, packet: bytes) -> None:
        """Send one RTCP packet."""
        ...

    def close(self) -> None:
        """Free what the sink alone uses."""
        ...


class TcpSink:
    """Interleaved with the control connection (RFC 2326, 10.12): media on ``channel``, RTCP on the next."""

    def __init__(self, transport: asyncio.WriteTransport, channel: int, report_channel: int) -> None:
        self.transport = transport
        self.channel = channel
        self._report_channel = report_channel

    @property
    def lags(self) -> bool:
        """Whether too much waits in the connection's buffer."""
        return self.transport.get_write_buffer_size() > LAG_BYTES

    def media(self, frame: Frame, stamped: bytearray) -> None:  # noqa: ARG002 - framed for interleaving already
        """Send one frame in one write."""
        if not self.transport.is_closing():
            self.transport.write(stamped)

    def report(self, packet: bytes) -> None:
        """Send one RTCP packet."""
        if not self.transport.is_closing():
            self.transport.write(
                b"$" + bytes([self._report_channel]) + len(packet).to_bytes(2, "big") + packet
            )

    def close(self) -> None:
        """Leave the connection to its owner."""


class UdpSink:
    """Two UDP sockets of the camera's address, an even port for RTP and the next for RTCP (RFC 3550, 11)."""

    channel = 0

    def __init__(
        self, sockets: tuple[socket.socket, socket.socket], client: str, ports: tuple[int, int]
    ) -> None:
        self._rtp, self._rtcp = sockets
        self._to = [(client, port) for port in ports]
        self._loop = asyncio.get_running_loop()

    @classmethod
    def open(cls, address: str, client: str, ports: tuple[int, int], heard: Callable[[], None]) -> UdpSink:
        """Open a pair of ports on ``address``; ``heard`` is called for each RTCP packet of the reader."""
        sink = cls(_pair(address), client, ports)
        sink._loop.add_reader(sink._rtcp, sink._listen, heard)
        return sink

    @property
    def ports(self) -> tuple[int, int]:
        """The server's ports."""
        return self._rtp.getsockname()[1], self._rtcp.getsockname()[1]

    @property
    def lags(self) -> bool:
        """Never: what a reader does not take is lost."""
        return False

    def media(self, frame: Frame, stamped: bytearray) -> None:
        """Send one frame, packet by packet; what the kernel has no room for is lost, as on the wire."""
        with suppress(OSError):
            for packet in frame.packets(stamped):
                self._rtp.sendto(packet, self._to[0])

    def report(self, packet: bytes) -> None:
        """Send one RTCP packet."""
        with suppress(OSError):
            self._rtcp.sendto(packet, self._to[1])

    def close(self) -> None:
        """Close both sockets."""
        self._loop.remove_reader(self._rtcp)
        self._rtp.close()
        self._rtcp.close()

    def _listen(self, heard: Callable[[], None]) -> None:
        with suppress(OSError):
            self._rtcp.recv(2048)
            heard()


def _pair(address: str) -> tuple[socket.socket, socket.socket]:
    """Return non-blocking sockets on an even port and the next one."""
    while True:
        rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        rtcp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            rtp.bind((address, 0))
            port = rtp.getsockname()[1]
            if port % 2 == 0:
                rtcp.bind((address, port + 1))
                rtp.setblocking(False)
                rtcp.setblocking(False)
                return rtp, rtcp
        except OSError:  # the next port is taken
            pass
        rtp.close()
        rtcp.close()
