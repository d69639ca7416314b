"""The Recording service: what a recorder keeps, of what, for how long (ONVIF Recording Control 5.1 to 5.13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from pydantic import TypeAdapter, ValidationError

from nanxi.devices.onvif.echo import Draft
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.values import Element, child, children, escape, text

_ORDER = ("Source", "Content", "MaximumRetentionTime")
_SOURCE_ORDER = {"Source": ("SourceId", "Name", "Location", "Description", "Address")}
_DURATION = TypeAdapter(timedelta)


@dataclass(frozen=True, slots=True)
class Label:
    """What a recording is of. ``source_id`` is the client's own word, which the device only keeps."""

    source_id: str
    name: str
    description: str
    address: str  # without a password


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording; ``configuration`` is given back changed."""

    token: str
    label: Label
    retention: timedelta | None  # zero: until the disks are full; None: the device says nothing of use
    video_track: str
    configuration: Element


@dataclass(frozen=True, slots=True)
class GetRecordings(Request[tuple[Recording, ...]]):
    """All recordings in one call."""

    service = Service.RECORDING
    operation = "GetRecordings"

    def decode(self, reply: Element) -> tuple[Recording, ...]:
        """Return the recordings; one without a token cannot be named and is left out."""
        found = (_recording(entry) for entry in children(reply, "RecordingItem"))
        return tuple(recording for recording in found if recording is not None and recording.token)


@dataclass(frozen=True, slots=True)
class CreateRecording(Request[str]):
    """Make a recording."""

    service = Service.RECORDING
    operation = "CreateRecording"
    repeatable = False
    label: Label
    retention: timedelta

    def content(self) -> str:
        """Return the arguments."""
        label = self.label
        return (
            "<trc:RecordingConfiguration><tt:Source>"
            f"<tt:SourceId>{escape(label.source_id)}</tt:SourceId><tt:Name>{escape(label.name)}</tt:Name>"
            f"<tt:Location/><tt:Description>{escape(label.description)}</tt:Description>"
            f"<tt:Address>{escape(label.address)}</tt:Address></tt:Source><tt:Content/>"
            f"<tt:MaximumRetentionTime>{_duration(self.retention)}</tt:MaximumRetentionTime>"
            "</trc:RecordingConfiguration>"
        )

    def decode(self, reply: Element) -> str:
        """Return the new recording's token."""
        return text(reply, "RecordingToken")


@dataclass(frozen=True, slots=True)
class SetRecordingConfiguration(Request[None]):
    """Say what a recording is of and how long it is kept; what else it is set to stays."""

    service = Service.RECORDING
    operation = "SetRecordingConfiguration"
    recording: Recording
    label: Label
    retention: timedelta | None  # None: as it is

    def content(self) -> str:
        """Return the arguments."""
        draft, label = Draft(self.recording.configuration), self.label
        for name, value in (
            ("SourceId", label.source_id),
            ("Name", label.name),
            ("Description", label.description),
            ("Address", label.address),
        ):
            draft.set(value, "Source", name, order=_SOURCE_ORDER)
        if self.retention is not None:
            draft.set(_duration(self.retention), "MaximumRetentionTime")
        token = f"<trc:RecordingToken>{escape(self.recording.token)}</trc:RecordingToken>"
        return token + draft.element("trc:RecordingConfiguration", _ORDER)

    def decode(self, reply: Element) -> None:
        """The reply is empty."""


def _recording(entry: Element) -> Recording | None:
    configuration = child(entry, "Configuration")
    if configuration is None:
        return None
    source = child(configuration, "Source")
    tracks = children(child(entry, "Tracks"), "Track")
    video = (
        text(track, "TrackToken") for track in tracks if text(track, "Configuration", "TrackType") == "Video"
    )
    return Recording(
        token=text(entry, "RecordingToken"),
        label=Label(
            source_id=text(source, "SourceId"),
            name=text(source, "Name"),
            description=text(source, "Description"),
            address=text(source, "Address"),
        ),
        retention=_read_duration(text(configuration, "MaximumRetentionTime")),
        video_track=next(video, ""),
        configuration=configuration,
    )


def _read_duration(value: str) -> timedelta | None:
    """Read an xs:duration; years and months count as 365 and 30 days."""
    try:
        return _DURATION.validate_python(value) if value.startswith("P") else None
    except ValidationError:
        return None


def _duration(value: timedelta) -> str:
    return f"P{value.days}D"
