"""What a recorder keeps: receivers, recordings and jobs of ONVIF Profile G, and what is on its disks.

A receiver takes a stream in, a recording is a container with tracks, a job copies from receivers into a recording
(ONVIF Recording Control 4, Receiver 4). Times are UNIX seconds.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lab.twin.strict import Strict


class Receiver(Strict):
    """Where a stream comes from, trv:GetReceivers."""

    token: str
    mode: Literal["AutoConnect", "AlwaysConnect", "NeverConnect"] = "AutoConnect"
    uri: str = Field(description="without the user and password that a client may write into it")
    user: str = ""
    password: str = Field(default="", repr=False)
    stream: Literal["RTP-Unicast", "RTP-Multicast"] = "RTP-Unicast"
    transport: Literal["UDP", "TCP", "RTSP", "HTTP"] = "RTSP"
    auto_created: bool = False


class Track(Strict):
    """One track of a recording."""

    token: str
    kind: Literal["Video", "Audio", "Metadata"]
    description: str = ""


class Span(Strict):
    """A stretch of recorded time without a gap."""

    start: float
    end: float


class Recording(Strict):
    """A container, trc:GetRecordings. The source is what its creator wrote; it is opaque to the device."""

    token: str
    source_id: str = ""
    name: str = ""
    location: str = ""
    description: str = ""
    address: str = ""
    content: str = ""
    retention: str = Field(default="PT0S", description="MaximumRetentionTime; PT0S: until the disks are full")
    tracks: tuple[Track, ...] = ()
    spans: tuple[Span, ...] = Field(default=(), description="what was recorded before its job's present run")


class JobTrack(Strict):
    """Which part of a source goes into which track."""

    tag: str
    destination: str


class JobSource(Strict):
    """One source of a job, a receiver."""

    receiver: str
    tracks: tuple[JobTrack, ...] = ()


class Job(Strict):
    """A recording job, trc:GetRecordingJobs."""

    token: str
    recording: str
    mode: Literal["Idle", "Active"] = "Idle"
    priority: int = 1
    sources: tuple[JobSource, ...] = ()
    since: float | None = Field(default=None, description="when it was made active")


class Replay(Strict):
    """trp:GetReplayConfiguration."""

    session_timeout: str = "PT60S"


class Disk(Strict):
    """A hard disk. ONVIF tells nothing of it; a recorder's own API and what becomes of its recordings do."""

    number: int
    status: Literal["ok", "full", "broken", "missing", "unformatted"] = "ok"
    capacity_gb: int = 4000
    free_gb: int = 4000
