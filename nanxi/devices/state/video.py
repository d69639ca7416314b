"""Video: encoders, overlays, and whether an input has a picture. Channels count from 1, in the order of the sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["main", "sub", "other"]


@dataclass(frozen=True, slots=True)
class CodecLimits:
    """What an encoder can do with one codec; an empty set or None means that the device does not say."""

    codec: str
    resolutions: frozenset[tuple[int, int]] = frozenset()
    fps: frozenset[float] = frozenset()
    fps_range: tuple[float, float] | None = None
    bitrate_kbps: tuple[int, int] | None = None
    gop: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Encoder:
    """One video encoder configuration and the profile that uses it."""

    role: Role
    profile_token: str
    token: str  # of the encoder configuration
    source_token: str  # of the video source
    codec: str  # H264, H265, JPEG, MPEG4
    width: int
    height: int
    fps: float
    bitrate_kbps: int
    gop: int | None
    limits: tuple[CodecLimits, ...] | None = None  # read only when something differs
    channel: int = 1


@dataclass(frozen=True, slots=True)
class Osd:
    """One text overlay. ``kind`` Plain, Date, Time, DateAndTime; ``text`` for Plain only."""

    token: str
    source_token: str  # of the video source configuration
    kind: str
    text: str
    position: str = ""
    channel: int = 1


@dataclass(frozen=True, slots=True)
class Signal:
    """Whether a channel of an encoder sees a picture at its input."""

    channel: int
    present: bool
