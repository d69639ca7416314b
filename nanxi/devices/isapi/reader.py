"""One signed-in device and what one round of reading finds missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from nanxi.devices.errors import FaultError, NotSupportedError
from nanxi.devices.isapi.client import Client
from nanxi.devices.state import Aspect
from nanxi.devices.values import Element

T = TypeVar("T")


class Reader:
    """Reads each document once a round."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.unsupported: set[Aspect] = set()
        self.notes: list[str] = []
        self._read: dict[str, Element | None] = {}
        self._first: dict[str, Element | None] = {}

    def seed(self, path: str, root: Element) -> None:
        """Keep what opening the session told already; used once, because reading back must ask again."""
        self._first = {path: root}

    def begin(self) -> None:
        """Start another round."""
        self.unsupported.clear()
        self.notes.clear()
        self._read, self._first = self._first, {}

    async def ask(self, aspect: Aspect | None, path: str, name: str = "") -> Element | None:
        """Read a document; what the device refuses is None and a note.

        Args:
            aspect: what is unsupported then. None when only a part of it is; a part that is just not there is not
                worth a note.
            path: the resource.
            name: how its root must be called.
        """
        if path not in self._read:
            self._read[path] = await self._get(aspect, path, name)
        root = self._read[path]
        if root is None and aspect is not None:
            self.unsupported.add(aspect)
        return root

    async def decoded(self, aspect: Aspect, path: str, name: str, decode: Callable[[Element], T]) -> T | None:
        """Read a document that makes up an aspect."""
        root = await self.ask(aspect, path, name)
        return None if root is None else decode(root)

    async def _get(self, aspect: Aspect | None, path: str, name: str) -> Element | None:
        try:
            return await self.client.get(path, name)
        except FaultError as error:
            if aspect is not None or not isinstance(error, NotSupportedError):
                self.notes.append(str(error))
            return None
