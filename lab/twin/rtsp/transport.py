"""The Transport header (RFC 2326, 12.39): which of the client's offers a camera takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lab.twin.rtsp.traits import Lower


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to receive a track: interleaved channels for tcp, the client's ports for udp."""

    lower: Lower
    pair: tuple[int, int] | None


def choose(header: str, allowed: frozenset[Lower]) -> Offer | None:
    """Return the first offer of the header that a camera can take, None for 461."""
    return next((offer for offer in _offers(header) if offer.lower in allowed), None)


def _offers(header: str) -> Iterator[Offer]:
    for text in header.split(","):
        protocol, *parameters = (part.strip() for part in text.split(";"))
        if "multicast" in parameters:
            continue
        values = dict(part.split("=", 1) for part in parameters if "=" in part)
        if protocol.upper() == "RTP/AVP/TCP":
            yield Offer("tcp", _pair(values.get("interleaved", ""), limit=255))
        elif protocol.upper() in ("RTP/AVP", "RTP/AVP/UDP") and (
            ports := _pair(values.get("client_port", ""), limit=65535)
        ):
            # "destination" is left aside: a camera that obeys it can be aimed at anybody.
            yield Offer("udp", ports)


def _pair(text: str, limit: int) -> tuple[int, int] | None:
    """Return the numbers of ``6-7``, or of ``6`` alone; None when they are none."""
    first, _, second = text.partition("-")
    try:
        low = int(first)
        high = int(second) if second else low + 1
    except ValueError:
        return None
    return (low, high) if 0 <= low <= limit and 0 <= high <= limit else None
