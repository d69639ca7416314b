"""RTSP messages: heads with limits (RFC 2326, 4 to 6). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nanxi.devices.errors import HostileError
from nanxi.devices.values import plain

#: Bytes. Descriptions of real cameras have 300 to 3000; heads a few hundred.
MAX_HEAD, MAX_BODY = 16_384, 65_536
_MAX_HEADERS = 64

#: Control characters that no head may hold; a terminal would obey some of them.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_STATUS = re.compile(r"RTSP/1\.\d (\d{3})(?: (.*))?$")
_REQUEST = re.compile(r"([A-Z_]{3,20}) (\S{1,2048}) RTSP/1\.\d$")


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response, as it came."""

    start: str  # the first line
    headers: tuple[tuple[str, str], ...]  # names in lower case, in order
    body: bytes = b""

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a header."""
        return next((value for key, value in self.headers if key == name), default)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a header."""
        return tuple(value for key, value in self.headers if key == name)


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered."""

    status: int
    reason: str
    message: Message


def response_of(message: Message) -> Response | None:
    """Return a message as a response, None when it is a request.

    Raises:
        HostileError: it is neither, or of a version that does not exist.
    """
    if match := _STATUS.match(message.start):
        return Response(int(match[1]), plain(match[2] or ""), message)
    if _REQUEST.match(message.start):
        return None
    raise HostileError(f"answered something that is not RTSP: {plain(message.start)[:80]!r}")


def request_of(message: Message) -> tuple[str, str]:
    """Return method and URL of a request.

    Raises:
        HostileError: it is none.
    """
    if match := _REQUEST.match(message.start):
        return match[1], match[2]
    raise HostileError(f"this is no RTSP request: {plain(message.start)[:80]!r}")


def parse_head(head: bytes) -> Message:
    """Return start line and headers of a head without its closing empty line.

    Lines may end in a line feed alone and continue on the next one (RFC 2326, 4): both exist in the field.

    Raises:
        HostileError: too many headers, or characters that no head may hold.
    """
    text = head.decode("utf-8", "replace").replace("\r\n", "\n")
    if _CONTROL.search(text):
        raise HostileError("sent control characters in a header")
    start, *lines = text.split("\n")
    if len(lines) > _MAX_HEADERS:
        raise HostileError(f"sent more than {_MAX_HEADERS} header lines")
    headers: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in " \t" and headers:
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if colon:  # a line without one is of no use, and cheap firmware has some
            headers.append((name.strip().lower(), value.strip()))
    return Message(start, tuple(headers))


def body_length(message: Message) -> int:
    """Return how many bytes of body follow a head.

    Raises:
        HostileError: the length is no number, is there twice with two values, or is too large.
    """
    lengths = set(message.all("content-length"))
    if not lengths:
        return 0
    if len(lengths) > 1:
        raise HostileError("gave one message two lengths")
    (length,) = lengths
    if not (length.isascii() and length.isdigit()):
        raise HostileError(f"gave a length that is none: {plain(length)[:40]!r}")
    if len(length) > 9 or int(length) > MAX_BODY:
        raise HostileError(f"announced a body of more than {MAX_BODY} bytes")
    return int(length)
