"""Go through the addresses of the zones: not too fast, not too many at once, each for a short time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from nanxi.discovery.look import Face, is_open, look


@dataclass(frozen=True, slots=True)
class Pace:
    """How hard a search may knock."""

    rate: float = 200.0  # addresses a second, over all zones
    concurrency: int = 128  # addresses at a time
    patience_s: float = 1.0  # for a connection


class _Turns:
    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate
        self._next = 0.0

    async def wait(self) -> None:
        now = asyncio.get_running_loop().time()
        turn = max(self._next, now)
        self._next = turn + self._gap
        await asyncio.sleep(turn - now)


async def sweep(
    doors: Mapping[IPv4Address, Iterable[int]],
    pace: Pace,
    *,
    knock: Callable[[IPv4Address], None],
    progress: Callable[[], None],
) -> dict[IPv4Address, tuple[int, Face]]:
    """Return port and face of every address where a web server answers.

    Args:
        doors: the ports to try at each address, in order; the first one where a device answers counts, else the
            first one where anything does.
        pace: how hard to knock.
        knock: called for each address when it is its turn, before any port is tried.
        progress: called when an address is done.
    """
    faces: dict[IPv4Address, tuple[int, Face]] = {}
    pending = iter(doors.items())
    turns = _Turns(pace.rate)

    async def work() -> None:
        for address, ports in pending:  # shared: each worker takes the next address
            await turns.wait()
            knock(address)
            for port in ports:
                if await is_open(address, port, pace.patience_s):
                    face = await look(address, port)
                    if face.is_device:
                        faces[address] = (port, face)
                        break
                    if face.speaks:
                        faces.setdefault(address, (port, face))
            progress()

    async with asyncio.TaskGroup() as group:
        for _ in range(min(pace.concurrency, len(doors))):
            group.create_task(work())
    return faces
