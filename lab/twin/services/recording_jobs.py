"""Recording service: jobs, which carry a receiver's stream into a recording (Recording Control 5.14 to 5.20)."""

from __future__ import annotations

from lxml import etree
from pydantic import ValidationError

from lab.twin.auth.access import Access
from lab.twin.markup import Content, Xml, el
from lab.twin.recorder import Job, JobSource, Receiver
from lab.twin.services.receiver import add_receiver, next_token
from lab.twin.services.recorder_work import JobState, job_state, replaced, stop_runs
from lab.twin.services.table import Call, operation
from lab.twin.soap import Fault, flag, invalid_value, node, nodes, text


@operation("trc:GetRecordingJobs", Access.READ_MEDIA)
def get_recording_jobs(call: Call) -> Content:
    """Tell every job."""
    return [
        el("trc:JobItem", el("tt:JobToken", job.token), _configuration("tt:JobConfiguration", job))
        for job in call.settings.jobs
    ]


@operation("trc:GetRecordingJobConfiguration", Access.READ_MEDIA)
def get_recording_job_configuration(call: Call) -> Content:
    """Tell one job."""
    return _configuration("trc:JobConfiguration", _asked(call))


@operation("trc:CreateRecordingJob", Access.ACTUATE)
def create_recording_job(call: Call) -> Content:
    """Make a job; it makes its receiver too where the request says so."""
    if len(call.settings.jobs) >= call.twin.profile.hardware.inputs:
        raise Fault(
            "Receiver", "ter:Action", "ter:MaxRecordingJobs", reason="The maximum number of jobs is reached"
        )
    new = _since(call, _read(call, next_token("Job", call.settings.jobs)), before=None)
    call.twin.change("jobs", (*call.settings.jobs, new))
    return el("trc:JobToken", new.token), _configuration("trc:JobConfiguration", new)


@operation("trc:SetRecordingJobConfiguration", Access.ACTUATE)
def set_recording_job_configuration(call: Call) -> Content:
    """Change a job; its present run ends and another begins."""
    old = _asked(call)
    new = _since(call, _read(call, old.token), before=None)
    stop_runs(call.twin, (old,))
    call.twin.change("jobs", replaced(call.settings.jobs, new))
    return _configuration("trc:JobConfiguration", new)


@operation("trc:SetRecordingJobMode", Access.ACTUATE)
def set_recording_job_mode(call: Call) -> Content:
    """Switch a job on or off."""
    old, mode = _asked(call), text(call.request, "trc:Mode")
    if mode not in ("Idle", "Active"):
        raise invalid_value("ter:BadMode", "The mode is not possible")
    new = _since(call, old.model_copy(update={"mode": mode}), before=old)
    if new.mode == "Idle":
        stop_runs(call.twin, (old,))
    call.twin.change("jobs", replaced(call.settings.jobs, new))
    return None


@operation("trc:DeleteRecordingJob", Access.ACTUATE)
def delete_recording_job(call: Call) -> Content:
    """Delete a job; what it recorded stays."""
    drop_jobs(call, (_asked(call),))
    return None


@operation("trc:GetRecordingJobState", Access.READ_MEDIA)
def get_recording_job_state(call: Call) -> Content:
    """Tell what a job is doing, and what keeps it from recording."""
    job = _asked(call)
    state = job_state(call.twin, job)
    return el(
        "trc:State",
        el("tt:RecordingToken", job.recording),
        el("tt:State", state.state),
        [_source_state(source, state) for source in job.sources],
    )


def drop_jobs(call: Call, jobs: tuple[Job, ...]) -> None:
    """Delete jobs, and the receivers that were made for them and that no other job uses (5.4)."""
    stop_runs(call.twin, jobs)
    left = tuple(job for job in call.settings.jobs if job not in jobs)
    call.twin.change("jobs", left)
    used = {source.receiver for job in left for source in job.sources}
    own = {source.receiver for job in jobs for source in job.sources} - used
    kept = tuple(item for item in call.settings.receivers if not (item.auto_created and item.token in own))
    call.twin.change("receivers", kept)


def _asked(call: Call) -> Job:
    wanted = text(call.request, "trc:JobToken")
    for job in call.settings.jobs:
        if job.token == wanted:
            return job
    raise invalid_value("ter:NoRecordingJob", "The recording job does not exist")


def _since(call: Call, job: Job, before: Job | None) -> Job:
    """Return a job with the beginning of its run; one that was active goes on."""
    running = before.since if before is not None else None
    since = (running or call.twin.now()) if job.mode == "Active" else None
    return job.model_copy(update={"since": since})


def _read(call: Call, token: str) -> Job:
    wanted = node(call.request, "trc:JobConfiguration")
    if wanted is None:
        raise _bad("it is missing")
    recording = text(wanted, "tt:RecordingToken")
    if recording not in {item.token for item in call.settings.recordings}:
        raise invalid_value("ter:NoRecording", "The recording does not exist")
    told = {
        "token": token,
        "recording": recording,
        "mode": text(wanted, "tt:Mode"),
        "priority": text(wanted, "tt:Priority"),
    }
    try:
        job = Job.model_validate(told)
    except ValidationError as error:
        raise _bad(str(error.errors()[0]["loc"][0])) from None
    return job.model_copy(
        update={"sources": tuple(_read_source(call, item) for item in nodes(wanted, "tt:Source"))}
    )


def _read_source(call: Call, wanted: etree._Element) -> JobSource:
    receiver = text(wanted, "tt:SourceToken/tt:Token")
    if receiver is None and flag(wanted, "tt:AutoCreateReceiver"):
        token = next_token("Receiver", call.settings.receivers)
        # Its owner is to say with ConfigureReceiver where the stream comes from.
        receiver = add_receiver(
            call, Receiver(token=token, mode="NeverConnect", uri="", auto_created=True)
        ).token
    if receiver not in {item.token for item in call.settings.receivers}:
        raise _bad("the source does not exist")
    tracks = [
        {"tag": text(track, "tt:SourceTag"), "destination": text(track, "tt:Destination")}
        for track in nodes(wanted, "tt:Tracks")
    ]
    return JobSource.model_validate({"receiver": receiver, "tracks": tracks})


def _bad(why: str) -> Fault:
    return invalid_value("ter:BadConfiguration", f"The job configuration is invalid: {why}")


def _source_token(receiver: str) -> Xml:
    return el("tt:SourceToken", el("tt:Token", receiver), Type="http://www.onvif.org/ver10/schema/Receiver")


def _configuration(tag: str, job: Job) -> Xml:
    return el(
        tag,
        el("tt:RecordingToken", job.recording),
        el("tt:Mode", job.mode),
        el("tt:Priority", job.priority),
        [_source(source) for source in job.sources],
    )


def _source(source: JobSource) -> Xml:
    tracks = [
        el("tt:Tracks", el("tt:SourceTag", track.tag), el("tt:Destination", track.destination))
        for track in source.tracks
    ]
    return el("tt:Source", _source_token(source.receiver), tracks)


def _source_state(source: JobSource, state: JobState) -> Xml:
    tracks = [
        el(
            "tt:Track",
            el("tt:SourceTag", track.tag),
            el("tt:Destination", track.destination),
            el("tt:Error", state.error) if state.error else None,
            el("tt:State", state.state),
        )
        for track in source.tracks
    ]
    return el(
        "tt:Sources", _source_token(source.receiver), el("tt:State", state.state), el("tt:Tracks", tracks)
    )
