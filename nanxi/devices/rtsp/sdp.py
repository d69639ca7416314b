"""What a camera says of its stream (SDP, RFC 4566), read tolerantly and with limits. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from nanxi.devices.errors import HostileError
from nanxi.devices.values import plain

_MAX_LINES = 512
_MAX_MEDIA = 16
_MEDIA = re.compile(r"(video|audio) \d+(?:/\d+)? RTP/AVPF? (\d{1,3})(?: |$)")
_RTPMAP = re.compile(r"(\d{1,3}) ([A-Za-z0-9.\-_]{1,40})/(\d{1,6})((?:/\d{1,2})?)$")
_ATTRIBUTE = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,4000}$")

#: Attributes that readers need; all others are left out, and with them what a camera might try to tell a reader.
_KEPT = frozenset({"fmtp", "framerate", "framesize", "x-framerate", "x-dimensions", "cliprect", "ptime"})

#: Static payload types (RFC 3551, 6) that cameras use without a map.
_STATIC = {0: ("PCMU", 8000), 8: ("PCMA", 8000), 9: ("G722", 8000), 14: ("MPA", 90000), 26: ("JPEG", 90000)}


@dataclass(frozen=True, slots=True)
class Track:
    """One track of a stream. ``codec`` is as the camera writes it: H264, H265, PCMA, mpeg4-generic."""

    kind: Literal["video", "audio"]
    payload_type: int
    codec: str
    clock_hz: int
    control: str
    channels: str = ""  # "/2" behind the clock rate, empty for one
    attributes: tuple[str, ...] = ()  # of _KEPT, without "a="


@dataclass(frozen=True, slots=True)
class Description:
    """The first video track and the first audio track."""

    video: Track
    audio: Track | None

    @property
    def tracks(self) -> tuple[Track, ...]:
        """All tracks, video first."""
        return (self.video,) if self.audio is None else (self.video, self.audio)


def parse(body: bytes) -> Description:
    """Return the tracks of a description.

    Connection addresses and ports in it are not looked at: media come over this connection or not at all.

    Raises:
        HostileError: no video of a codec that has a name, or lines without end.
    """
    lines = re.split(r"[\r\n]+", body.decode("utf-8", "replace"))
    if len(lines) > _MAX_LINES:
        raise HostileError(f"described its stream in more than {_MAX_LINES} lines")
    sections: list[list[str]] = []
    for line in lines:
        if line.startswith("m="):
            sections.append([])
        if sections:
            sections[-1].append(line)
    if len(sections) > _MAX_MEDIA:
        raise HostileError(f"described more than {_MAX_MEDIA} tracks")
    tracks = [track for section in sections if (track := _track(section))]
    video = next((track for track in tracks if track.kind == "video"), None)
    if video is None:
        raise HostileError("described no video that can be played")
    return Description(video, next((track for track in tracks if track.kind == "audio"), None))


def resolve(control: str, base: str, request: str) -> str:
    """Return path and query of a track: of ``control`` against ``base`` (Content-Base), else against ``request``.

    Only paths are taken: scheme, user, host and port of whatever the camera names are left aside (D4, O10).

    Raises:
        HostileError: it names something that is no path of an RTSP server.
    """
    if control in ("", "*"):
        return request
    if "://" in control:
        return _path(control) or "/"
    stem = (_path(base) if base else "") or request
    # A query may end the stem: "/cam/realmonitor?channel=1&subtype=0" + "/trackID=0" is what Dahua means.
    path = control if control.startswith("/") else f"{stem.rstrip('/')}/{control}"
    return _checked(path)


def _path(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise HostileError(f"named a track that is no address: {plain(url)[:80]!r}") from None
    if parts.scheme.lower() not in ("rtsp", "rtspu", ""):
        raise HostileError(f"named a track that is no RTSP: {plain(url)[:80]!r}")
    return _checked(parts.path + (f"?{parts.query}" if parts.query else "")) if parts.path else ""


def _checked(path: str) -> str:
    if len(path) > 1024 or not path.startswith("/") or re.search(r"[^\x21-\x7e]", path):
        raise HostileError(f"named a track that is no path: {plain(path)[:80]!r}")
    return path


def _track(section: list[str]) -> Track | None:
    match = _MEDIA.match(section[0].removeprefix("m=").strip())
    if match is None or int(match[2]) > 127:
        return None
    payload_type = int(match[2])
    codec, clock_hz = _STATIC.get(payload_type, ("", 0))
    channels, control, kept = "", "", []
    for line in section[1:]:
        name, _, value = line.removeprefix("a=").strip().partition(":")
        if not line.startswith("a="):
            continue
        if name == "rtpmap" and (found := _RTPMAP.match(value.strip())) and int(found[1]) == payload_type:
            codec, clock_hz, channels = found[2], int(found[3]), found[4]
        elif name == "control":
            control = value.strip()
        elif name in _KEPT and _ATTRIBUTE.match(value):
            kept.append(f"{name}:{value.strip()}")
    if not codec or not clock_hz:
        return None
    kind: Literal["video", "audio"] = "video" if match[1] == "video" else "audio"
    return Track(kind, payload_type, codec, clock_hz, control, channels, tuple(kept))
