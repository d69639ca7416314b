"""``python -m nanxi.vehicle.track``: keep where the vehicle is, a line a second, each on the disk before the next.

The ignition is cut at any moment: a line is synced when it is written, so that a second is lost at most, and half a line at
the end of a file is passed over by whoever reads it. gpsd may be absent, start later, restart, or have no fix for hours.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from nanxi.findings import InputError
from nanxi.recording.config import load_config
from nanxi.recording.durable import sync_folder
from nanxi.recording.names import new_session
from nanxi.recording.tracks import Position, TrackName
from nanxi.recording.volumes import MARKER
from nanxi.vehicle import gpsd
from nanxi.vehicle.config import load_board

_LOG = logging.getLogger(__name__)

#: A receiver may report five or ten times a second; one is enough to find a street.
_LEAST_MS = 900
#: What is wrong for hours is said once in so many seconds.
_SAY_S = 300.0


class TrackWriter:
    """Writes one vehicle's track on the first of ``volumes`` that is mounted, a file for each ``period_s``."""

    def __init__(self, volumes: Iterable[Path], vehicle: str, period_s: int) -> None:
        self._volumes, self._vehicle, self._period_s = tuple(volumes), vehicle, period_s
        self._session = new_session()
        self._name: TrackName | None = None
        self._descriptor = -1
        self._last_ms = 0

    def write(self, position: Position) -> bool:
        """Write a position for good; False when the last one is not a second old.

        Raises:
            OSError: it may be lost; the next one begins a new file.
        """
        if 0 <= position.at_ms - self._last_ms < _LEAST_MS:
            return False
        try:
            self._open(position.at_ms // 1000)
            line = json.dumps(position.as_record(), separators=(",", ":")).encode() + b"\n"
            _append(self._descriptor, line)
        except OSError:
            self.close()
            # A sync that failed is never tried again on the same file (see nanxi.recording.errors).
            self._session = new_session()
            raise
        self._last_ms = position.at_ms
        return True

    def close(self) -> None:
        """End the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor, self._name = -1, None

    def _open(self, at_s: int) -> None:
        name = TrackName(self._vehicle, at_s - at_s % self._period_s, self._session)
        if name == self._name:
            return
        self.close()
        volume = next((one for one in self._volumes if (one / MARKER).exists()), None)
        if volume is None:
            raise FileNotFoundError(2, "no volume is mounted", ", ".join(map(str, self._volumes)))
        path = name.path(volume)
        fresh = [one for one in (path.parent, *path.parent.parents) if one != volume and not one.exists()]
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        for folder in {path.parent, *(one.parent for one in fresh if volume in one.parents)}:
            sync_folder(folder)
        self._name = name


def _append(descriptor: int, line: bytes) -> None:
    if os.write(descriptor, line) != len(line):
        raise OSError(28, "no space for the whole line")
    os.fdatasync(descriptor)


class Tracker:
    """Reads gpsd and writes the track, whatever happens to gpsd."""

    def __init__(self, writer: TrackWriter, port: int, again_s: float = gpsd.AGAIN_S) -> None:
        self._writer, self._port, self._again_s = writer, port, again_s
        self._said: dict[str, float] = {}

    def run(self, going_on: Callable[[], bool] = lambda: True) -> None:
        """Go on until ``going_on`` says no."""
        while going_on():
            try:
                for position in gpsd.reports(self._port):
                    self._keep(position)
                    if not going_on():
                        return
            except OSError as error:
                self._say("gpsd", error)
            time.sleep(self._again_s)

    def _keep(self, position: Position) -> None:
        try:
            self._writer.write(position)
        except OSError as error:
            self._say("the track", error)

    def _say(self, what: str, error: OSError) -> None:
        now = time.monotonic()
        if now - self._said.get(what, -_SAY_S) >= _SAY_S:
            self._said[what] = now
            _LOG.warning("%s: %s", what, error)


def main() -> int:
    """Write until the process is ended. 2: the configuration is wrong, or asks for no track."""
    parser = argparse.ArgumentParser(prog="python -m nanxi.vehicle.track", description=__doc__)
    parser.add_argument("--config", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    try:
        config = load_board(arguments.config)
        volumes = load_config(config.recording).volumes
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    if config.gpsd is None:
        print("gpsd: null in the configuration: this vehicle keeps no track", file=sys.stderr)
        return 2
    os.umask(0o027)
    Tracker(TrackWriter(volumes, config.vehicle, config.period_s), config.gpsd).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
