"""Take an H.264 or H.265 byte stream apart (ITU-T H.264 and H.265, Annex B): access units of NAL units."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

#: Three bytes; the fourth zero of a long start code belongs to the NAL unit before it and is cut off there.
_START_CODE = re.compile(rb"\x00\x00\x01")


@dataclass(frozen=True, slots=True)
class Syntax:
    """What differs between the codecs in the header of a NAL unit."""

    nal_type: Callable[[bytes], int]
    delimiter: int  # access unit delimiter
    parameter_sets: tuple[int, ...]  # in the order in which SDP names them
    is_key: Callable[[int], bool]


SYNTAX: dict[Literal["H264", "H265"], Syntax] = {
    # 7.3.1 and table 7-1: 9 delimiter, 7 SPS, 8 PPS, 5 IDR slice.
    "H264": Syntax(lambda nal: nal[0] & 0x1F, 9, (7, 8), lambda kind: kind == 5),
    # 7.3.1.2 and table 7-1: 35 delimiter, 32 VPS, 33 SPS, 34 PPS, 16-21 random access pictures.
    "H265": Syntax(lambda nal: nal[0] >> 1 & 0x3F, 35, (32, 33, 34), lambda kind: 16 <= kind <= 21),
}


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One picture: its NAL units without start codes, and whether decoding can begin with it."""

    nals: tuple[bytes, ...]
    key: bool


def nal_units(stream: bytes) -> Iterator[bytes]:
    """Yield the NAL units of a byte stream."""
    starts = [(match.start(), match.end()) for match in _START_CODE.finditer(stream)]
    for (_, begin), (end, _) in zip(starts, [*starts[1:], (len(stream), 0)], strict=True):
        if nal := stream[begin:end].rstrip(b"\x00"):  # B.1.1: trailing zeros are not part of the unit
            yield nal


def access_units(stream: bytes, codec: Literal["H264", "H265"]) -> Iterator[AccessUnit]:
    """Yield the pictures of a stream whose encoder writes access unit delimiters; the delimiters are left out."""
    syntax = SYNTAX[codec]
    unit: list[bytes] = []
    for nal in nal_units(stream):
        if syntax.nal_type(nal) != syntax.delimiter:
            unit.append(nal)
        elif unit:
            yield _picture(unit, syntax)
            unit = []
    if unit:
        yield _picture(unit, syntax)


def _picture(nals: list[bytes], syntax: Syntax) -> AccessUnit:
    return AccessUnit(tuple(nals), any(syntax.is_key(syntax.nal_type(nal)) for nal in nals))
