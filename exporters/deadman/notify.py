"""Tell a person: the customer's own command, again until it ends well."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

_LOG = logging.getLogger(__name__)
#: What waits for a command that does not work; the oldest goes first, for the newest says how things are.
_WAITING = 100


class Notifier:
    """Runs the command once a text, with the text on its input and the event in ``NANXI_EVENT``."""

    def __init__(self, command: Sequence[str], timeout_s: float, retry_s: float) -> None:
        self._command = tuple(command)
        self._timeout_s = timeout_s
        self._retry_s = retry_s
        self._waiting: deque[tuple[str, str]] = deque(maxlen=_WAITING)
        self._more = asyncio.Event()
        self.failures = 0

    def tell(self, event: str, text: str) -> None:
        """Take in a text; it is told as soon as those before it are."""
        _LOG.warning("%s: %s", event, text)
        self._waiting.append((event, text))
        self._more.set()

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting:
                first = self._waiting[0]
                if not await self._once(*first):
                    self.failures += 1
                    await asyncio.sleep(self._retry_s)
                elif self._waiting and self._waiting[0] is first:
                    self._waiting.popleft()

    async def _once(self, event: str, text: str) -> bool:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                env={**os.environ, "NANXI_EVENT": event},
            )
        except OSError as error:
            _LOG.error("%s cannot be run: %s", self._command[0], error.strerror)
            return False
        try:
            async with asyncio.timeout(self._timeout_s):
                await process.communicate(f"{text}\n".encode())
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            _LOG.error("%s did not end in %g s", self._command[0], self._timeout_s)
            return False
        if process.returncode:
            _LOG.error("%s ended with %s", self._command[0], process.returncode)
        return process.returncode == 0
