"""The uploader on board: waits for a depot to be in reach, visits it, and comes again. Killed at any instant, it goes on."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nanxi.files import write_atomically
from nanxi.findings import NanxiError
from nanxi.vehicle.board import open_board
from nanxi.vehicle.config import BoardConfig, Depot
from nanxi.vehicle.link import LinkError, SshLink, in_reach
from nanxi.vehicle.visit import DistrustError, Visit, Visitor

_LOG = logging.getLogger(__name__)

#: Seconds. A depot that nobody answers at is tried again after ``FIRST``, later after up to ``LAST``; one that could not
#: prove what it said is left alone for ``DISTRUST``, because every attempt would send the same bytes again.
FIRST_S, LAST_S, DISTRUST_S = 2.0, 60.0, 3600.0
_LOOK_S = 3.0


class Agent:
    """One vehicle's uploader. Its state (who was visited when, with what result) is for people and for the next start."""

    def __init__(
        self,
        config: BoardConfig,
        link: Callable[[BoardConfig, Depot], SshLink] = SshLink,
        done: Callable[[], None] = lambda: None,
    ) -> None:
        self._config, self._link, self._done = config, link, done
        self._distrusted: dict[str, float] = {}  # until when, monotonic
        self._state = load_state(config)

    def run(self) -> None:
        """Go on until the process is ended.

        Raises:
            NanxiError: another uploader runs here.
        """
        wait = FIRST_S
        with alone(self._config):
            while True:
                began = time.monotonic()
                if self.round():
                    wait = FIRST_S
                    pause = self._config.every_s - (time.monotonic() - began)
                else:
                    wait, pause = min(LAST_S, wait * 2), wait
                # A whole fleet comes home at the end of the shift: not all in the same second.
                time.sleep(max(1.0, pause * random.uniform(0.8, 1.2)))  # noqa: S311 - no secret

    def round(self) -> bool:
        """Visit the first depot that is in reach; return whether there was one, and everything there went well."""
        return all(self.now())

    def now(self) -> tuple[bool, bool]:
        """Visit the first depot that is in reach; return whether there was one, and whether everything there went well."""
        for depot in self._order():
            if in_reach(depot, _LOOK_S):
                return True, self.visit(depot)
        return False, False

    def visit(self, depot: Depot) -> bool:
        """Visit a depot and note what came of it."""
        problem = ""
        try:
            with open_board(self._config) as board:
                visitor = Visitor(board, self._link(self._config, depot), depot.name, self._done)
                try:
                    visitor.run()
                finally:
                    _report(visitor.result)
                    self._note(depot, visitor.result)
        except DistrustError as error:
            _LOG.error("%s", error)
            self._distrusted[depot.name] = time.monotonic() + DISTRUST_S
            problem = str(error)
        except LinkError as error:
            _LOG.info("%s", error)
            problem = str(error)
        except (NanxiError, OSError) as error:
            _LOG.error("%s", error)
            problem = str(error)
        self._state["depots"].setdefault(depot.name, {})["problem"] = problem
        self._save()
        return not problem

    def _order(self) -> list[Depot]:
        """Return the depots to try: the one that was visited last first, distrusted ones not."""
        last = {name: one.get("at", 0.0) for name, one in self._state["depots"].items()}
        now = time.monotonic()
        trusted = [one for one in self._config.depots if self._distrusted.get(one.name, 0.0) <= now]
        return sorted(trusted, key=lambda one: -float(last.get(one.name, 0.0)))

    def _note(self, depot: Depot, visit: Visit) -> None:
        known = self._state["depots"].setdefault(depot.name, {})
        known |= {
            "at": time.time(),
            "offset_ms": visit.offset_ms,
            "refused": visit.refused,
            "spoiled": visit.spoiled,
            "full": visit.full,
            "sent_bytes": known.get("sent_bytes", 0) + visit.sent_bytes,
            "confirmed_bytes": known.get("confirmed_bytes", 0) + visit.confirmed_bytes,
        }

    def _save(self) -> None:
        try:
            self._config.state.mkdir(parents=True, exist_ok=True)
            write_atomically(_path(self._config), json.dumps(self._state, ensure_ascii=False) + "\n", 0o644)
        except OSError as error:
            _LOG.error("%s", error)


def load_state(config: BoardConfig) -> dict[str, Any]:
    """Return what is known of the depots; nothing where it was lost."""
    try:
        found = json.loads(_path(config).read_bytes())
    except (OSError, ValueError):
        found = None
    return found if isinstance(found, dict) and isinstance(found.get("depots"), dict) else {"depots": {}}


@contextmanager
def alone(config: BoardConfig) -> Iterator[None]:
    """Hold this vehicle's uploading.

    Raises:
        NanxiError: somebody else uploads here.
    """
    config.run.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(config.run / "uploading", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise NanxiError("this vehicle is uploading already") from None
    try:
        yield
    finally:
        os.close(descriptor)


def _path(config: BoardConfig) -> Path:
    return config.state / "visits.json"


def _report(visit: Visit) -> None:
    if visit.confirmed or visit.refused or visit.full:
        _LOG.info(
            "%s: %d files (%d bytes) proved, %d bytes sent, %d refused, %d left%s",
            visit.depot,
            len(visit.confirmed),
            visit.confirmed_bytes,
            visit.sent_bytes,
            len(visit.refused),
            visit.left,
            ", no room there" if visit.full else "",
        )
