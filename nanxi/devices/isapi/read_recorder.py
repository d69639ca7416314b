"""Read what a recorder takes in, keeps, and has disks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from nanxi.devices.errors import FaultError
from nanxi.devices.isapi import clock, disks, inputs, recordings, tracks
from nanxi.devices.isapi.reader import Reader
from nanxi.devices.state import Aspect, Disk, Input, Recorded
from nanxi.devices.timezone import parse


async def read_inputs(reader: Reader, aspects: frozenset[Aspect]) -> tuple[Input, ...] | None:
    """Return the inputs; how they are recorded only where that is asked for."""
    root = await reader.ask(Aspect.CHANNELS, inputs.PATH, inputs.ROOT)
    if root is None:
        return None
    states = await reader.ask(None, inputs.STATES, inputs.STATES_ROOT)
    told = {} if states is None else inputs.read_states(states)
    kept = await _tracks(reader, Aspect.RECORDING) if Aspect.RECORDING in aspects else {}
    found = []
    for one in inputs.read_inputs(root):
        online, why = told.get(one.channel, (None, ""))
        if online is False and why:
            reader.notes.append(f"input {one.channel}: {why}")
        track = kept.get(one.channel)
        found.append(
            replace(
                one,
                online=online,
                login=False if why == inputs.WRONG_LOGIN else None,
                recording=None if track is None else track.continuous,
                retention_days=None if track is None else track.days,
            )
        )
    return tuple(found)


async def read_recordings(reader: Reader, found: tuple[Input, ...]) -> tuple[Recorded, ...] | None:
    """Return from when to when each input is recorded."""
    root = await reader.ask(None, tracks.PATH, tracks.ROOT)
    time = await reader.ask(None, clock.TIME, clock.TIME_ROOT)
    if root is None or time is None:
        return None
    told = clock.read_time(time)
    zone = parse(told.timezone)
    local = timezone(timedelta(seconds=zone.east_s if zone else 0))
    questions = [recordings.Question(reader.client, root, one.channel, local) for one in found]
    try:
        return tuple(
            [
                await recordings.read_recorded(question, told.utc or datetime.now(UTC))
                for question in questions
            ]
        )
    except FaultError as error:
        reader.notes.append(str(error))
        return None


async def read_disks(reader: Reader) -> tuple[Disk, ...] | None:
    """Return the disks."""
    root = await reader.ask(Aspect.DISKS, disks.PATH, disks.ROOT)
    if root is None:
        return None
    kept = await _tracks(reader, None)
    return disks.read_disks(root, kept.values())


async def _tracks(reader: Reader, aspect: Aspect | None) -> Mapping[int, tracks.Track]:
    root = await reader.ask(aspect, tracks.PATH, tracks.ROOT)
    return {} if root is None else tracks.read_tracks(root)
