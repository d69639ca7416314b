"""Recording service: recordings and their tracks (ONVIF Recording Control Service Specification 5)."""

from __future__ import annotations

from pydantic import ValidationError

from lab.twin.auth.access import Access
from lab.twin.markup import Content, Xml, el
from lab.twin.recorder import Recording, Track
from lab.twin.services.capabilities import SERVICE_CAPABILITIES
from lab.twin.services.receiver import next_token
from lab.twin.services.recorder_work import replaced, retention_s
from lab.twin.services.recording_jobs import drop_jobs
from lab.twin.services.table import Call, operation
from lab.twin.soap import Fault, invalid_value, node, text

#: The tracks that a new recording has (Recording Control 5.3).
TRACKS = (("VIDEO001", "Video"), ("AUDIO001", "Audio"), ("META001", "Metadata"))


@operation("trc:GetServiceCapabilities", Access.PRE_AUTH)
def get_service_capabilities(call: Call) -> Content:
    """Tell what the service can do."""
    return SERVICE_CAPABILITIES["trc"](call.twin.profile)


@operation("trc:GetRecordings", Access.READ_MEDIA)
def get_recordings(call: Call) -> Content:
    """Tell every recording."""
    return [
        el(
            "trc:RecordingItem",
            el("tt:RecordingToken", recording.token),
            _configuration("tt:Configuration", recording),
            el("tt:Tracks", [_track(track) for track in recording.tracks]),
        )
        for recording in call.settings.recordings
    ]


@operation("trc:GetRecordingConfiguration", Access.READ_MEDIA)
def get_recording_configuration(call: Call) -> Content:
    """Tell what one recording is of."""
    return _configuration("trc:RecordingConfiguration", asked_recording(call, "trc:RecordingToken"))


@operation("trc:CreateRecording", Access.ACTUATE)
def create_recording(call: Call) -> Content:
    """Make a recording with one track of each kind."""
    _needs_dynamic(call)
    recordings = call.settings.recordings
    if len(recordings) >= call.twin.profile.hardware.inputs:
        raise Fault(
            "Receiver",
            "ter:Action",
            "ter:MaxRecordings",
            reason="The maximum number of recordings is reached",
        )
    tracks = tuple(Track.model_validate({"token": token, "kind": kind}) for token, kind in TRACKS)
    new = _read(call, Recording(token=next_token("Recording", recordings), tracks=tracks))
    call.twin.change("recordings", (*recordings, new))
    return el("trc:RecordingToken", new.token)


@operation("trc:SetRecordingConfiguration", Access.ACTUATE)
def set_recording_configuration(call: Call) -> Content:
    """Say what a recording is of and how long it is kept."""
    new = _read(call, asked_recording(call, "trc:RecordingToken"))
    call.twin.change("recordings", replaced(call.settings.recordings, new))
    return None


@operation("trc:DeleteRecording", Access.ACTUATE)
def delete_recording(call: Call) -> Content:
    """Delete a recording with its jobs and everything that it holds."""
    old = asked_recording(call, "trc:RecordingToken")
    _needs_dynamic(call)
    drop_jobs(call, tuple(job for job in call.settings.jobs if job.recording == old.token))
    left = tuple(item for item in call.settings.recordings if item.token != old.token)
    call.twin.change("recordings", left)
    return None


@operation("trc:GetRecordingOptions", Access.READ_MEDIA)
def get_recording_options(call: Call) -> Content:
    """Tell what may still be added to a recording."""
    recording = asked_recording(call, "trc:RecordingToken")
    jobs = sum(job.recording == recording.token for job in call.settings.jobs)
    sources = " ".join(receiver.token for receiver in call.settings.receivers)
    job = el("trc:Job", Spare=max(0, 1 - jobs), CompatibleSources=sources or None)
    track = el("trc:Track", SpareTotal=0, SpareVideo=0, SpareAudio=0, SpareMetadata=0)
    return el("trc:Options", job, track)


def asked_recording(call: Call, path: str) -> Recording:
    """Return the recording that a request names.

    Raises:
        Fault: ter:NoRecording.
    """
    wanted = text(call.request, path)
    for recording in call.settings.recordings:
        if recording.token == wanted:
            return recording
    raise invalid_value("ter:NoRecording", "The recording does not exist")


def source_information(tag: str, recording: Recording) -> Xml:
    """Return a tt:RecordingSourceInformation."""
    return el(
        tag,
        el("tt:SourceId", recording.source_id),
        el("tt:Name", recording.name),
        el("tt:Location", recording.location),
        el("tt:Description", recording.description),
        el("tt:Address", recording.address),
    )


def _configuration(tag: str, recording: Recording) -> Xml:
    return el(
        tag,
        source_information("tt:Source", recording),
        el("tt:Content", recording.content),
        el("tt:MaximumRetentionTime", recording.retention),
    )


def _track(track: Track) -> Xml:
    about = el("tt:Configuration", el("tt:TrackType", track.kind), el("tt:Description", track.description))
    return el("tt:Track", el("tt:TrackToken", track.token), about)


def _needs_dynamic(call: Call) -> None:
    if call.twin.traits.recorder.fixed_recordings:
        raise Fault(
            "Receiver", "ter:ActionNotSupported", reason="The device's recordings are fixed, one a channel"
        )


def _read(call: Call, old: Recording) -> Recording:
    wanted = node(call.request, "trc:RecordingConfiguration")
    if wanted is None:
        raise invalid_value("ter:BadConfiguration", "The recording configuration is missing")
    told = {
        "source_id": text(wanted, "tt:Source/tt:SourceId"),
        "name": text(wanted, "tt:Source/tt:Name"),
        "location": text(wanted, "tt:Source/tt:Location"),
        "description": text(wanted, "tt:Source/tt:Description"),
        "address": text(wanted, "tt:Source/tt:Address"),
        "content": text(wanted, "tt:Content"),
        "retention": text(wanted, "tt:MaximumRetentionTime"),
    }
    try:
        retention_s(told["retention"] or "")
        return Recording.model_validate({**old.model_dump(), **told})
    except ValidationError as error:
        raise invalid_value(
            "ter:BadConfiguration", f"{error.errors()[0]['loc'][0]} is not possible"
        ) from None
    except ValueError:
        raise invalid_value("ter:BadConfiguration", "MaximumRetentionTime is no duration") from None
