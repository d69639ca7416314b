"""Streams for the benchmarks of gate and recorders: cameras, a relay that does nothing, readers that throw everything away.

``python -m lab.bench.streams cameras|relay|readers COUNT PORT TO [GUARD]``: each runs until SIGTERM and says ``ready``.
Cameras are 127.130.x.y, the relay 127.131.x.y; the readers' URLs are the gate's when PORT is, else the relay's.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from ipaddress import IPv4Address
from pathlib import Path
from typing import cast

import uvloop

from lab.twin.rtsp.camera import StreamSpec
from lab.twin.rtsp.server import RtspServer
from lab.twin.rtsp.traits import RtspTraits
from nanxi.devices.errors import DeviceError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.rtsp.session import StreamTarget, open_session

CAMERAS, RELAY = IPv4Address("127.130.0.1"), IPv4Address("127.131.0.1")
#: What the plan's classes record: 1080p25, 3 Mbit/s, a key frame every two seconds.
SPEC = StreamSpec("H264", 1920, 1080, 25, 3072, 50)
PATH = "/stream1"


def host(number: int) -> str:
    """Return the name of a camera."""
    return f"bench-cam{number + 1:04d}"


class _Camera:
    """An RtspCamera that lets everybody in."""

    rtsp = RtspTraits(auth=())
    accounts: dict[str, str] = {}  # noqa: RUF012 - one camera stands for all of them

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def login(self, user: str, ok: bool) -> bool:  # noqa: ARG002
        return ok

    def stream(self, path: str) -> StreamSpec | None:
        return SPEC if path == PATH else None

    def now(self) -> float:
        return 1_700_000_000.0

    def count(self, operation: str) -> None:
        self.counts[operation] += 1


async def cameras(count: int, port: int) -> None:
    """Be the cameras."""
    camera = _Camera()
    server = RtspServer(lambda _: camera)
    _KEPT.append(server)
    await server.start([("0.0.0.0", port)])  # noqa: S104 - the sandbox has nobody else
    del count


class _Pipe(asyncio.Protocol):
    """One direction of a relayed connection."""

    def __init__(self) -> None:
        self.other: asyncio.Transport | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self.other is not None:
            self.other.write(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self.other is not None:
            self.other.close()


class _Accepted(_Pipe):
    """The reader's side; it waits until the camera's side stands."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port
        self._early: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._joining = asyncio.get_running_loop().create_task(self._join())

    def data_received(self, data: bytes) -> None:
        if self.other is None:
            self._early.append(data)
        else:
            self.other.write(data)

    async def _join(self) -> None:
        assert self.transport is not None
        own = IPv4Address(self.transport.get_extra_info("sockname")[0])
        camera = str(CAMERAS + (int(own) - int(RELAY)))
        _, pipe = await asyncio.get_running_loop().create_connection(_Pipe, camera, self._port)
        self.other, pipe.other = pipe.transport, self.transport
        self.other.write(b"".join(self._early))


async def relay(port: int, to: int) -> None:
    """Copy bytes and know nothing: what no gate on this machine can be cheaper than."""
    loop = asyncio.get_running_loop()
    _KEPT.append(await loop.create_server(lambda: _Accepted(to), "0.0.0.0", port))  # noqa: S104


async def readers(count: int, port: int, guard: Path, *, gate: bool) -> None:
    """Read every stream and throw it away."""
    shared = LockoutGuard(guard)
    slots = asyncio.Semaphore(20)
    playing = 0

    async def read(number: int) -> None:
        nonlocal playing
        address = IPv4Address("127.0.0.1") if gate else RELAY + number
        path = f"/{host(number)}/main" if gate else PATH
        async with slots:
            while True:
                session = None
                try:
                    session = await open_session(
                        StreamTarget("x", address, port, path), shared, lambda _: None
                    )
                    await session.describe()
                    await session.setup()
                    await session.play()
                except DeviceError as error:
                    print(error, flush=True)
                    if session:
                        await session.close()
                    await asyncio.sleep(0.5)
                else:
                    break
        playing += 1
        if playing == count:
            print("ready", flush=True)
        print(await session.connection.ended, flush=True)

    _KEPT.extend(asyncio.create_task(read(number)) for number in range(count))


#: The loop forgets what nobody holds.
_KEPT: list[object] = []


async def _main(what: str, count: int, port: int, to: int, folder: str) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    if what == "cameras":
        await cameras(count, port)
    elif what == "relay":
        await relay(port, to)
    else:
        await readers(count, port, Path(folder), gate=what == "gate-readers")
    if "readers" not in what:
        print("ready", flush=True)
    await ended.wait()


if __name__ == "__main__":
    uvloop.run(_main(sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5]))
