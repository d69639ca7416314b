"""Make a recorder's inputs as declared over Profile G. What was recorded is never deleted, not even with its input."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from nanxi.devices.driver import Target
from nanxi.devices.errors import DeviceError, FaultError, NotSupportedError
from nanxi.devices.onvif.inputs import Chain, channel_in, source_id, unused
from nanxi.devices.onvif.inputs_read import Setup, read_setup
from nanxi.devices.onvif.reader import Reader
from nanxi.devices.onvif.receiver import ConfigureReceiver, CreateReceiver, DeleteReceiver, Stream
from nanxi.devices.onvif.recording import (
    CreateRecording,
    GetRecordings,
    Label,
    Recording,
    SetRecordingConfiguration,
)
from nanxi.devices.onvif.recording_jobs import (
    CreateRecordingJob,
    DeleteRecordingJob,
    GetRecordingJobs,
    GetRecordingJobState,
    SetRecordingJobMode,
)
from nanxi.devices.state import Change, DeclaredDevice, DeclaredInput

#: Tells the path of a device's main stream of a channel, by asking the device.
StreamPath = Callable[[Target, int], Awaitable[str]]

#: What is done about one channel: the recorder's setup, the channel's part of it, its number, the fields that differ.
_Work = Callable[[Setup, Chain | None, int, set[str]], Awaitable[None]]

_OF_THE_RECEIVER = frozenset({"address", "http_port", "rtsp_port", "device_channel", "enabled", "login"})
_OF_THE_LABEL = frozenset({"address", "rtsp_port", "name"})


class InputWriter:
    """Writes the inputs of one recorder.

    Args:
        reader: the signed-in recorder.
        target: holds the credentials with which it takes each camera in.
        stream_path: how to learn where a camera's stream is.
    """

    def __init__(self, reader: Reader, target: Target, stream_path: StreamPath) -> None:
        self._reader = reader
        self._client = reader.client
        self._target = target
        self._stream_path = stream_path

    async def write_inputs(self, declared: DeclaredDevice, changes: Sequence[Change]) -> None:
        """Make, change and remove inputs; one that fails does not stop the others.

        Raises:
            FaultError: naming every input that failed, and why.
        """
        by_channel = {wanted.channel: wanted for wanted in declared.inputs}

        async def one(setup: Setup, chain: Chain | None, channel: int, fields: set[str]) -> None:
            if "extra" in fields:
                await self._remove(setup, chain)
            elif chain is None:
                await self._create(setup, by_channel[channel])
            else:
                await self._change(setup, chain, by_channel[channel], fields)

        await self._each(declared, changes, one)

    async def write_recording(self, declared: DeclaredDevice, changes: Sequence[Change]) -> None:
        """Switch recording on and off, and say how long it is kept.

        Raises:
            FaultError: naming every input that failed, and why.
        """
        by_channel = {wanted.channel: wanted for wanted in declared.inputs}

        async def one(setup: Setup, chain: Chain | None, channel: int, fields: set[str]) -> None:
            if chain is None:
                raise FaultError("there is no such input")
            wanted = by_channel[channel]
            recording = chain.recording or await self._recording(setup, wanted, chain.receiver.stream)
            if "retention_days" in fields:
                kept = timedelta(days=wanted.retention_days)
                await self._client.call(SetRecordingConfiguration(recording, recording.label, kept))
            if "recording" in fields:
                await self._switch(chain, recording, wanted)

        await self._each(declared, changes, one)

    async def _each(self, declared: DeclaredDevice, changes: Sequence[Change], work: _Work) -> None:
        """Do the work channel by channel, each on the recorder as it is by then."""
        fields: dict[int, set[str]] = {}
        for change in changes:
            _inputs, number, field = change.field.split(".")
            fields.setdefault(int(number), set()).add(field)
        before = await read_setup(self._reader)
        await self._adopt(declared, before)
        problems = []
        # Removals first: they make room for what is missing.
        for channel in sorted(fields, key=lambda number: ("extra" not in fields[number], number)):
            setup = await read_setup(self._reader)
            known = before.inputs.get(channel)
            try:
                await work(setup, setup.chain_of(known), channel, fields[channel])
            except FaultError as error:
                problems.append(f"input {channel}: {error}")
        if problems:
            raise FaultError("; ".join(problems))

    async def _adopt(self, declared: DeclaredDevice, setup: Setup) -> None:
        """Write our word into the recordings of all declared inputs before the first change.

        Once one input is ours, the others that are not count as extra: none of the declared may be among them.
        """
        for wanted in declared.inputs:
            chain = setup.inputs.get(wanted.channel)
            if chain is not None and chain.recording is not None and channel_in(chain.recording) is None:
                label = replace(chain.recording.label, source_id=source_id(wanted.channel))
                await self._client.call(SetRecordingConfiguration(chain.recording, label, None))

    async def _create(self, setup: Setup, wanted: DeclaredInput) -> None:
        stream = await self._stream(wanted)
        recording = await self._recording(setup, wanted, stream)
        # A run that died half-way leaves a receiver without a job: it is used, because there are few.
        idle = [
            chain.receiver
            for chain in setup.inputs.values()
            if chain.job is None and chain.receiver.stream.plain() == stream.plain()
        ]
        if idle:
            await self._client.call(ConfigureReceiver(idle[0], stream))
        receiver = idle[0].token if idle else await self._client.call(CreateReceiver(stream))
        await self._client.call(CreateRecordingJob(recording.token, receiver, recording.video_track))

    async def _change(self, setup: Setup, chain: Chain, wanted: DeclaredInput, fields: set[str]) -> None:
        stream = chain.receiver.stream
        if fields & _OF_THE_RECEIVER:
            stream = await self._stream(wanted)
            await self._client.call(ConfigureReceiver(chain.receiver, stream))
        if chain.recording is None:
            recording = await self._recording(setup, wanted, stream)
            await self._client.call(
                CreateRecordingJob(recording.token, chain.receiver.token, recording.video_track)
            )
        elif fields & _OF_THE_LABEL:
            await self._client.call(SetRecordingConfiguration(chain.recording, _label(wanted, stream), None))

    async def _remove(self, setup: Setup, chain: Chain | None) -> None:
        if chain is None:
            return
        for job in setup.jobs:
            if job.receiver == chain.receiver.token:
                await self._client.call(DeleteRecordingJob(job.token))
        if (await read_setup(self._reader)).chain_of(chain):  # one that was made for its job went with it
            await self._client.call(DeleteReceiver(chain.receiver.token))

    async def _recording(self, setup: Setup, wanted: DeclaredInput, stream: Stream) -> Recording:
        """Return a labelled recording: the channel's old one with what it still holds, or a new one.

        Firmware with one recording a channel makes none: then the first that nobody uses.
        """
        label, kept = _label(wanted, stream), timedelta(days=wanted.retention_days)
        free = unused(setup.recordings, setup.jobs)
        found = next((recording for recording in free if channel_in(recording) == wanted.channel), None)
        if found is None:
            try:
                token = await self._client.call(CreateRecording(label, kept))
                return await self._read_recording(token)
            except NotSupportedError:
                found = next((recording for recording in free if channel_in(recording) is None), None)
        if found is None:
            raise FaultError("the recorder has no recording free")
        await self._client.call(SetRecordingConfiguration(found, label, kept))
        return found

    async def _read_recording(self, token: str) -> Recording:
        for recording in await self._client.call(GetRecordings()):
            if recording.token == token:
                return recording
        raise FaultError(f"the recorder does not show the recording {token!r} that it has made")

    async def _switch(self, chain: Chain, recording: Recording, wanted: DeclaredInput) -> None:
        job = chain.job
        if job is None:
            await self._client.call(
                CreateRecordingJob(recording.token, chain.receiver.token, recording.video_track)
            )
            made = [
                one
                for one in await self._client.call(GetRecordingJobs())
                if one.receiver == chain.receiver.token
            ]
            job = made[0] if made else None
        if job is None:
            raise FaultError("the recorder does not show the job that it has made")
        await self._client.call(SetRecordingJobMode(job.token, wanted.recording))
        state = await self._reader.ask(None, GetRecordingJobState(job.token))
        if wanted.recording and state is not None and state.error:
            raise FaultError(f"the recorder says: {state.error}")

    async def _stream(self, wanted: DeclaredInput) -> Stream:
        """Return where the camera's main stream is: the register's address, the camera's own path, the vault's login."""
        login = self._target.input_passwords.get(wanted.device)
        if login is None:
            raise FaultError(f"the vault has no password for {wanted.device}")
        camera = Target(
            host=wanted.device,
            address=wanted.address,
            http_port=wanted.http_port,
            rtsp_port=wanted.rtsp_port,
            vendor=wanted.vendor,
            model="",
            credentials=(login,),
            passwords={},
            may_write=False,
        )
        try:
            path = await self._stream_path(camera, wanted.device_channel)
        except DeviceError as error:
            raise FaultError(f"{wanted.device} does not tell where its stream is: {error}") from None
        if not path:
            raise FaultError(f"{wanted.device} tells no path of its stream")
        return Stream(str(wanted.address), wanted.rtsp_port, path, login)


def _label(wanted: DeclaredInput, stream: Stream) -> Label:
    return Label(source_id(wanted.channel), wanted.name, wanted.code, stream.plain())
