"""What a recorder is doing now: which receivers have their stream, which jobs record, what is on the disks.

Nothing here is stored: it follows from the settings, from the other devices of the fleet and from the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from lab.twin.recorder import Job, Receiver, Recording, Span
from lab.twin.twin import Twin

_DURATION = TypeAdapter(timedelta)
Item = TypeVar("Item", Receiver, Recording, Job)


@dataclass(frozen=True, slots=True)
class JobState:
    """State of a recording job (Recording Control 5.20): Idle, Active or Error, and why."""

    state: str
    error: str = ""


def connected(twin: Twin, receiver: Receiver) -> bool:
    """Return whether a receiver has its stream: the device is there, knows the path and lets the receiver in."""
    parts = urlsplit(receiver.uri)
    source = twin.neighbour(parts.hostname or "")
    if receiver.mode == "NeverConnect" or source is None:
        return False
    if (parts.port or 554) != source.installation.rtsp_port:
        return False
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    known = source.accounts.get(receiver.user)
    return source.stream(path) is not None and known is not None and known == receiver.password


def receiver_of(twin: Twin, job: Job) -> Receiver | None:
    """Return the receiver of a job's first source."""
    tokens = [source.receiver for source in job.sources]
    return next((item for item in twin.settings.receivers if item.token in tokens[:1]), None)


def job_state(twin: Twin, job: Job) -> JobState:
    """Return what a job is doing; of several active jobs of one recording the most important and newest works."""
    rivals = [
        item for item in twin.settings.jobs if item.recording == job.recording and item.mode == "Active"
    ]
    if job.mode == "Idle" or max(rivals, key=lambda item: (item.priority, item.since or 0)) is not job:
        return JobState("Idle")
    disks = twin.settings.disks
    if disks and not any(disk.status == "ok" for disk in disks):
        return JobState("Error", f"no disk to write to: {', '.join(disk.status for disk in disks)}")
    receiver = receiver_of(twin, job)
    if receiver is None or not connected(twin, receiver):
        return JobState("Error", "the receiver is not connected")
    twin.recorded_until[job.token] = twin.now()
    return JobState("Active")


def spans(twin: Twin, recording: Recording) -> tuple[Span, ...]:
    """Return what is on the disks of a recording: earlier runs and the present one, as long as they are kept."""
    runs = [*recording.spans, *_present(twin, recording)]
    kept = retention_s(recording.retention)
    oldest = twin.now() - kept if kept else float("-inf")
    return tuple(Span(start=max(run.start, oldest), end=run.end) for run in runs if run.end > oldest)


def is_recording(twin: Twin, recording: Recording) -> bool:
    """Return whether something is written into a recording now."""
    jobs = (job for job in twin.settings.jobs if job.recording == recording.token)
    return any(job_state(twin, job).state == "Active" for job in jobs)


def stop_runs(twin: Twin, jobs: tuple[Job, ...]) -> None:
    """Keep what jobs have recorded so far, before they are stopped or deleted."""
    for job in jobs:
        for recording in twin.settings.recordings:
            if recording.token == job.recording and (run := _run(twin, job)):
                kept = recording.model_copy(update={"spans": (*recording.spans, run)})
                twin.change("recordings", replaced(twin.settings.recordings, kept))


def replaced(items: tuple[Item, ...], new: Item) -> tuple[Item, ...]:
    """Return ``items`` with ``new`` in place of the one with the same token."""
    return tuple(new if item.token == new.token else item for item in items)


def retention_s(duration: str) -> float:
    """Return an xs:duration in seconds.

    Raises:
        ValueError: it is none.
    """
    if not duration.startswith("P"):
        raise ValueError(f"{duration!r} is no duration")
    return _DURATION.validate_python(duration).total_seconds()


def _present(twin: Twin, recording: Recording) -> Iterator[Span]:
    for job in twin.settings.jobs:
        if job.recording == recording.token and (run := _run(twin, job)):
            yield run


def _run(twin: Twin, job: Job) -> Span | None:
    """Return the present run of a job; when it cannot record, the run ends where it was last seen to."""
    if job.since is None:
        return None
    end = twin.now() if job_state(twin, job).state == "Active" else twin.recorded_until.get(job.token)
    return None if end is None or end < job.since else Span(start=job.since, end=end)
