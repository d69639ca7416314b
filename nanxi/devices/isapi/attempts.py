"""Go on after a refusal, and tell all of them in the end: one bad channel does not stop the other fifteen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nanxi.devices.errors import FaultError


class Attempts:
    """What was refused so far."""

    def __init__(self) -> None:
        self._said: list[str] = []

    @contextmanager
    def of(self, what: object) -> Iterator[None]:
        """Hold one attempt; a refusal in it is remembered under ``what``."""
        try:
            yield
        except FaultError as error:
            self._said.append(f"{what}: {error}")

    def finish(self) -> None:
        """Tell what was refused.

        Raises:
            FaultError: anything was.
        """
        if self._said:
            raise FaultError("; ".join(self._said))
