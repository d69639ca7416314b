"""The Transport header (RFC 2326, 12.39): media inside this connection, or not at all. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from nanxi.devices.errors import HostileError
from nanxi.devices.values import plain

_INTERLEAVED = re.compile(r"interleaved\s*=\s*(\d{1,3})\s*-\s*(\d{1,3})$", re.IGNORECASE)
_SSRC = re.compile(r"ssrc\s*=\s*([0-9a-f]{8})$", re.IGNORECASE)


class Channels(NamedTuple):
    """Interleaved channels of a track, RTP and RTCP, and the sender (SSRC) that was announced for it."""

    media: int
    control: int
    ssrc: bytes = b""


def channels_of(header: str, wanted: Channels) -> Channels:
    """Return the channels that a camera chose; some choose others than were asked for, and some do not say.

    ``source``, ``destination`` and ports are not looked at.

    Raises:
        HostileError: media would come by another way than this connection.
    """
    protocol, *parameters = (part.strip() for part in header.split(",", maxsplit=1)[0].split(";"))
    if protocol.upper() != "RTP/AVP/TCP" or "multicast" in parameters:
        raise HostileError(f"would send media by another way than it was asked for: {plain(header)[:80]!r}")
    announced = next((found for one in parameters if (found := _SSRC.match(one))), None)
    ssrc = bytes.fromhex(announced[1]) if announced else b""
    for parameter in parameters:
        if not parameter.lower().startswith("interleaved"):
            continue
        match = _INTERLEAVED.match(parameter)
        if match is None or max(int(match[1]), int(match[2])) > 255 or match[1] == match[2]:
            raise HostileError(f"chose channels that do not exist: {plain(parameter)[:80]!r}")
        return Channels(int(match[1]), int(match[2]), ssrc)
    return wanted._replace(ssrc=ssrc)
