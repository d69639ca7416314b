"""The Recording service's jobs, which carry a receiver's stream into a recording (Recording Control 5.14 to 5.20)."""

from __future__ import annotations

from dataclasses import dataclass

from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.values import Element, attribute, child, children, escape, text

#: Type of a job's source when it is a receiver; the schema's default. A camera that records itself says Profile.
_RECEIVER = "http://www.onvif.org/ver10/schema/Receiver"


@dataclass(frozen=True, slots=True)
class Job:
    """A recording job with its first receiver; ``receiver`` is empty for a device that records its own pictures."""

    token: str
    recording: str
    receiver: str
    active: bool


@dataclass(frozen=True, slots=True)
class JobState:
    """What a job is doing, and what the device says against it."""

    recording: bool
    error: str


@dataclass(frozen=True, slots=True)
class GetRecordingJobs(Request[tuple[Job, ...]]):
    """All jobs in one call."""

    service = Service.RECORDING
    operation = "GetRecordingJobs"

    def decode(self, reply: Element) -> tuple[Job, ...]:
        """Return the jobs."""
        return tuple(_job(entry) for entry in children(reply, "JobItem"))


@dataclass(frozen=True, slots=True)
class GetRecordingJobState(Request[JobState]):
    """Whether a job really records."""

    service = Service.RECORDING
    operation = "GetRecordingJobState"
    token: str

    def content(self) -> str:
        """Return the arguments."""
        return f"<trc:JobToken>{escape(self.token)}</trc:JobToken>"

    def decode(self, reply: Element) -> JobState:
        """Return the state; of the errors that each track may tell, the first."""
        state = child(reply, "State")
        tracks = (
            track
            for source in children(state, "Sources")
            for track in children(child(source, "Tracks"), "Track")
        )
        errors = filter(None, (text(track, "Error") for track in tracks))
        return JobState(text(state, "State") in ("Active", "PartiallyActive"), next(errors, ""))


@dataclass(frozen=True, slots=True)
class CreateRecordingJob(Request[None]):
    """Make a job from a receiver's picture into a recording's video track; it does nothing yet."""

    service = Service.RECORDING
    operation = "CreateRecordingJob"
    repeatable = False
    recording: str
    receiver: str
    video_track: str

    def content(self) -> str:
        """Return the arguments."""
        return (
            f"<trc:JobConfiguration><tt:RecordingToken>{escape(self.recording)}</tt:RecordingToken>"
            "<tt:Mode>Idle</tt:Mode><tt:Priority>1</tt:Priority>"
            f'<tt:Source><tt:SourceToken Type="{_RECEIVER}"><tt:Token>{escape(self.receiver)}</tt:Token></tt:SourceToken>'
            f"<tt:Tracks><tt:SourceTag>Video</tt:SourceTag><tt:Destination>{escape(self.video_track)}</tt:Destination>"
            "</tt:Tracks></tt:Source></trc:JobConfiguration>"
        )

    def decode(self, reply: Element) -> None:
        """Reading back tells more than the reply."""


@dataclass(frozen=True, slots=True)
class SetRecordingJobMode(Request[None]):
    """Switch a job on or off."""

    service = Service.RECORDING
    operation = "SetRecordingJobMode"
    token: str
    active: bool

    def content(self) -> str:
        """Return the arguments."""
        mode = "Active" if self.active else "Idle"
        return f"<trc:JobToken>{escape(self.token)}</trc:JobToken><trc:Mode>{mode}</trc:Mode>"

    def decode(self, reply: Element) -> None:
        """The reply is empty."""


@dataclass(frozen=True, slots=True)
class DeleteRecordingJob(Request[None]):
    """Delete a job; what it recorded stays."""

    service = Service.RECORDING
    operation = "DeleteRecordingJob"
    token: str

    def content(self) -> str:
        """Return the arguments."""
        return f"<trc:JobToken>{escape(self.token)}</trc:JobToken>"

    def decode(self, reply: Element) -> None:
        """The reply is empty."""


def _job(entry: Element) -> Job:
    configuration = child(entry, "JobConfiguration")
    receivers = (
        text(token, "Token")
        for source in children(configuration, "Source")
        if (token := child(source, "SourceToken")) is not None and attribute(token, "Type") in ("", _RECEIVER)
    )
    return Job(
        token=text(entry, "JobToken"),
        recording=text(configuration, "RecordingToken"),
        receiver=next(receivers, ""),
        active=text(configuration, "Mode") == "Active",
    )
