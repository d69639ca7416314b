"""A recorder's inputs over Profile G: receivers, the jobs that take them, the recordings that they fill (pure).

Profile G knows no channels. What tells them apart is the recording's ``SourceId``, a word of the client's own choice
that the device keeps and does not read: ours names the channel. A recorder that nobody of ours has touched is read
in its own order, so that the register's first channel is compared with the device's first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nanxi.devices.onvif.receiver import Receiver
from nanxi.devices.onvif.recording import Recording
from nanxi.devices.onvif.recording_jobs import Job
from nanxi.devices.onvif.search import Held
from nanxi.devices.onvif.search_events import Gap
from nanxi.devices.state import Input, Recorded

_SOURCE_ID = re.compile(r"urn:nanxi:input:([1-9]\d{0,2})")

#: Channels of a recorder that does not say how many it has room for (the register's own limit).
MOST_CHANNELS = 512


@dataclass(frozen=True, slots=True)
class Chain:
    """One input: where it comes from, and where it goes to as far as somebody has set that up."""

    receiver: Receiver
    job: Job | None
    recording: Recording | None


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether an input has its stream and is recorded; None: nobody can tell."""

    online: bool | None
    recording: bool


def source_id(channel: int) -> str:
    """Return the word by which a channel's recording is found again."""
    return f"urn:nanxi:input:{channel}"


def channel_in(recording: Recording | None) -> int | None:
    """Return the channel that we once wrote into a recording, None when it is not one of ours."""
    found = None if recording is None else _SOURCE_ID.fullmatch(recording.label.source_id)
    return int(found[1]) if found else None


def chains(
    receivers: Sequence[Receiver], recordings: Sequence[Recording], jobs: Sequence[Job]
) -> tuple[Chain, ...]:
    """Return every receiver with the job that takes it, an active one first, and with that job's recording."""
    by_token = {recording.token: recording for recording in recordings}
    by_receiver: dict[str, Job] = {}
    for job in sorted(jobs, key=lambda job: not job.active):
        by_receiver.setdefault(job.receiver, job)
    return tuple(
        Chain(receiver, job, None if job is None else by_token.get(job.recording))
        for receiver in receivers
        for job in (by_receiver.get(receiver.token),)
    )


def has_both(found: Sequence[Chain]) -> bool:
    """Return whether some inputs are ours and some are not: only then it matters how many there is room for."""
    own = [channel_in(chain.recording) is not None for chain in found]
    return any(own) and not all(own)


def numbered(found: Sequence[Chain], room: int = MOST_CHANNELS) -> Mapping[int, Chain]:
    """Return the inputs by channel.

    Where some are ours, the others get numbers beyond the recorder's ``room``: they are extra, and no camera of the
    register that is still missing may take their place by accident.
    """
    own: dict[int, Chain] = {}
    others: list[Chain] = []
    for chain in found:
        channel = channel_in(chain.recording)
        if channel is None or channel in own:
            others.append(chain)
        else:
            own[channel] = chain
    first = max(room, *own) + 1 if own else 1
    return dict(sorted({**own, **dict(enumerate(others, start=first))}.items()))


def to_input(channel: int, chain: Chain, condition: Condition, login: bool | None) -> Input:
    """Return an input in the terms of the typed state; its http_port and the channel behind it ONVIF cannot tell."""
    recording = chain.recording
    return Input(
        channel=channel,
        name="" if recording is None else recording.label.name,
        address=chain.receiver.stream.host,
        enabled=chain.receiver.mode != "NeverConnect",
        online=condition.online,
        recording=condition.recording,
        retention_days=None if recording is None or recording.retention is None else recording.retention.days,
        rtsp_port=chain.receiver.stream.port,
        login=login,
        token=chain.receiver.token,
    )


def to_recorded(
    inputs: Mapping[int, Chain],
    held: Mapping[str, Held],
    gaps: Mapping[tuple[str, str], tuple[Gap, ...]] | None,
) -> Iterator[Recorded]:
    """Yield what is kept of each input that has a recording; ``gaps`` is None when the device does not tell them."""
    for channel, chain in inputs.items():
        recording = chain.recording
        if recording is not None and (found := held.get(recording.token)):
            own = None if gaps is None else gaps.get((recording.token, recording.video_track), ())
            yield Recorded(channel, found.earliest, found.latest, own)


def unused(recordings: Sequence[Recording], jobs: Sequence[Job]) -> tuple[Recording, ...]:
    """Return the recordings that no job writes into."""
    used = {job.recording for job in jobs}
    return tuple(recording for recording in recordings if recording.token not in used)
