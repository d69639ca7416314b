"""``python -m nanxi.vehicle.receive``: a depot's answer to one question; systemd starts it for each connection.

It runs as the recordings' account, behind a Unix socket of which only ``nanxi.vehicle.door`` has the key: the account that
vehicles come in with can write into the spool and nowhere else. A process per question has nothing to lose when it dies.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from nanxi import service
from nanxi.findings import NanxiError
from nanxi.recording.errors import RecordingError
from nanxi.recording.holds import Hold
from nanxi.recording.host import Host, open_host
from nanxi.recording.statements import Statement, Statements, from_statement
from nanxi.vehicle.arrival import Arrivals, RefusedError, WrongBytesError, clean, has_room
from nanxi.vehicle.config import DepotConfig, load_depot
from nanxi.vehicle.wire import MOST, Answer, Presented, WireError, presented, proof

_LOG = logging.getLogger(__name__)

#: What lies in the spool untouched for so long belongs to a vehicle that went on elsewhere.
_STALE_S = 3 * 86_400
#: Names of unproved files that a vehicle is reminded of; more are told when these are gone.
_MOST_BEGUN = 1000
_BUSY_S = 20.0


class Receiver:
    """Answers one vehicle's questions at one depot."""

    def __init__(self, config: DepotConfig, host: Host, vehicle: str) -> None:
        self._config, self._host, self._vehicle = config, host, vehicle
        self._cameras = frozenset(config.vehicles[vehicle])
        self._spool = config.spool / vehicle
        self._arrivals = Arrivals(host, vehicle, self._cameras, self._spool, config.log)

    def answer(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to a question.

        Raises:
            WireError: it is none.
            RecordingError: the index fails, or the vehicle is busy in another session.
        """
        match question.get("ask"):
            case "tell":
                return self._told(question)
            case "present":
                files = question.get("files")
                if not isinstance(files, list):
                    raise WireError("present: files is no list")
                with _alone(self._spool):
                    return {"files": [self._presented(presented(one)).as_record() for one in files]}
        raise WireError(f"unknown question {question.get('ask')!r}; tell or present")

    def _told(self, question: Mapping[str, Any]) -> dict[str, Any]:
        try:
            said = from_statement(question["statement"])
            holds = [Hold(**one) for one in question["holds"]]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WireError(f"tell: {error!r}") from None
        now_ms = time.time_ns() // 1_000_000
        if self._host.config.statements is not None:
            Statements(self._host.config.statements).keep(self._believed(said, now_ms))
        for hold in holds:
            # One that is over here is not placed anew: whoever released it saw the footage that came.
            if hold.camera in self._cameras and hold.released_ms is None and hold.from_ms < hold.until_ms:
                self._host.holds.take(hold)
        mine = {hold.id for hold in holds}
        over = [one.id for one in self._host.holds.all() if one.released_ms is not None and one.id in mine]
        clean(self._host, self._spool, _STALE_S)
        return {
            "depot": self._config.name,
            "now_ms": now_ms,
            "room": has_room(self._host),
            "released": over,
            "begun": sorted(path.name for path in self._spool.glob("*"))[:_MOST_BEGUN],
        }

    def _believed(self, said: Statement, now_ms: int) -> Statement:
        """Return the statement with what the vehicle may speak of: itself and its cameras."""
        return replace(
            said,
            vehicle=self._vehicle,
            offset_ms=now_ms - said.said_ms,
            cameras={camera: said.cameras.get(camera, ()) for camera in self._cameras},
            events=tuple(one for one in said.events if one.camera is None or one.camera in self._cameras),
        )

    def _presented(self, one: Presented) -> Answer:
        try:
            path = self._arrivals.there(one) or self._arrivals.take(one)
            if path is None:
                return Answer(one.name, "want")
            return Answer(one.name, "have", proof(path, one.nonce))
        except WrongBytesError as error:
            _LOG.warning("%s of %s: %s", one.name, self._vehicle, error)
            return Answer(one.name, "want", why=str(error))
        except RefusedError as error:
            return Answer(one.name, "refused", why=str(error))
        except OSError as error:
            # Nothing is known of what the disk holds: it is not confirmed, and the vehicle keeps its copy.
            _LOG.error("%s of %s: %s", one.name, self._vehicle, error)
            return Answer(one.name, "refused", why=f"cannot be stored: {error.strerror}")


@contextmanager
def _alone(spool: Path) -> Iterator[None]:
    """Hold the vehicle's spool, which rrsync holds while files come in. The door makes it; without one nothing came in.

    Raises:
        RecordingError: an earlier session still has it: its line died, and its rsync does not know yet.
    """
    if not spool.exists():
        yield
        return
    descriptor = os.open(spool, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        deadline = time.monotonic() + _BUSY_S
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise RecordingError("an earlier session of this vehicle has not ended yet") from None
                time.sleep(0.2)
        yield
    finally:
        os.close(descriptor)


def respond(config: DepotConfig, line: bytes) -> dict[str, Any]:
    """Return the answer to a line of the socket, as ``door`` sends it: a question with the vehicle that asks."""
    try:
        question = json.loads(line)
        vehicle = question["vehicle"]
        if vehicle not in config.vehicles:
            raise WireError(f"{vehicle} is no vehicle of this depot")
        with open_host(config.recording, make_index=True) as host:
            return Receiver(config, host, vehicle).answer(question)
    except (ValueError, KeyError, TypeError) as error:
        return {"error": f"no question of this protocol: {error}"}
    except (NanxiError, OSError) as error:
        _LOG.error("%s", error)
        return {"error": str(error)}


def main() -> int:
    """Answer the question on standard input. 2: the configuration is wrong."""
    return service.main("nanxi.vehicle.receive", __doc__, load_depot, _run)


def _run(config: DepotConfig) -> None:
    os.umask(0o027)
    answer = respond(config, sys.stdin.buffer.readline(MOST))
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
