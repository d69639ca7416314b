"""Write what a recorder takes in, and for how long it keeps it."""

from __future__ import annotations

from collections.abc import Sequence

from nanxi.devices.driver import Target
from nanxi.devices.errors import FaultError
from nanxi.devices.isapi import inputs, tracks
from nanxi.devices.isapi.attempts import Attempts
from nanxi.devices.isapi.client import Client
from nanxi.devices.isapi.document import item
from nanxi.devices.state import Change, DeclaredDevice, DeclaredInput
from nanxi.devices.values import Element


async def write_inputs(
    client: Client, target: Target, declared: DeclaredDevice, changes: Sequence[Change]
) -> None:
    """Add, correct and remove a recorder's inputs."""
    root = await client.get(inputs.PATH, inputs.ROOT)
    numbers = sorted({int(change.field.split(".")[1]) for change in changes})
    wanted = {one.channel: one for one in declared.inputs}
    attempts = Attempts()
    for number in numbers:
        with attempts.of(f"input {number}"):
            if number in wanted:
                await _write_input(client, target, root, wanted[number])
            else:
                await client.delete(f"{inputs.PATH}/{number}")
    attempts.finish()


async def _write_input(client: Client, target: Target, root: Element, one: DeclaredInput) -> None:
    credential = target.input_passwords.get(one.device)
    if credential is None:
        raise FaultError(f"the vault has no password of {one.device} for the recorder")
    entry = item(root, inputs.ITEM, one.channel)
    if entry is None:
        entry = inputs.new_input(root, one)
        inputs.write_input(entry, one, credential)
        await client.post(inputs.PATH, entry, (credential.password,))
    else:
        inputs.write_input(entry, one, credential)
        await client.put(f"{inputs.PATH}/{one.channel}", entry, (credential.password,))


async def write_recording(
    client: Client, _target: Target, declared: DeclaredDevice, changes: Sequence[Change]
) -> None:
    """Record the inputs that are to be recorded, all week, for as long as the policy demands."""
    numbers = {int(change.field.split(".")[1]) for change in changes}
    root = await client.get(tracks.PATH, tracks.ROOT)
    attempts = Attempts()
    for one in declared.inputs:
        if one.channel in numbers:
            with attempts.of(f"input {one.channel}"):
                await _write_track(client, root, one)
    attempts.finish()


async def _write_track(client: Client, root: Element, one: DeclaredInput) -> None:
    track = tracks.track_of(one.channel)
    entry = item(root, tracks.ITEM, track)
    if entry is None:
        raise FaultError(f"the recorder has no track {track}")
    if one.recording:
        tracks.write_track(entry, one.retention_days)
    else:
        tracks.stop(entry)
    await client.put(f"{tracks.PATH}/{track}", entry)
