"""What the gate knows of itself, as plain numbers: for ``status`` on its control socket and for an exporter."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict

from nanxi.gate.causes import Cause
from nanxi.gate.server import ReaderConnection
from nanxi.gate.stream import Stream
from nanxi.gate.viewings import utc


def snapshot(
    streams: Iterable[Stream], connections: Iterable[ReaderConnection], started: float
) -> dict[str, object]:
    """Return everything that can be asked of the gate; times are UTC, sizes bytes."""
    viewings = [viewing for connection in connections if (viewing := connection.viewing)]
    return {
        "started": utc(started),
        "now": utc(time.time()),
        "streams": [_stream(stream) for stream in streams],
        "viewings": [asdict(viewing) for viewing in viewings],
    }


def codecs(stream: Stream) -> dict[str, str]:
    """Return the codecs of a stream's tracks, empty for what is not there."""
    described = stream.description
    return {
        "codec": described.video.codec if described else "",
        "audio": described.audio.codec if described and described.audio else "",
    }


def _stream(stream: Stream) -> dict[str, object]:
    totals = stream.totals
    return {
        "camera": stream.spec.target.host,
        "stream": stream.spec.name,
        "playing": stream.playing,
        "cause": stream.cause,
        "reason": stream.reason,
        "since": utc(stream.since),
        "silent_s": round(stream.silent_s, 3),
        **codecs(stream),
        "readers": len(stream.readers),
        "group_bytes": stream.group_bytes,
        "bytes_total": totals.bytes,
        "packets_total": totals.packets,
        "pictures_total": totals.pictures,
        "useless_total": totals.useless,
        "sessions_total": totals.sessions,
        "jumps_total": totals.jumps,
        "slow_readers_total": totals.slow_readers,
        "failures_total": {str(cause): totals.failures.get(cause, 0) for cause in Cause},
    }
