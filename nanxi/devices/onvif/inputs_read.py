"""Read a recorder's inputs and what is recorded of them, in three calls and two searches however many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from nanxi.devices.errors import FaultError
from nanxi.devices.onvif.inputs import (
    MOST_CHANNELS,
    Chain,
    Condition,
    chains,
    has_both,
    numbered,
    to_input,
    to_recorded,
)
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.reader import Reader
from nanxi.devices.onvif.receiver import GetReceiverLimit, GetReceivers, GetReceiverState
from nanxi.devices.onvif.recording import GetRecordings, Recording
from nanxi.devices.onvif.recording_jobs import GetRecordingJobs, GetRecordingJobState, Job
from nanxi.devices.onvif.search import Held, find_held
from nanxi.devices.onvif.search_events import Gap, find_gaps
from nanxi.devices.state import Aspect, Input, Recorded

#: A recording that "is recording" and holds nothing newer than this is asked more closely: OK is not evidence (D5).
_FRESH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Setup:
    """What a recorder is set up to do."""

    inputs: Mapping[int, Chain]
    recordings: tuple[Recording, ...]
    jobs: tuple[Job, ...]

    def chain_of(self, before: Chain | None) -> Chain | None:
        """Return what an input of an earlier reading is now, None when it is gone."""
        if before is None:
            return None
        now = (chain for chain in self.inputs.values() if chain.receiver.token == before.receiver.token)
        return next(now, None)


async def read_setup(reader: Reader) -> Setup:
    """Read receivers, recordings and jobs.

    Raises:
        FaultError: the device does not tell one of them.
    """
    receivers = await reader.client.call(GetReceivers())
    recordings = await reader.client.call(GetRecordings())
    jobs = await reader.client.call(GetRecordingJobs())
    found = chains(receivers, recordings, jobs)
    room = await reader.ask(None, GetReceiverLimit()) if has_both(found) else None
    return Setup(numbered(found, room or MOST_CHANNELS), recordings, jobs)


async def read_inputs(reader: Reader) -> tuple[tuple[Input, ...] | None, tuple[Recorded, ...] | None]:
    """Return the inputs and what is recorded of them; None for a device that takes in none (no Receiver service)."""
    await reader.locate_services()
    if Service.RECEIVER not in reader.client.services:
        return None, None
    try:
        setup = await read_setup(reader)
    except FaultError as error:
        reader.lacks(Aspect.CHANNELS, "inputs", error)
        return None, None
    held = await _held(reader)
    inputs = [
        to_input(channel, chain, await _condition(reader, channel, chain, held or {}), _login(reader, chain))
        for channel, chain in setup.inputs.items()
    ]
    if held is None:
        return tuple(inputs), None
    return tuple(inputs), tuple(to_recorded(setup.inputs, held, await _gaps(reader, held)))


async def _held(reader: Reader) -> Mapping[str, Held] | None:
    if Service.SEARCH not in reader.client.services:
        return None
    try:
        return await find_held(reader.client)
    except FaultError as error:
        reader.lacks(None, "FindRecordings", error)
        return None


async def _gaps(reader: Reader, held: Mapping[str, Held]) -> Mapping[tuple[str, str], tuple[Gap, ...]] | None:
    """Return the gaps since the oldest picture that is kept; an empty recorder is not asked."""
    beginnings = [found.earliest for found in held.values() if found.earliest is not None]
    if not beginnings:
        return {}
    try:
        return await find_gaps(reader.client, min(beginnings))
    except FaultError as error:
        reader.lacks(None, "FindEvents", error)
        return None


async def _condition(reader: Reader, channel: int, chain: Chain, held: Mapping[str, Held]) -> Condition:
    """Find out whether an input has its stream and is recorded; one that the search shows growing costs no call."""
    job = chain.job
    if job is None or not job.active:
        # A receiver that connects only for a job says nothing of the camera while there is none.
        always = chain.receiver.mode == "AlwaysConnect"
        return Condition(await _connected(reader, chain) if always else None, recording=False)
    known = held.get(job.recording)
    if known is not None and known.growing and _is_fresh(known, reader.client.offset_s):
        return Condition(online=True, recording=True)
    online = await _connected(reader, chain)
    if online is False:
        # Without its camera there is nothing to record: ``online`` tells that, and the recorder is not at fault.
        return Condition(online=False, recording=True)
    state = await reader.ask(None, GetRecordingJobState(job.token))
    if state is not None and state.error:
        reader.notes.append(f"input {channel} is not recorded: {state.error}")
    return Condition(online, recording=state is None or state.recording)


def _login(reader: Reader, chain: Chain) -> bool | None:
    """Return whether a receiver signs in with a credential of the vault's; many recorders do not tell theirs."""
    login = chain.receiver.stream.login
    if login is None or not reader.input_logins:
        return None
    return (login.user, login.password) in {(known.user, known.password) for known in reader.input_logins}


async def _connected(reader: Reader, chain: Chain) -> bool | None:
    return await reader.ask(None, GetReceiverState(chain.receiver.token))


def _is_fresh(held: Held, offset_s: float) -> bool:
    now = datetime.now(UTC) + timedelta(seconds=offset_s)
    return held.latest is not None and now - held.latest < _FRESH
