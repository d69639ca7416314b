"""NAL units into RTP payloads: RFC 6184 (H.264, packetization-mode 1) and RFC 7798 (H.265)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

#: Largest RTP payload in bytes: 1,500 of Ethernet less IPv4, UDP and RTP headers, with room for a tunnel.
MAX_PAYLOAD = 1400

_START, _END = 0x80, 0x40  # bits of a fragment's header, the same in both


def payloads(nals: Iterable[bytes], codec: Literal["H264", "H265"]) -> Iterator[bytes]:
    """Yield the payloads of one access unit: small neighbours aggregated, large units fragmented."""
    aggregate, fragment, overhead = _FORMATS[codec]
    group: list[bytes] = []
    for nal in nals:
        if group and overhead + sum(len(unit) + 2 for unit in (*group, nal)) > MAX_PAYLOAD:
            yield _single_or(aggregate, group)
            group = []
        if len(nal) > MAX_PAYLOAD:
            yield from fragment(nal)
        else:
            group.append(nal)
    if group:
        yield _single_or(aggregate, group)


def _single_or(aggregate: Callable[[list[bytes]], bytes], group: list[bytes]) -> bytes:
    return group[0] if len(group) == 1 else aggregate(group)


def _sized(group: list[bytes]) -> bytes:
    return b"".join(len(nal).to_bytes(2, "big") + nal for nal in group)


def _chunks(body: bytes, size: int) -> Iterator[tuple[int, bytes]]:
    """Yield slices of ``body``, each with the start and end bits of its fragment header."""
    for begin in range(0, len(body), size):
        yield (
            (0 if begin else _START) | (_END if begin + size >= len(body) else 0),
            body[begin : begin + size],
        )


def _stap_a(group: list[bytes]) -> bytes:
    """RFC 6184, 5.7.1: type 24; NRI is the largest of the aggregated units."""
    return bytes([max(nal[0] & 0x60 for nal in group) | 24]) + _sized(group)


def _fu_a(nal: bytes) -> Iterator[bytes]:
    """RFC 6184, 5.8: type 28; the unit's own header byte is spread over indicator and header."""
    indicator, kind = nal[0] & 0xE0 | 28, nal[0] & 0x1F
    for bits, chunk in _chunks(nal[1:], MAX_PAYLOAD - 2):
        yield bytes([indicator, bits | kind]) + chunk


def _ap(group: list[bytes]) -> bytes:
    """RFC 7798, 4.4.2: type 48; layer 0 and temporal id 1, as no encoder of a clip uses others."""
    return bytes([48 << 1, 1]) + _sized(group)


def _fu(nal: bytes) -> Iterator[bytes]:
    """RFC 7798, 4.4.3: type 49; the rest of the two header bytes is kept."""
    header = bytes([nal[0] & 0x81 | 49 << 1, nal[1]])
    kind = nal[0] >> 1 & 0x3F
    for bits, chunk in _chunks(nal[2:], MAX_PAYLOAD - 3):
        yield header + bytes([bits | kind]) + chunk


#: codec: aggregation, fragmentation, bytes that an aggregate adds before its first unit
_FORMATS: dict[str, tuple[Callable[[list[bytes]], bytes], Callable[[bytes], Iterator[bytes]], int]] = {
    "H264": (_stap_a, _fu_a, 1),
    "H265": (_ap, _fu, 2),
}
