"""Split what comes over an RTSP connection into messages and runs of interleaved frames (RFC 2326, 10.12).

Media pass as whole runs of bytes with the places where frames begin: nothing is copied but a frame that two reads
share. Memory stays below one frame (64 KiB) or one message (head and body), whatever the peer sends.
"""

from __future__ import annotations

from dataclasses import dataclass

from nanxi.devices.errors import HostileError
from nanxi.devices.rtsp.message import MAX_HEAD, Message, body_length, parse_head

_DOLLAR = 0x24
_FRAME_HEAD = 4  # "$", channel, two bytes of length


@dataclass(slots=True)  # frozen costs three times as much to make, and thousands are made a second
class Frames:
    """A run of whole interleaved frames; ``starts`` are the places of their ``$``."""

    data: bytes
    starts: list[int]

    def __len__(self) -> int:
        return len(self.data)


class Splitter:
    """Takes bytes as they come."""

    def __init__(self) -> None:
        self._rest = b""
        self._searched = 0  # of an unfinished head: how far its end was looked for

    def feed(self, data: bytes) -> list[Frames | Message]:
        """Return what is whole by now, in order.

        Raises:
            HostileError: what comes is neither a frame nor a message, or a message beyond its limits.
        """
        if self._rest:
            data = self._rest + data
            self._rest = b""
        found: list[Frames | Message] = []
        while data:
            first = data[0]
            if first == _DOLLAR:
                end = _frames(data, found)
            elif first in b"\r\n":  # between messages, as HTTP allows it (RFC 9112, 2.2)
                end = 1
            elif not 65 <= first <= 90:
                raise HostileError("sent bytes that are neither media nor RTSP")
            else:
                end = self._message(data, found)
            if end == 0:
                self._rest = data
                return found
            if end == len(data):
                return found
            data = data[end:]
        return found

    def _message(self, data: bytes, found: list[Frames | Message]) -> int:
        head_end, body = _head_end(data, max(0, self._searched - 3))
        if head_end < 0:
            if len(data) > MAX_HEAD:
                raise HostileError(f"sent a head of more than {MAX_HEAD} bytes")
            line_end = data.find(b"\n", 0, MAX_HEAD)
            if line_end >= 0 and b"RTSP/" not in data[:line_end]:  # SSH, Telnet: no use in waiting for more
                raise HostileError(f"answered something that is not RTSP: {data[: min(line_end, 40)]!r}")
            self._searched = len(data)
            return 0
        if head_end > MAX_HEAD:
            raise HostileError(f"sent a head of more than {MAX_HEAD} bytes")
        message = parse_head(data[:head_end])
        end = body + body_length(message)
        if end > len(data):
            return 0
        self._searched = 0
        found.append(Message(message.start, message.headers, data[body:end]))
        return end


def _frames(data: bytes, found: list[Frames | Message]) -> int:
    """Append the run of whole frames at the beginning of ``data`` and return where it ends."""
    position, size = 0, len(data)
    last = size - _FRAME_HEAD
    starts: list[int] = []
    append = starts.append
    while position <= last and data[position] == _DOLLAR:
        end = position + 4 + (data[position + 2] << 8) + data[position + 3]
        if end > size:
            break
        append(position)
        position = end
    if starts:
        found.append(Frames(data if position == size else data[:position], starts))
    return position


def _head_end(data: bytes, start: int) -> tuple[int, int]:
    """Return where a head ends and where its body begins; -1 when it is not whole."""
    places = [
        (place, place + len(mark))
        for mark in (b"\r\n\r\n", b"\n\n")
        if (place := data.find(mark, start)) >= 0
    ]
    return min(places, default=(-1, -1))
