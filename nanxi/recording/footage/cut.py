"""Cutting transport streams between pictures: whole packets are copied, nothing is decoded or written anew.

A cut begins with the last picture before the wanted time that a decoder can begin with, and ends behind the last one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nanxi.recording.footage.find import Piece
from nanxi.recording.transport import CLOCK, WRAP, Picture, pictures

_BLOCK = 188 * 5000


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes of a segment's file: its tables up to ``head``, and the pictures from ``begin`` to ``end``.

    ``begin_ms`` and ``end_ms`` are the Unix time of what is in it.
    """

    head: int
    begin: int
    end: int
    begin_ms: int
    end_ms: int


def byte_range(piece: Piece) -> Range:
    """Return which bytes of the piece's file are wanted.

    Raises:
        OSError: it cannot be read.
    """
    segment = piece.segment
    begin_ms, end_ms = segment.start_ms, segment.start_ms + segment.media.span_ms
    whole = Range(0, 0, segment.size, begin_ms, end_ms)
    # Behind a jump timestamps do not tell the time: such a segment, and one that is wanted whole, is taken whole.
    if segment.media.jumps or (piece.begin_ms is None and piece.end_ms is None):
        return whole
    found = list(pictures(piece.path))
    if not found:
        return whole
    times = [segment.start_ms + _since(found[0], picture) for picture in found]
    start = 0
    if piece.begin_ms is not None:
        keys = [at for at, picture in enumerate(found) if picture.key and times[at] <= piece.begin_ms]
        start = keys[-1] if keys else 0
    stop = next(
        (
            at
            for at, time in enumerate(times)
            if piece.end_ms is not None and time >= piece.end_ms and at > start
        ),
        None,
    )
    return Range(
        head=found[0].at if start else 0,
        begin=found[start].at if start else 0,
        end=segment.size if stop is None else found[stop].at,
        begin_ms=times[start],
        end_ms=end_ms if stop is None else times[stop],
    )


def read(piece: Piece, wanted: Range) -> Iterator[bytes]:
    """Yield the bytes of a range.

    Raises:
        OSError: the file cannot be read, or is shorter than the index says.
    """
    with piece.path.open("rb") as stream:
        for begin, end in ((0, wanted.head), (wanted.begin, wanted.end)):
            stream.seek(begin)
            left = end - begin
            while left > 0:
                block = stream.read(min(left, _BLOCK))
                if not block:
                    raise OSError(f"{piece.path} ends {left} bytes early")
                left -= len(block)
                yield block


def _since(first: Picture, picture: Picture) -> int:
    """Return ms from the first picture, by decoding time; pictures shown out of order lie within a group."""
    return (picture.dts - first.dts) % WRAP * 1000 // CLOCK
