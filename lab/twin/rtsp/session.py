"""Sessions (RFC 2326, 3.4 and 12.37): what a client has set up on one stream, until TEARDOWN or its timeout."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from lab.twin.rtsp.player import Reader


@dataclass(slots=True, eq=False)
class Session:
    """One client's session. ``ended`` is called once, when it ends for whatever reason."""

    address: str  # of the camera
    path: str
    timeout_s: float
    ended: Callable[[Session], None]
    id: str = field(default_factory=lambda: secrets.token_hex(4).upper())
    readers: dict[int, Reader] = field(default_factory=dict)  # by track
    orphan: bool = False  # its connection died without TEARDOWN, and the camera keeps it (R9)
    _seen: float = 0
    _timer: asyncio.TimerHandle | None = None

    @property
    def playing(self) -> bool:
        """Whether media flows."""
        return any(reader.playing for reader in self.readers.values())

    def touch(self) -> None:
        """Note that the client lives."""
        loop = asyncio.get_running_loop()
        self._seen = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(self.timeout_s, self._expire)

    def abandon(self) -> None:
        """Live on without a connection until the timeout (R9)."""
        self.orphan = True
        for reader in self.readers.values():
            reader.pause()

    def end(self) -> None:
        """End it and free what it holds."""
        if self._timer:
            self._timer.cancel()
        for reader in self.readers.values():
            reader.close()
        self.readers.clear()
        self.ended(self)

    def _expire(self) -> None:
        loop = asyncio.get_running_loop()
        due = self._seen + self.timeout_s
        if loop.time() < due:
            self._timer = loop.call_at(due, self._expire)
        else:
            self.end()


class Sessions:
    """Every session of the server, oldest first."""

    def __init__(self) -> None:
        self._by_id: dict[str, Session] = {}

    def add(self, session: Session) -> None:
        """Keep ``session``."""
        self._by_id[session.id] = session

    def remove(self, session: Session) -> None:
        """Forget ``session``."""
        self._by_id.pop(session.id, None)

    def find(self, session_id: str, address: str) -> Session | None:
        """Return a camera's session by what its client calls it, parameters after ``;`` left aside."""
        session = self._by_id.get(session_id.partition(";")[0].strip())
        return session if session and session.address == address else None

    def of(self, address: str) -> list[Session]:
        """Return the sessions of the camera at ``address``."""
        return [session for session in self._by_id.values() if session.address == address]

    def crowded(self, session: Session) -> bool:
        """Return whether a younger session plays the stream of ``session`` too."""
        same = [one for one in self.of(session.address) if one.path == session.path and one.playing]
        return session in same[:-1]
