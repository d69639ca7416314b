"""Positions from gpsd: its JSON protocol on loopback (gpsd_json(5)), read so that nothing gpsd does stops the reader.

gpsd's manual recommends its own libraries. Debian's binding is tied to Debian's interpreter, and ``gpsdclient`` waits without
an end for a daemon that says nothing (a receiver that was unplugged); what is needed is one command and one report.
"""

from __future__ import annotations

import json
import math
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from nanxi.recording.tracks import Position

_WATCH = b'?WATCH={"enable":true,"json":true};\n'
#: gpsd's longest response is 10,240 bytes (GPS_JSON_RESPONSE_MAX).
_LONGEST = 65_536
#: gpsd reports once a second; a receiver without a fix still reports. So long a silence is a daemon or cable that is dead.
SILENCE_S = 15.0
AGAIN_S = 2.0


def reports(port: int, clock: Callable[[], float] = time.time) -> Iterator[Position]:
    """Yield positions of one connection, until it ends.

    Raises:
        OSError: gpsd is not there, went away, or said nothing for ``SILENCE_S``.
    """
    with socket.create_connection(("127.0.0.1", port), SILENCE_S) as connection:
        connection.settimeout(SILENCE_S)
        connection.sendall(_WATCH)
        with connection.makefile("rb") as stream:
            while line := stream.readline(_LONGEST):
                position = of_line(line, int(clock() * 1000))
                if position is not None:
                    yield position
    raise ConnectionResetError("gpsd closed the connection")


def of_line(line: bytes, at_ms: int) -> Position | None:
    """Return the position in a line of gpsd that came at ``at_ms``, None when it holds none.

    Only a TPV report with a fix (mode 2 or 3) is one: without it gpsd may repeat where the receiver was last.
    """
    try:
        report = json.loads(line)
    except ValueError:
        return None
    if not isinstance(report, dict) or report.get("class") != "TPV" or report.get("mode") not in (2, 3):
        return None
    latitude, longitude = _number(report, "lat"), _number(report, "lon")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    # altMSL since 3.20; before, `alt`. eph is the horizontal error; older ones give its two parts.
    altitude = _number(report, "altMSL", "alt") if report["mode"] == 3 else None
    error = _number(report, "eph")
    east, north = _number(report, "epx"), _number(report, "epy")
    if error is None and east is not None and north is not None:
        error = math.hypot(east, north)
    return Position(
        at_ms,
        _moment(report.get("time")),
        latitude,
        longitude,
        altitude,
        _number(report, "speed"),
        _number(report, "track"),
        error,
    )


def _number(report: dict[str, Any], *names: str) -> float | None:
    for name in names:
        value = report.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    return None


def _moment(text: object) -> int | None:
    """Return a time of gpsd (ISO 8601, UTC) as Unix time in ms; None when it is none."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
